"""The indexes that are asked: made once for each contestant and corpus, then kept.

An index is the same whenever it is made, so a bench that is run again asks the one that is there.
It counts by the file beside it, which is written last and says what making it took.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.provenance import code_digest
from evals.results import write
from evals.speed.plan import Subject
from evals.speed.processes import Stage, StepFailed, run
from evals.speed.results import read


@dataclass(frozen=True, slots=True)
class Kept:
    """An index on disk, and what the step that made it measured."""

    folder: Path
    values: dict[str, Any]


def kept(stage: Stage, subject: Subject, cache: Path) -> Kept | None:
    """The index of a contestant over a corpus, if it is whole and as it would be made now."""
    folder = _folder(stage, subject, cache)
    made = folder.with_suffix(".json")
    return Kept(folder, read(made)) if made.exists() and folder.exists() else None


def make(stage: Stage, subject: Subject, cache: Path) -> Kept:
    """Make an index, in place of those that the same articles gave an older contestant.

    Raises StepFailed, and leaves nothing then.
    """
    folder = _folder(stage, subject, cache)
    folder.parent.mkdir(parents=True, exist_ok=True)
    for old in folder.parent.glob(f"{folder.name.rpartition('-')[0]}-*"):
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    values = measured(stage, subject, folder, bare=stage.contestant.answers)
    write(folder.with_suffix(".json"), values)
    return Kept(folder, values)


def measured(stage: Stage, subject: Subject, folder: Path, *, bare: bool) -> dict[str, Any]:
    """What indexing a corpus into a new folder takes, and where `bare` the embedding alone.

    Raises StepFailed, and leaves no folder then.
    """
    shutil.rmtree(folder, ignore_errors=True)  # what an interrupted bench left
    order = {"folder": str(folder), "articles": str(subject.articles), "bare": bare}
    try:
        return run(stage, "index", order) | {"articles": subject.count}
    except StepFailed:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _folder(stage: Stage, subject: Subject, cache: Path) -> Path:
    """Named after all that the index depends on."""
    contestant = stage.contestant
    articles = hashlib.sha256(subject.articles.read_bytes()).hexdigest()[:12]
    digest = hashlib.sha256((contestant.folder / f"{contestant.script}.py").read_bytes())
    if contestant.requirements:
        digest.update(contestant.requirements.read_bytes())
    else:
        digest.update(code_digest("index").encode())
    made = digest.hexdigest()[:12]
    return cache / "indexes" / f"{contestant.name}-{subject.name}-{articles}-{made}"
