"""The nouns of question answering, and the events of an answer that is being made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from index.types import Passage, Span

PLAIN = "The corpus does not answer this."  # how the text of every refusal begins


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation with the text that answered it.

    `understood` is the question as it was understood where rules would not understand it so: a
    person corrected it, or a language model rewrote it.
    """

    question: str
    answer: str
    understood: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question: `text[start:end]` of its article.

    `score` orders the evidence of one question. `cosine` and `overlap` are the raw signals:
    similarity to the question (-1 to 1) and the share of the question's rare words (0 to 1);
    `expected` tells whether it holds the kind of thing that is asked for. With a reader, `margin`
    is by how much its best answer in this sentence, `span` in the article, is ahead of "no answer",
    and `answerable` its second opinion on the passage, a logit; without one they are 0 and None.
    """

    passage: Passage
    start: int
    end: int
    text: str
    score: float
    cosine: float
    overlap: float
    expected: bool = True
    margin: float = 0.0
    answerable: float = 0.0
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question: passages, evidence best first, signals, and the chance.

    `chance`, 0 to 1, is that of the evidence answering the question.
    """

    passages: tuple[Passage, ...]
    evidence: tuple[Evidence, ...]
    signals: Mapping[str, float]
    chance: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim span of one version of an article: `article.text[start:end] == quote`.

    `number` is what the answer's text shows in brackets, from 1 by first appearance; `sha256`
    names the version of the article's text that the offsets belong to.
    """

    number: int
    article_id: str
    sha256: str
    title: str
    source: str
    published: date | None
    path: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its citations, or the statement that the corpus does not answer.

    Where `answered` is False, `text` says so, `citations` is empty, `nearest` holds up to three
    passages worth a look and `missing` names what was not found. `short` is the briefest form of
    the answer. `confidence` is between 0 and 1. `timings` are seconds of `search`, `read`,
    `compose` and `total`.

    `wrote` names the language model that wrote `text`, and is empty where it is made of the
    articles' own sentences. `removed` counts the model's sentences that no article bears out, and
    `note` tells in a sentence or two what a reader should know of how the answer came about.
    """

    question: str
    standalone: str
    answered: bool
    text: str
    short: str
    citations: tuple[Citation, ...]
    confidence: float
    nearest: tuple[Passage, ...] = ()
    missing: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)
    wrote: str = ""
    removed: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Searching:
    """The search has begun, for the question as it was understood."""

    standalone: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The search has ended with these passages."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer's text; the pieces joined are the text.

    It is empty where a language model is at work and has nothing to show yet.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; always the last event."""

    answer: Answer


Event = Searching | Retrieved | Token | Done
