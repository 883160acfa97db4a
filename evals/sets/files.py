"""Reading the files of public sets; every failure is one sentence that names the file."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.errors import SetError


def find(data: Path, folder: str, names: Sequence[str]) -> Path:
    """The first of these files that is in `data/folder` or in `data` itself.

    Raises SetError where none is, naming the place of the first.
    """
    for name in names:
        for path in (data / folder / name, data / name):
            if path.is_file():
                return path
    raise SetError(f"{data / folder / names[0]} is missing; give the folder that has it by --data.")


def read_json(path: Path) -> Any:
    """The content of a JSON file; raises SetError."""
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise SetError(f"{path} is not JSON: {error}.") from error


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file, gzipped where its name ends in .gz; raises SetError."""
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise SetError(f"{path}:{number} is not JSON: {error}.") from error
        if not isinstance(record, dict):
            raise SetError(f"{path}:{number} must hold an object.")
        yield record


def read_tsv(path: Path) -> Iterator[list[str]]:
    """The rows of a tab-separated file after its heading; raises SetError."""
    for line in _text(path).split("\n")[1:]:
        if line.strip():
            yield line.rstrip("\r").split("\t")


def malformed(path: Path, error: Exception) -> SetError:
    """The error for a file of the wrong shape."""
    if isinstance(error, KeyError):
        return SetError(f"{path} is not of the expected form: it lacks {error}.")
    return SetError(f"{path} is not of the expected form: {error}.")


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SetError(f"{path} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise SetError(f"{path} is not UTF-8 (byte {error.start}).") from error
