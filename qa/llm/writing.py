"""From what was found to an answer that a model writes, or to the extractive one with a reason."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.library import Library
from index.types import Article, Passage, Span
from qa.claims.bind import Checker, Similarity
from qa.errors import LLMError
from qa.llm.draft import Draft, Unsupported
from qa.llm.generate import Limits, written
from qa.llm.model import Model
from qa.llm.pieces import Pieces, Said
from qa.llm.prompt import NOTHING, question_prompt
from qa.llm.rewrite import accepted, asked
from qa.types import Answer, Event, Findings, Token, Turn

_REWRITING = 0.25  # of the time of an answer


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is written from: nothing in it needs the index any more.

    `plain` is the extractive answer; `spans` holds the sentences of each passage's article.
    """

    plain: Answer
    passages: Sequence[Passage]
    articles: Mapping[str, Article]
    spans: Mapping[str, Sequence[Span]]
    similarity: Similarity


def gathered(
    plain: Answer, findings: Findings, library: Library, similarity: Similarity
) -> Material:
    """Gather what a model writes from: the passages by their best sentence, and their articles."""
    passages = tuple(dict.fromkeys(item.passage for item in findings.evidence))
    ids = {passage.article_id for passage in passages}
    return Material(
        plain=plain,
        passages=passages,
        articles={name: library.article(name) for name in ids},
        spans={name: library.sentence_spans(name) for name in ids},
        similarity=similarity,
    )


class Writer:
    """Lets a model write answers and follow-ups, and checks both; safe for several threads."""

    def __init__(
        self, model: Model, *, unsupported: Unsupported = "remove", limits: Limits | None = None
    ) -> None:
        self.model = model
        self._unsupported: Unsupported = unsupported
        self._limits = limits or Limits()

    def understood(
        self, question: str, history: Sequence[Turn], ruled: str
    ) -> Generator[Event, None, str]:
        """Return the follow-up as the model understands it, or as the rules do where it errs.

        The events are empty pieces of text: whoever listens may turn away between them.
        """
        made = ""
        limits = replace(self._limits, seconds=_REWRITING * self._limits.seconds, characters=400)
        try:
            for piece in asked(self.model, question, history, limits):
                made += piece
                yield Token("")
        except LLMError:
            return ruled  # the answer that follows will tell what is wrong with the model
        return accepted(made, question, history) or ruled

    def answer(self, material: Material) -> Generator[Event, None, Answer]:
        """Return the model's answer as far as the passages bear it out, else the extractive one.

        The pieces of text that are events make up the answer's text; a sentence is shown when it
        has been checked.
        """
        plain = material.plain
        try:
            prompt, passages = question_prompt(plain.standalone, material.passages, self.model)
        except LLMError as error:
            return self._extractive(plain, str(error))
        draft = self._draft(material, passages)
        pieces, trouble = Pieces(), ""
        try:
            for piece in written(self.model, prompt, self._limits):
                yield from _shown(draft, pieces.add(piece))
        except LLMError as error:
            trouble = str(error)
        if not trouble:
            yield from _shown(draft, pieces.end())
        if not draft.citations:
            return self._extractive(plain, trouble or _nothing(self.model, pieces, draft))
        return self._finished(plain, draft, trouble)

    def _draft(self, material: Material, passages: Sequence[Passage]) -> Draft:
        plain = material.plain
        checker = Checker(
            passages,
            material.spans.__getitem__,
            similarity=material.similarity,
            answering=[(c.article_id, Span(c.start, c.end)) for c in plain.citations],
        )
        return Draft(checker, material.articles, self._unsupported)

    def _finished(self, plain: Answer, draft: Draft, trouble: str) -> Answer:
        done = "is marked" if self._unsupported == "mark" else "was left out"
        many = "are marked" if self._unsupported == "mark" else "were left out"
        notes = [trouble] if trouble else []
        if draft.removed == 1:
            notes.append(f"1 sentence of the model is not borne out by the articles and {done}.")
        elif draft.removed:
            count = f"{draft.removed} sentences of the model"
            notes.append(f"{count} are not borne out by the articles and {many}.")
        return replace(
            plain,
            text=draft.text,
            short=plain.short if plain.short in draft.text else "",
            citations=draft.citations,
            wrote=self.model.name,
            removed=draft.removed,
            note=" ".join(notes),
        )

    def _extractive(self, plain: Answer, reason: str) -> Answer:
        return replace(plain, note=f"{reason} This answer is made of the articles' own sentences.")


def _shown(draft: Draft, sentences: Sequence[Said]) -> Generator[Event, None, None]:
    """Yield what is shown more, or an empty piece, so that whoever listens may turn away."""
    for said in sentences:
        if NOTHING.lower() not in said.text.lower():
            yield Token(draft.take(said))
    if not sentences:
        yield Token("")


def _nothing(model: Model, pieces: Pieces, draft: Draft) -> str:
    if NOTHING.lower() in pieces.all.lower():
        return f"{model.name} found no answer in the passages."
    if not pieces.all.strip():
        return f"{model.name} wrote nothing."
    return f"Nothing that {model.name} wrote is borne out by the articles."
