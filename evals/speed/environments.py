"""The contestants' environments: made with pip from pinned files, kept while these are the same."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from evals.errors import EvalError
from evals.speed.contestants import Contestant

STAMP = ".ready"
ROOM_GB = 3.0  # an environment with torch for the CPU takes 1.2 to 1.5 GB, pip's copies as much
PIP_S = 1800


class SetupFailed(EvalError):
    """A contestant's environment cannot be made; the others can be measured without it."""


def python_of(contestant: Contestant, cache: Path) -> Path:
    """The interpreter of a contestant's environment, made where it is not there yet.

    Raises SetupFailed, with what pip said last.
    """
    if contestant.requirements is None:
        return contestant.python
    folder = cache / contestant.name
    wanted = _digest(contestant.requirements)
    if not _is_ready(folder, wanted):
        _make(contestant, folder)
        (folder / STAMP).write_text(wanted, encoding="utf-8")  # last: before that it does not count
    return folder / "bin" / "python"


def _digest(requirements: Path) -> str:
    try:
        return hashlib.sha256(requirements.read_bytes()).hexdigest()
    except OSError as error:
        raise SetupFailed(f"{requirements} cannot be read: {error.strerror}.") from error


def _is_ready(folder: Path, wanted: str) -> bool:
    try:
        return (folder / STAMP).read_text(encoding="utf-8") == wanted
    except OSError:
        return False


def _make(contestant: Contestant, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder.parent).free / 1e9
    if free < ROOM_GB:
        raise SetupFailed(
            f"{contestant.title} is not measured: its environment needs {ROOM_GB:.0f} GB and "
            f"{folder.parent} has {free:.1f} GB left."
        )
    shutil.rmtree(folder, ignore_errors=True)
    _run(contestant, sys.executable, "-m", "venv", str(folder))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--requirement", str(contestant.requirements)]
    _run(contestant, *pip)


def _run(contestant: Contestant, *command: str) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, timeout=PIP_S, check=True)
    except subprocess.CalledProcessError as error:
        said = [line for line in error.stderr.splitlines() if line.startswith("ERROR")]
        reason = said[0].removeprefix("ERROR: ") if said else f"exit code {error.returncode}"
        raise SetupFailed(f"{contestant.title} cannot be installed: {reason}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupFailed(f"{contestant.title} cannot be installed: {error}") from error
