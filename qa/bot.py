"""The bot: the only place where the steps of answering meet."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from index.build import Progress, Report, sync
from index.embed import Embedder
from index.errors import MismatchError
from index.generations import Generation
from index.live import Live
from index.search import SearchSettings, search
from index.status import Status, status
from index.types import Article, Filters, Passage
from qa import confidence
from qa.chat import Chat, last
from qa.citations import cite
from qa.clock import Clock
from qa.compose import ComposeSettings, answer_text, choose, short_answer
from qa.evidence import EvidenceSettings, rank, sentences_of
from qa.expected import heavy, names, subject
from qa.followup import standalone
from qa.opening import embedder_for, reader_for
from qa.question import cleaned, kind
from qa.reader.spans import Reader, Reading
from qa.refusal import NEAREST, explain
from qa.settings import Settings
from qa.similarity import Similarity
from qa.types import Answer, Done, Event, Findings, Retrieved, Searching, Token, Turn

PASSAGES = 10  # fetched for each question; evidence is taken from the best of them
# Evidence is read chunk by chunk: a merged passage is two windows to the reader, and half of that
# time would go into the neighbour that was not searched for.
UNMERGED = SearchSettings(merge=1)


class Bot:
    """Answers questions from the index in a data folder; safe for several threads.

    Each question looks first whether a new generation was published, and then uses that.
    """

    def __init__(
        self,
        data: Path,
        *,
        settings: Settings | None = None,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
    ) -> None:
        self.data = data
        self.settings = settings or Settings()
        self.report: Report | None = None
        self._opening = threading.Lock()
        self._models = {embedder.fingerprint: Similarity(embedder)} if embedder else {}
        self._reader = reader or reader_for(self.settings)
        self._calibration = confidence.load("reader" if self._reader else "plain")
        self._live = Live(data)
        with self._live.hold() as generation:
            self._model_of(generation)

    @classmethod
    def open(
        cls,
        data: str | Path,
        *,
        settings: Settings | None = None,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
    ) -> "Bot":
        """Open the index in a data folder; a reader given goes before the settings' one.

        Raises NoIndex where there is none, MismatchError where it was made with another model or
        by a newer version, DamagedError where it cannot be read, ModelError without its model,
        ReaderError without its reader.
        """
        return cls(Path(data), settings=settings, embedder=embedder, reader=reader)

    @classmethod
    def build(
        cls,
        paths: str | Path | Sequence[str | Path],
        data: str | Path,
        *,
        settings: Settings | None = None,
        embedder: Embedder | None = None,
        progress: Progress | None = None,
    ) -> "Bot":
        """Index files or folders into a data folder, then open it; raises as `sync` does too.

        What was added, changed and removed, and what could not be read, is in `bot.report`.
        """
        chosen = settings or Settings()
        roots = [paths] if isinstance(paths, str | Path) else paths
        using = embedder or embedder_for(chosen, Path(data))
        report = sync([Path(root) for root in roots], Path(data), embedder=using, progress=progress)
        bot = cls.open(data, settings=chosen, embedder=using)
        bot.report = report
        return bot

    def ask(
        self, question: str, *, filters: Filters | None = None, history: tuple[Turn, ...] = ()
    ) -> Answer:
        """Answer a question, or say that the corpus does not.

        The same question on the same generation gives the same answer, timings aside. Raises
        QuestionError for a question that cannot be asked, StoreError where the index cannot be
        read.
        """
        return last(self.stream(question, filters=filters, history=history))

    def stream(
        self, question: str, *, filters: Filters | None = None, history: tuple[Turn, ...] = ()
    ) -> Iterator[Event]:
        """Yield the events of an answer as it is made; the last one is Done."""
        understood = standalone(cleaned(question), history)
        yield Searching(understood)
        clock = Clock()
        with self._live.hold() as generation:
            passages = self._find(generation, understood, filters)
            clock.stop("search")
            yield Retrieved(tuple(passages))
            clock.start()
            findings = self._read(generation, understood, passages)
            clock.stop("read")
            answer = self._answer(generation, understood, findings)
            clock.stop("compose")
        for piece in re.findall(r"\S+\s*", answer.text):
            yield Token(piece)
        yield Done(replace(answer, question=question, timings=clock.seconds()))

    def search(
        self, question: str, k: int = 10, *, filters: Filters | None = None
    ) -> list[Passage]:
        """Return the `k` best passages, best first; raises as `ask` does."""
        with self._live.hold() as generation:
            model = self._model_of(generation)
            return search(generation, model.embedder, cleaned(question), k, filters=filters)

    def examine(self, question: str, *, filters: Filters | None = None) -> Findings:
        """Return what an answer would be decided on, without deciding; raises as `ask` does."""
        asked = cleaned(question)
        with self._live.hold() as generation:
            return self._read(generation, asked, self._find(generation, asked, filters))

    def chat(self) -> Chat:
        """Begin a conversation that remembers its turns."""
        return Chat(self)

    def article(self, article_id: str) -> Article:
        """Return an article of the live generation; raises KeyError for an unknown id."""
        with self._live.hold() as generation:
            return generation.library.article(article_id)

    def status(self) -> Status:
        """Describe the live generation."""
        with self._live.hold() as generation:
            return status(generation)

    def close(self) -> None:
        """Close the index; no question may be under way."""
        self._live.close()

    def __enter__(self) -> "Bot":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _find(
        self, generation: Generation, question: str, filters: Filters | None
    ) -> list[Passage]:
        embedder = self._model_of(generation).embedder
        return search(generation, embedder, question, PASSAGES, filters=filters, settings=UNMERGED)

    def _read(self, generation: Generation, question: str, passages: Sequence[Passage]) -> Findings:
        settings = EvidenceSettings()
        weights = heavy(generation.terms.weights(subject(question)))
        near = passages[: settings.passages]
        evidence = rank(
            question,
            sentences_of(near, generation.library.sentence_spans),
            weights=weights,
            similarity=self._model_of(generation),
            readings=self._readings(question, near),
            settings=settings,
        )
        found = confidence.signals(passages, evidence, weights, named=names(question))
        chance = self._calibration.probability(found)
        return Findings(tuple(passages), tuple(evidence), found, chance)

    def _readings(self, question: str, passages: Sequence[Passage]) -> dict[str, Reading]:
        if self._reader is None:
            return {}
        read = self._reader.read(question, [(p.title, p.text) for p in passages])
        return {p.chunk.id: found for p, found in zip(passages, read, strict=True)}

    def _answer(self, generation: Generation, question: str, findings: Findings) -> Answer:
        asked = kind(question)
        if findings.chance < self._calibration.thresholds[self.settings.caution]:
            nearest = findings.passages[:NEAREST]
            text, missing = explain(question, asked, nearest, known=generation.terms.known)
            return Answer(
                question=question,
                standalone=question,
                answered=False,
                text=text,
                short="",
                citations=(),
                confidence=findings.chance,
                nearest=nearest,
                missing=missing,
            )
        chosen = choose(findings.evidence, asked, ComposeSettings())
        citations = cite(chosen, generation.library.article)
        return Answer(
            question=question,
            standalone=question,
            answered=True,
            text=answer_text(citations),
            short=short_answer(findings.evidence[0]),
            citations=citations,
            confidence=findings.chance,
        )

    def _model_of(self, generation: Generation) -> Similarity:
        """Return the embedding model that the generation was made with, opened once."""
        made = generation.manifest.settings
        with self._opening:
            if made.fingerprint not in self._models:
                name = self.settings.model or made.model
                embedder = embedder_for(self.settings.model_copy(update={"model": name}), self.data)
                if embedder.fingerprint != made.fingerprint:
                    raise MismatchError(
                        f"the index was made with the model {made.model}, not with {name}: "
                        f"run corpus-qa index --rebuild --model {name}"
                    )
                self._models = {made.fingerprint: Similarity(embedder)}
            return self._models[made.fingerprint]
