import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("index", "qa", "evals", "ui")


def listed() -> set[str]:
    """The files that README's tree names: indented lines under a line that ends with a slash."""
    tree = (ROOT / "README.md").read_text(encoding="utf-8").split("## The house")[1]
    block = tree.split("```")[1]
    found, folders = set(), [""]
    for line in filter(None, block.splitlines()):
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        folders = [*folders[: depth + 1]]
        if name.endswith("/"):
            folders.append(folders[-1] + name)
        else:
            found.add(folders[-1] + name)
    return found


def test_the_tree_in_the_readme_names_every_module_and_no_other() -> None:
    modules = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    assert {name for name in listed() if name.endswith(".py")} == modules


def test_every_entry_of_the_tree_says_what_the_file_is_for() -> None:
    tree = (ROOT / "README.md").read_text(encoding="utf-8").split("## The house")[1]
    entries = [line for line in tree.split("```")[1].splitlines() if line.strip()]
    assert all(re.match(r"\s*\S+\s+\S", line) for line in entries)
