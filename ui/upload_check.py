"""Reads one uploaded file in a process of its own, so that no file can harm the server."""

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from index.articles import Failed, read_corpus

MOST_ARTICLES = 2_000  # of one file
MOST_CHARACTERS = 5_000_000  # of one file: about ten minutes of embedding on two cores
_MOST_FAULTS = 20  # told one by one
_SECONDS = 60
_MEMORY = 2 << 30
_SLOW = f"takes more than {_SECONDS} seconds to read; split it"
_GREEDY = "needs too much memory to be read; split it"
_BROKEN = "cannot be read; its reader broke down over it"
_NICENESS = 5  # answers go first


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds: so many articles, records that state their ids, and what is wrong.

    `faults` are names with reasons. A file without articles is refused for the first of them.
    """

    articles: int
    ids: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def check(file: Path) -> Checked:
    """Read a file as indexing would, with bounded time and memory."""
    command = [sys.executable, "-m", "ui.upload_check", str(file)]
    home = Path(__file__).parent.parent
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=_SECONDS + 5, cwd=home
        )
        found = json.loads(done.stdout)
        faults = tuple((name, reason) for name, reason in found["faults"])
        return Checked(found["articles"], tuple(found["ids"]), faults)
    except subprocess.TimeoutExpired:
        return Checked(0, faults=((file.name, _SLOW),))
    except (ValueError, KeyError, TypeError):
        slow = done.returncode == -24  # SIGXCPU
        return Checked(0, faults=((file.name, _SLOW if slow else _BROKEN),))


def read(file: Path) -> Checked:
    """What `check` tells, found in this process."""
    articles = characters = faulty = 0
    ids: list[str] = []
    faults: list[tuple[str, str]] = []
    for item in read_corpus([file]):
        if isinstance(item, Failed):
            faulty += 1
            if faulty <= _MOST_FAULTS:
                faults.append((item.name, item.reason))
            continue
        articles += 1
        characters += len(item.article.text)
        if "#id=" in item.origin:
            ids.append(item.article.id)
        if articles > MOST_ARTICLES:
            return _refused(file, f"holds more than {MOST_ARTICLES:,} articles; split it")
        if characters > MOST_CHARACTERS:
            many = f"{MOST_CHARACTERS // 1_000_000} million"
            return _refused(file, f"holds more than {many} characters; split it")
    if faulty > _MOST_FAULTS:
        faults.append((file.name, f"has {faulty - _MOST_FAULTS} more records that cannot be read"))
    return Checked(articles, tuple(ids), tuple(faults))


def _refused(file: Path, reason: str) -> Checked:
    return Checked(0, faults=((file.name, reason),))


def main() -> None:
    """Check the file that is named as argument; write what was found to stdout as JSON."""
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    file = Path(sys.argv[1])
    try:
        found = read(file)
    except MemoryError:
        found = _refused(file, _GREEDY)
    told = {"articles": found.articles, "ids": found.ids, "faults": found.faults}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
