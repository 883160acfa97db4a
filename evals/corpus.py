"""What a question set is: articles to index, questions on them, and where both come from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evals.cases import Case
from evals.errors import ResultsError
from evals.score import Unit


@dataclass(frozen=True, slots=True)
class Document:
    """An article of a set; only `id` and `text` are required, the text is kept word for word."""

    id: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles that are indexed together, and the questions asked of them.

    `paths` are files or folders to index as they are; without them, `documents` are written to
    one JSONL file, and with `opened` the index in that folder is asked as it stands.
    """

    name: str
    documents: tuple[Document, ...]
    cases: tuple[Case, ...]
    paths: tuple[Path, ...] = ()
    opened: Path | None = None

    @property
    def texts(self) -> Mapping[str, str]:
        """The articles' texts by id."""
        return {document.id: document.text for document in self.documents}


@dataclass(frozen=True, slots=True)
class CaseSet:
    """A question set: what it is, where it is from, its traps, and its corpora.

    `unit` says whether a passage counts by its span or by its article. `asks` and `searches` say
    which of the two is done with each question. `depth` is how many passages are fetched.
    """

    name: str
    title: str
    source: str
    licence: str
    traps: str
    corpora: tuple[Corpus, ...]
    unit: Unit = "span"
    asks: bool = True
    searches: bool = True
    depth: int = 10
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The questions of all corpora."""
        return tuple(case for corpus in self.corpora for case in corpus.cases)


def written(corpus: Corpus, folder: Path) -> tuple[Path, ...]:
    """The paths to index for a corpus, its documents written to `folder` where need be.

    Raises ResultsError where the file cannot be written.
    """
    if corpus.paths:
        return corpus.paths
    path = folder / "articles.jsonl"
    lines = (
        json.dumps({"id": d.id, "title": d.title, "text": d.text}, ensure_ascii=False)
        for d in corpus.documents
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise ResultsError(
            f"The articles cannot be written to {path}: {error.strerror}."
        ) from error
    return (path,)
