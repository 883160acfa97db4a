"""The nouns of past conversations: a summary for a list, a turn as it was stored, a judgement."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from index.types import Filters
from qa.chat import LONGEST
from qa.followup import standalone as by_rule
from qa.types import Answer, Turn

Thumb = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list; `updated` is when it was last asked something (ISO 8601, UTC)."""

    id: str
    title: str
    updated: str
    turns: int


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question with its answer as it was given; `asked` is when (ISO 8601, UTC).

    `answer` is None where the question was asked and no answer came: the connection was lost, it
    was stopped, or it failed. `generation` is the one of the index that was live when it was asked.
    """

    id: int
    asked: str
    question: str
    filters: Filters | None
    answer: Answer | None
    generation: str
    thumb: Thumb | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A turn that somebody judged; `conversation` is its id, `judged` is when (ISO 8601, UTC).

    Its owner is not told: a judgement is passed on, and whose it was is nobody's business.
    """

    conversation: str
    judged: str
    turn: StoredTurn


def history(turns: Iterable[StoredTurn]) -> tuple[Turn, ...]:
    """Return what a bot needs of these turns for a follow-up: the last that were answered.

    Where a question was understood otherwise than by rule, because a person corrected it or a
    language model rewrote it, what was understood stands in its place.
    """
    told: list[Turn] = []
    for turn in [turn for turn in turns if turn.answer][-LONGEST:]:
        answer = turn.answer
        if answer is not None:
            told.append(Turn(_understood(turn.question, answer.standalone, told), answer.text))
    return tuple(told)


def _understood(question: str, standalone: str, before: list[Turn]) -> str:
    # Following rules takes milliseconds; most questions stand alone and need none.
    alike = standalone == question or standalone == by_rule(question, tuple(before))
    return question if alike else standalone
