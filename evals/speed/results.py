"""The folder of a bench: what was measured, one JSON file for each part, and what failed.

OUT/
  run.json           what is measured, and on which machine
  parts/             ROUND-CONTESTANT-STEP-CORPUS.json, each whole or not there
  failures.json      what could not be measured, in a sentence each
  articles/, work/   what the contestants are given and make; may be removed afterwards
  report.html, report.md
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.errors import ResultsError
from evals.speed.plan import Part

RUN, FAILURES = "run.json", "failures.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """One part as it was measured."""

    round: int
    contestant: str
    step: str
    corpus: str
    values: dict[str, Any]


def part_file(out: Path, part: Part) -> Path:
    """Where a part's result is written."""
    return out / "parts" / f"{part.name}.json"


def measured(out: Path, contestants: dict[str, Any]) -> list[Measured]:
    """All parts of the bench in `out`, told apart by the names of its contestants."""
    found = []
    for path in sorted((out / "parts").glob("*.json")):
        number, _, rest = path.stem.partition("-")
        name = next((n for n in contestants if rest.startswith(f"{n}-")), None)
        if name is None:
            continue
        step, _, corpus = rest.removeprefix(f"{name}-").rpartition("-")
        found.append(Measured(int(number), name, step, corpus, read(path)))
    return found


def read(path: Path) -> dict[str, Any]:
    """The object in a file of the bench; raises ResultsError."""
    try:
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ResultsError(f"{path} is damaged; remove it, and it is measured again.") from error
    return value
