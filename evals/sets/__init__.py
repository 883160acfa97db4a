"""The question sets by name, and how a name or a file becomes one."""

from collections.abc import Callable
from pathlib import Path

from evals.corpus import CaseSet
from evals.errors import SetError
from evals.sets import beir, clapnq, mtrag, ramdocs, seeds, squad

PUBLIC: dict[str, Callable[[Path], CaseSet]] = {
    "squad": squad.load,
    "squad-removed": squad.load_removed,
    "scifact": beir.load_scifact,
    "ramdocs": ramdocs.load,
    "clapnq": clapnq.load,
    "mtrag": mtrag.load,
    "mtrag-rewrite": mtrag.load_rewrites,
}
NAMES = ("seeds", *PUBLIC)


def open_set(target: str, data: Path | None = None) -> CaseSet:
    """The set of that name, or the cases in that JSONL file.

    `data` is the folder with the files of a public set; for `seeds` and for a file of cases it is
    the folder of the articles, or the data folder of an index that holds them (default: `seeds`).
    Raises SetError or CaseError.
    """
    if target == "seeds":
        return seeds.load_seeds(data or seeds.ARTICLES)
    if target in PUBLIC:
        if data is None:
            raise SetError(f"The set {target!r} is not part of corpus-qa; say where by --data DIR.")
        return PUBLIC[target](data)
    if target.endswith(".jsonl"):
        return seeds.load_file(Path(target), data or seeds.ARTICLES)
    known = ", ".join(NAMES)
    raise SetError(f"There is no set {target!r}; known: {known}, or a file ending in .jsonl.")
