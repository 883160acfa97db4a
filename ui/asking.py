"""A question of the web chat: kept before it is answered, and shown while the answer grows."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.errors import IndexFailure
from qa.chat import LONGEST, Streams
from qa.errors import QAError
from qa.question import cleaned
from qa.types import Done, Event, Retrieved, Searching, Token
from ui import render, turns
from ui.conversations import StoredTurn, history
from ui.errors import UIError
from ui.order import Order
from ui.turns import Message

if TYPE_CHECKING:
    from qa import Bot
    from ui.conversations import Conversations

EVERY_S = 0.05  # each showing passes through Gradio's queue: 5 ms of a busy core, measured
UNEXPECTED = "Something went wrong here; the server's log says what. You can ask again."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """What knows the corpus, what answers (BusyError and SlowError too), where it is kept."""

    bot: "Bot"
    asking: Streams
    conversations: "Conversations"


def shown(desk: Desk, owner: str, order: Order) -> list[Message]:
    """All messages of a conversation, or none where it is not there."""
    if not order.conversation:
        return []
    try:
        stored = desk.conversations.turns(owner, order.conversation)
    except UIError as failure:
        return [turns.message("assistant", render.error_html(str(failure)))]
    return turns.messages(desk.bot, order.conversation, stored)


def ask(
    desk: Desk, owner: str, order: Order, *, every: float = EVERY_S
) -> Iterator[tuple[list[Message], bool]]:
    """All messages again and again while the answer is made, and whether the question was kept.

    A blank question changes nothing. A question that cannot be asked, and one that cannot be kept,
    becomes one sentence in the answer's place, and nothing is stored. Pieces of text that arrive
    within `every` seconds are shown together.
    """
    if not order.question.strip() and order.cut is None:
        yield shown(desk, owner, order), True
        return
    try:
        order = _worded(desk, owner, order)
        cleaned(order.question)
        order, before = _begun(desk, owner, order)
        turn = _asked(desk, owner, order)
    except (QAError, UIError) as failure:
        question = turns.message("user", render.question_html(order.question, order.conversation))
        refused = turns.message("assistant", render.error_html(str(failure)))
        yield [*shown(desk, owner, order), question, refused], False
        return
    messages = turns.messages(desk.bot, order.conversation, before)
    for question, html in _answering(desk, owner, order, (turn, *before), every):
        yield [*messages, question, turns.message("assistant", html)], True


def _worded(desk: Desk, owner: str, order: Order) -> Order:
    """The order with its question: the one that the turn had, where it brings none."""
    if order.question.strip():
        return order
    stored = desk.conversations.turns(owner, order.conversation)
    return replace(order, question="".join(t.question for t in stored if t.id == order.cut))


def _begun(desk: Desk, owner: str, order: Order) -> tuple[Order, list[StoredTurn]]:
    """The order with its conversation, and the turns that stay before the new one."""
    kept = desk.conversations
    if not order.conversation:
        return replace(order, conversation=kept.create(owner)), []
    if order.cut is not None:
        kept.cut(owner, order.conversation, order.cut)
    return order, kept.turns(owner, order.conversation)


def _asked(desk: Desk, owner: str, order: Order) -> StoredTurn:
    try:
        live = desk.bot.status().generation
    except IndexFailure:
        live = ""  # asking tells why
    number = desk.conversations.asked(
        owner, order.conversation, order.question, order.filters, live
    )
    return StoredTurn(number, "", order.question, order.filters, None, live)


def _answering(
    desk: Desk, owner: str, order: Order, past: tuple[StoredTurn, ...], every: float
) -> Iterator[tuple[Message, str]]:
    """The question and the answer's HTML as they grow; `past` begins with the turn itself."""
    turn, *before = past
    asked = turns.question(order.conversation, turn)
    yield asked, render.waiting_html("Searching …")
    text, last = "", time.monotonic()
    try:
        for event in desk.asking.stream(
            order.standalone or order.question,
            filters=order.filters,
            history=() if order.standalone else history(before)[-LONGEST:],
        ):
            if isinstance(event, Token):
                text += event.text
                if time.monotonic() - last < every:
                    continue
            if isinstance(event, Done):
                answer = replace(event.answer, question=order.question)
                desk.conversations.answered(owner, turn.id, answer)
                asked = turns.question(order.conversation, replace(turn, answer=answer))
            yield asked, _html(event, text, turn.id)
            last = time.monotonic()
    except (QAError, IndexFailure, UIError) as failure:
        yield asked, render.error_html(str(failure), turn.id)
    except Exception:  # noqa: BLE001 - here every error becomes a sentence
        _log.exception("a question failed")
        yield asked, render.error_html(UNEXPECTED, turn.id)


def _html(event: Event, text: str, turn: int) -> str:
    match event:
        case Searching():
            return render.waiting_html("Searching …")
        case Retrieved(passages):
            return render.waiting_html(f"Reading {len(passages)} passages …")
        case Token():
            return render.partial_html(text) if text else render.waiting_html("Writing …")
        case Done(answer):
            return render.answer_html(answer, turn)
