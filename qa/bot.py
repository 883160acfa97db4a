"""The bot: the only place where the steps of answering meet."""

import re
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from index.build import ChunkSettings, Progress, Report, sync
from index.embed import Embedder
from index.errors import MismatchError
from index.generations import Generation, live_name
from index.live import Live
from index.search import search
from index.status import Status, status
from index.types import Article, Filters, Passage
from qa.chat import Chat, last, restored
from qa.clock import Clock
from qa.followup import standalone as standalone_by_rule
from qa.inquiry import Inquiry
from qa.joining import joined, passages_of, together
from qa.opening import calibration_for, embedder_for, reader_for, writer_for
from qa.parts import parts
from qa.question import cleaned
from qa.reader.spans import Reader
from qa.settings import Settings
from qa.similarity import Similarity
from qa.types import Answer, Done, Event, Findings, Retrieved, Searching, Token, Turn

if TYPE_CHECKING:
    from qa.llm.writing import Material


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
        llm: object | None = None,
    ) -> None:
        self.data = data
        self.settings = settings or Settings()
        self.report: Report | None = None
        self._opening = threading.Lock()
        self._models = {embedder.fingerprint: Similarity(embedder)} if embedder else {}
        self._reader = reader or reader_for(self.settings)
        self._calibration = calibration_for(self.settings, self._reader)
        self._writer = writer_for(self.settings, llm)
        self._live = Live(data, server=self.settings.chroma)
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
        llm: object | None = None,
    ) -> "Bot":
        """Open the index in a data folder; a reader or LLM given goes before the settings' one.

        `llm` is any LlamaIndex LLM. Raises NoIndex where there is no index, MismatchError where it
        was made with another model or by a newer version, DamagedError where it cannot be read,
        ModelError, ReaderError and LLMError without those models.
        """
        return cls(Path(data), settings=settings, embedder=embedder, reader=reader, llm=llm)

    @classmethod
    def build(
        cls,
        paths: str | Path | Sequence[str | Path],
        data: str | Path,
        *,
        settings: Settings | None = None,
        embedder: Embedder | None = None,
        progress: Progress | None = None,
        llm: object | None = None,
    ) -> "Bot":
        """Index files or folders into a data folder, then open it; raises as `sync` does too.

        What was added, changed and removed, and what could not be read, is in `bot.report`.
        """
        chosen = settings or Settings()
        roots = [paths] if isinstance(paths, str | Path) else paths
        using = embedder or embedder_for(chosen, Path(data))
        report = sync(
            [Path(root) for root in roots],
            Path(data),
            embedder=using,
            progress=progress,
            chroma=chosen.chroma,
        )
        bot = cls.open(data, settings=chosen, embedder=using, llm=llm)
        bot.report = report
        return bot

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: tuple[Turn, ...] = (),
        standalone: str | None = None,
    ) -> Answer:
        """Answer a question, or say that the corpus does not.

        Without a language model the same question on the same generation gives the same answer,
        timings aside; one that fails is told of in the answer's note. `standalone` is what the
        question means, in place of what `history` would make of it. Raises QuestionError for a
        question that cannot be asked, StoreError where the index cannot be read.
        """
        return last(self.stream(question, filters=filters, history=history, standalone=standalone))

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: tuple[Turn, ...] = (),
        standalone: str | None = None,
    ) -> Iterator[Event]:
        """Yield the events of an answer as it is made; the last one is Done."""
        asked = cleaned(standalone or question)
        understood = asked if standalone else (yield from self._understood(asked, history))
        yield Searching(understood)
        clock = Clock()
        with self._live.hold() as generation:
            inquiry = self._inquiry(generation, filters)
            asked_parts = parts(understood)
            found = [inquiry.find(part) for part in asked_parts]
            clock.stop("search")
            yield Retrieved(passages_of(found))
            clock.start()
            findings = [inquiry.read(*each) for each in zip(asked_parts, found, strict=True)]
            clock.stop("read")
            answers = map(inquiry.decide, asked_parts, findings)
            answer = joined(understood, tuple(answers))
            if len(asked_parts) > 1 and not answer.answered:
                # Its parts may have been cut wrongly: a refusal is of the question as it was asked.
                findings = [inquiry.read(understood, inquiry.find(understood))]
                answer = inquiry.decide(understood, findings[0])
            material = self._material(generation, answer, findings)
        if self._writer and material:
            # Nothing of the index is held while the model writes: it may take its time.
            answer = yield from self._writer.answer(material)
        clock.stop("compose")
        if not answer.wrote:
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
            inquiry = self._inquiry(generation, filters)
            return inquiry.read(asked, inquiry.find(asked))

    def chat(self, *, restore: str | Path | None = None) -> Chat:
        """Begin a conversation, or go on with one that `Chat.save` wrote; raises ChatError."""
        return Chat(self, restored(restore) if restore is not None else ())

    def article(self, article_id: str) -> Article:
        """Return an article of the live generation; raises KeyError for an unknown id."""
        with self._live.hold() as generation:
            return generation.library.article(article_id)

    def articles_from(self, file: Path) -> tuple[str, ...]:
        """Return the ids of the articles that a file gave, by its absolute path."""
        with self._live.hold() as generation:
            return tuple(generation.library.ids_from_file(str(file)))

    def sync(
        self, roots: Sequence[Path], *, progress: Progress | None = None, allow_empty: bool = False
    ) -> Report:
        """Make the index hold what the roots hold now, made as it was made; raises as `sync` does.

        Questions are answered from the old generation until the new one is published. An index
        that has vanished is not begun anew: raises NoIndex.
        """
        live_name(self.data)
        with self._live.hold() as generation:
            embedder, made = self._model_of(generation).embedder, generation.manifest.settings
        return sync(
            roots,
            self.data,
            embedder=embedder,
            settings=ChunkSettings(window=made.window, overlap=made.overlap, target=made.target),
            progress=progress,
            allow_empty=allow_empty,
            chroma=self.settings.chroma,
        )

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

    def _inquiry(self, generation: Generation, filters: Filters | None) -> Inquiry:
        return Inquiry(
            generation=generation,
            similarity=self._model_of(generation),
            reader=self._reader,
            calibration=self._calibration,
            threshold=self._calibration.thresholds[self.settings.caution],
            filters=filters,
        )

    def _understood(self, question: str, history: tuple[Turn, ...]) -> Generator[Event, None, str]:
        ruled = standalone_by_rule(question, history)
        if self._writer is None or ruled == question:
            return ruled
        return (yield from self._writer.understood(question, history, ruled))

    def _material(
        self, generation: Generation, plain: Answer, findings: Sequence[Findings]
    ) -> "Material | None":
        """Gather what a language model writes from; a refusal is not for it to overturn."""
        if self._writer is None or not plain.answered:
            return None
        from qa.llm.writing import gathered

        return gathered(plain, together(findings), generation.library, self._model_of(generation))

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
