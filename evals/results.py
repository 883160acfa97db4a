"""A results folder: what was run, one row a case as it comes, and the summary at the end.

RUN/
  run.json        what was run, written first: a later start with the same content goes on
  cases.jsonl     one row a case, in the order of asking; an unfinished last line is dropped
  summary.json    the figures; its presence says that the run is complete
  report.html     the same for people
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from evals.errors import ResultsError
from evals.rows import Row

FORMAT = 1
RUN, CASES, SUMMARY, REPORT = "run.json", "cases.jsonl", "summary.json", "report.html"


class Results:
    """An open results folder; use it in a `with` statement.

    Opening raises ResultsError where the folder holds anything else than an unfinished run of the
    same thing: nothing is ever overwritten.
    """

    def __init__(self, folder: Path, run: Mapping[str, Any]) -> None:
        self.folder = folder
        self.done: dict[str, Row] = {}
        wanted = json.loads(json.dumps({"format": FORMAT, **run}))
        try:
            self._open(wanted)
        except OSError as error:
            raise ResultsError(f"{folder} cannot be written: {error.strerror}.") from error

    def _open(self, wanted: dict[str, Any]) -> None:
        if self.folder.exists() and any(self.folder.iterdir()):
            self._resume(wanted)
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            write(self.folder / RUN, wanted)
        self._rows: IO[str] = (self.folder / CASES).open("a", encoding="utf-8")

    def _resume(self, wanted: dict[str, Any]) -> None:
        if not (self.folder / RUN).is_file():
            raise ResultsError(f"{self.folder} holds other files; choose an empty folder by --out.")
        held = read_run(self.folder)
        differing = [key for key in wanted if held.get(key) != wanted[key]]
        if differing:
            raise ResultsError(
                f"{self.folder} holds a run with another {differing[0]} "
                f"({held.get(differing[0])!r}, now {wanted[differing[0]]!r}); "
                "choose another folder by --out."
            )
        if (self.folder / SUMMARY).exists():
            raise ResultsError(
                f"{self.folder} holds a complete run; choose another folder by --out."
            )
        rows, whole = _rows(self.folder / CASES)
        self.done = {row.id: row for row in rows}
        if (self.folder / CASES).exists():
            os.truncate(self.folder / CASES, whole)

    def add(self, row: Row) -> None:
        """Write one row so that it outlives this process; raises ResultsError."""
        try:
            self._rows.write(json.dumps(row.to_json(), ensure_ascii=False) + "\n")
            self._rows.flush()
        except OSError as error:
            raise ResultsError(f"{self.folder} cannot be written: {error.strerror}.") from error
        self.done[row.id] = row

    def __enter__(self) -> "Results":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rows.close()


def read_run(folder: Path) -> dict[str, Any]:
    """What a results folder holds a run of; raises ResultsError."""
    held = _read(folder, RUN)
    if held.get("format") != FORMAT:
        raise ResultsError(
            f"{folder} was written in format {held.get('format')!r} and this version reads "
            f"{FORMAT}; choose another folder, or the version that wrote it."
        )
    return held


def read_rows(folder: Path) -> list[Row]:
    """All rows of a results folder; raises ResultsError where it is not a complete run."""
    read_summary(folder)
    return _rows(folder / CASES)[0]


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a results folder; raises ResultsError where the run is not complete."""
    read_run(folder)
    if not (folder / SUMMARY).is_file():
        raise ResultsError(f"{folder} holds an unfinished run; finish it by the same command.")
    return _read(folder, SUMMARY)


def write(path: Path, values: Mapping[str, Any]) -> None:
    """Write JSON so that the file is either whole or not there; raises ResultsError."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise ResultsError(f"{path} cannot be written: {error.strerror}.") from error


def _read(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultsError(f"{folder} is no results folder: {name} cannot be read.") from error
    except ValueError as error:
        raise ResultsError(f"{path} is damaged: {error}.") from error
    if not isinstance(held, dict):
        raise ResultsError(f"{path} is damaged: it must hold an object.")
    return held


def _rows(path: Path) -> tuple[list[Row], int]:
    """The rows, and how many bytes they take; a last line without its end is left out."""
    if not path.exists():
        return [], 0
    raw = path.read_bytes()
    whole = raw.rfind(b"\n") + 1
    rows = []
    for number, line in enumerate(raw[:whole].splitlines(), 1):
        try:
            rows.append(Row.from_json(json.loads(line)))
        except (ValueError, TypeError, KeyError) as error:
            raise ResultsError(f"{path}:{number} is damaged; start a new run.") from error
    return rows, whole
