"""Stored turns as the chat's messages: question and answer, with what has changed since."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from index.errors import IndexFailure
from qa.types import Citation
from ui import render
from ui.conversations.stale import changed
from ui.words import limits

if TYPE_CHECKING:
    from qa import Bot
    from ui.conversations import StoredTurn


class Message(TypedDict):
    """One message as the chat shows it; `content` is HTML."""

    role: str
    content: str


def messages(bot: "Bot", conversation: str, turns: "Iterable[StoredTurn]") -> list[Message]:
    """Each turn as two messages; citations whose articles have changed or gone say so."""
    live = _generation(bot)
    shown: list[Message] = []
    for turn in turns:
        shown += [question(conversation, turn), _answer(bot, turn, live)]
    return shown


def question(conversation: str, turn: "StoredTurn") -> Message:
    """The question of a turn, as it was understood where it has been answered."""
    return message(
        "user",
        render.question_html(
            turn.question,
            conversation,
            turn.id,
            understood=turn.answer.standalone if turn.answer else "",
            only=limits(turn.filters),
        ),
    )


def message(role: str, content: str) -> Message:
    """One message."""
    return {"role": role, "content": content}


def _answer(bot: "Bot", turn: "StoredTurn", live: str) -> Message:
    if turn.answer is None:
        return message("assistant", render.unanswered_html(turn.id))
    # What was answered from the live generation cannot be out of date.
    stale = {} if turn.generation == live else _standing(bot, turn.answer.citations)
    html = render.answer_html(
        turn.answer, turn.id, standing=stale, thumb=turn.thumb or "", comment=turn.comment
    )
    return message("assistant", html)


def _standing(bot: "Bot", citations: Iterable[Citation]) -> dict[int, str]:
    return {citation.number: standing(bot, citation) for citation in citations}


def standing(bot: "Bot", citation: Citation) -> str:
    """How a cited article stands now: `same`, `changed` or `gone`; empty where none can be read."""
    try:
        return changed(citation, bot.article)
    except IndexFailure:
        return ""


def _generation(bot: "Bot") -> str:
    try:
        return bot.status().generation
    except IndexFailure:
        return ""
