"""What happens in the web chat, as plain values: no gradio here, and no HTML but by name."""

import logging
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from index.errors import IndexFailure
from index.types import Span
from qa.errors import QAError
from qa.types import Done, Event, Retrieved, Searching, Token
from ui import render, viewer
from ui.corpus import facts_html, size_html
from ui.words import sentence

if TYPE_CHECKING:
    from qa import Bot
    from qa.chat import Chat

EVERY_S = 0.05  # each showing passes through Gradio's queue: 5 ms of a busy core, measured
UNEXPECTED = "Something went wrong here; the server's log says what. You can ask again."

_log = logging.getLogger(__name__)


class Message(TypedDict):
    """One message as the chat shows it; `content` is HTML."""

    role: str
    content: str


@dataclass(slots=True)
class Conversation:
    """What one browser tab has asked so far."""

    chat: "Chat"
    messages: list[Message] = field(default_factory=list)
    turns: int = 0


def begin(bot: "Bot") -> Conversation:
    """A conversation that has not begun."""
    return Conversation(bot.chat())


def ask(
    conversation: Conversation, question: str, *, every: float = EVERY_S
) -> Iterator[list[Message]]:
    """All messages of the conversation, again and again while the answer is being made.

    A blank question changes nothing. A failure becomes one sentence in the answer's place, and the
    conversation goes on. Pieces of text that arrive within `every` seconds are shown together.
    """
    if not question.strip():
        yield conversation.messages
        return
    conversation.turns += 1
    before = [*conversation.messages, _message("user", render.question_html(question))]
    conversation.messages = [*before, _message("assistant", render.waiting_html("Searching …"))]
    yield conversation.messages
    for html in _answering(conversation, question, every):
        conversation.messages = [*before, _message("assistant", html)]
        yield conversation.messages


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def _answering(conversation: Conversation, question: str, every: float) -> Iterator[str]:
    text, shown = "", time.monotonic()
    try:
        for event in conversation.chat.stream(question):
            if isinstance(event, Token):
                text += event.text
                if time.monotonic() - shown < every:
                    continue
            yield _shown(event, text, conversation.turns)
            shown = time.monotonic()
    except (QAError, IndexFailure) as failure:
        yield render.error_html(str(failure))
    except Exception:  # noqa: BLE001 - here every error becomes a sentence
        _log.exception("a question failed")
        yield render.error_html(UNEXPECTED)


def _shown(event: Event, text: str, turn: int) -> str:
    match event:
        case Searching():
            return render.waiting_html("Searching …")
        case Retrieved(passages):
            return render.waiting_html(f"Reading {len(passages)} passages …")
        case Token():
            return render.partial_html(text)
        case Done(answer):
            return render.answer_html(answer, turn)


def corpus(bot: "Bot") -> tuple[str, str]:
    """The size of the corpus and its facts, or the sentence that tells why there are none."""
    try:
        status = bot.status()
    except IndexFailure as failure:
        return "", render.error_html(str(failure))
    return size_html(status), facts_html(status)


def health(bot: "Bot") -> tuple[int, dict[str, object]]:
    """An HTTP status with what it means: which generation is served, or why none is."""
    try:
        status = bot.status()
    except IndexFailure as failure:
        return 503, {"status": "failing", "reason": str(failure)}
    return 200, {"status": "ok", "generation": status.generation, "articles": status.articles}


def article(bot: "Bot", query: Mapping[str, str]) -> tuple[int, str]:
    """An HTTP status with the page of an article, as `render.citation_link` asks for it.

    An article that has changed since it was cited is shown without marks, and says so: its offsets
    belong to a text that is gone.
    """
    at, spans = _span(query.get("at", "")), _spans(query.get("spans", ""))
    try:
        found = bot.article(query.get("id", ""))
    except KeyError:
        return 404, viewer.message_page("No such article", "There is no such article any more.")
    except IndexFailure as failure:
        return 503, viewer.message_page("No article", sentence(str(failure)))
    if query.get("version", found.sha256) == found.sha256:
        return 200, viewer.article_page(found, at, spans)
    note = "This article has changed since it was cited; the quote stood in an earlier version."
    return 200, viewer.article_page(found, None, (), note)


def _spans(text: str) -> tuple[Span, ...]:
    found = map(_span, text.split(",")[:200])
    return tuple(span for span in found if span is not None)


def _span(text: str) -> Span | None:
    match = re.fullmatch(r"(\d{1,12})-(\d{1,12})", text)
    if match is None or int(match[1]) >= int(match[2]):
        return None
    return Span(int(match[1]), int(match[2]))
