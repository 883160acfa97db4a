"""What a bench is made of: its corpora and questions, and its steps in their order."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case
from evals.corpus import Corpus
from evals.errors import EvalError
from evals.provenance import ROOT, code_digest
from evals.sets import open_set
from evals.speed.contestants import Contestant

SOME = "some"  # the articles that are indexed in every round
WARM_UP = 5
ASKERS = (1, 4, 16)
DEPTH = 30  # chunks fetched for a ranking of articles, as `corpus-qa eval scifact` does


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    `limit` articles are indexed in every round, all of them once where `full` is true. `questions`
    are asked one after the other in each round, half as many answered; `load` for each number of
    askers.
    """

    rounds: int = 3
    limit: int = 300
    full: bool = True
    questions: int = 100
    load: int = 32


@dataclass(frozen=True, slots=True)
class Part:
    """One measurement, and the name of its file."""

    round: int
    contestant: Contestant
    step: str
    corpus: str = ""

    @property
    def name(self) -> str:
        return "-".join(
            filter(None, (str(self.round), self.contestant.name, self.step, self.corpus))
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """A corpus as all contestants get it: a JSONL file of articles, and questions on them.

    `judged` maps the cases whose gold is among the articles to the ids of these.
    """

    name: str
    articles: Path
    count: int
    cases: tuple[Case, ...]
    judged: dict[str, list[str]]

    @property
    def questions(self) -> list[str]:
        return [case.question for case in self.cases]


def parts(contestants: Sequence[Contestant], size: Size, corpora: Sequence[str]) -> Iterator[Part]:
    """All measurements in the order of running.

    Every round begins with another contestant and every second one goes backwards, so that a
    machine that grows slower or faster treats all alike.
    """
    for number in range(1, size.rounds + 1):
        shift = (number - 1) % max(1, len(contestants))
        order = [*contestants[shift:], *contestants[:shift]]
        for contestant in order if number % 2 else reversed(order):
            yield from _round(number, contestant, corpora)


def _round(number: int, contestant: Contestant, corpora: Sequence[str]) -> Iterator[Part]:
    yield Part(number, contestant, "index", SOME)
    for corpus in corpora:
        yield Part(number, contestant, "first", corpus)
        if contestant.answers:
            yield Part(number, contestant, "passages", corpus)
        if number == 1 or corpus == corpora[0]:
            yield Part(number, contestant, "ask", corpus)
    yield Part(number, contestant, "serve", corpora[0])
    if contestant.server:
        yield Part(number, contestant, "server", corpora[0])


def subjects(data: Path, folder: Path, size: Size) -> dict[str, Subject]:
    """SciFact and the seeds, written to `folder`; SOME is the part indexed in every round.

    Raises SetError where `data` lacks SciFact.
    """
    (scifact,) = open_set("scifact", data).corpora
    (seeds,) = open_set("seeds", ROOT / "seeds").corpora
    some = Corpus(SOME, scifact.documents[: size.limit], ())
    if not size.full:
        held = {document.id for document in some.documents}
        judged = [c for c in scifact.cases if any(gold.article in held for gold in c.evidence)]
        others = [c for c in scifact.cases if c not in judged]
        scifact = Corpus("scifact", some.documents, (*judged, *others))
    return {c.name: _subject(c, folder) for c in (scifact, seeds, some)}


def _subject(corpus: Corpus, folder: Path) -> Subject:
    """A corpus, written to a file; a case without gold among its articles is asked, not judged."""
    path = folder / f"{corpus.name}.jsonl"
    held = {document.id for document in corpus.documents}
    rows = [
        json.dumps({"id": d.id, "title": d.title, "text": d.text}, ensure_ascii=False)
        for d in corpus.documents
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    except OSError as error:
        raise EvalError(f"{path} cannot be written: {error.strerror}.") from error
    cases = tuple(case for case in corpus.cases if not case.history)
    gold = {case.id: sorted({gold.article for gold in case.evidence}) for case in cases}
    judged = {name: articles for name, articles in gold.items() if held & set(articles)}
    return Subject(corpus.name, path, len(held), cases, judged)


def identity(size: Size, given: dict[str, Subject]) -> dict[str, object]:
    """What must be the same for an interrupted bench to be gone on with."""
    digests = {
        name: hashlib.sha256(subject.articles.read_bytes()).hexdigest()[:16]
        for name, subject in given.items()
    }
    return {
        "limit": size.limit,
        "full": size.full,
        "questions": size.questions,
        "load": size.load,
        "articles": digests,
        "code": code_digest("index", "qa"),
    }
