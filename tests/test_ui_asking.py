import itertools
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from index.embed import Embedder
from index.errors import NoIndex
from index.status import Status
from index.types import Filters
from qa import Bot, Settings
from qa.errors import QAError, QuestionError
from qa.llm.model import Prompt
from qa.types import Answer, Done, Event, Retrieved, Searching, Token, Turn
from ui.asking import UNEXPECTED, Desk, ask, shown
from ui.conversations import Conversations
from ui.line import Line, Paced
from ui.order import Order
from ui.turns import Message

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
ME = "browser:me"
ANSWER = Answer("Where?", "Where?", True, "At the Capella.", "", (), 0.9)
LIVE = Status("000001", "2026-01-01T00:00:00+00:00", 1, 1, "m", "f", {}, None, ())


class Scripted:
    """A bot that yields the events it was given, and raises an error among them."""

    def __init__(self, *events: Event | Exception) -> None:
        self.events = events
        self.heard: list[tuple[str, Filters | None, tuple[Turn, ...]]] = []

    def status(self) -> Status:
        return LIVE

    def stream(
        self, question: str, *, filters: Filters | None = None, history: tuple[Turn, ...] = ()
    ) -> Iterator[Event]:
        self.heard.append((question, filters, history))
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            yield event


def desk_of(bot: Scripted, folder: Path) -> Desk:
    return Desk(cast(Any, bot), bot, Conversations.open(folder / "conversations.sqlite"))


def asked(desk: Desk, order: Order, every: float = 0.0) -> list[tuple[list[Message], bool]]:
    return list(ask(desk, ME, order, every=every))


def only(desk: Desk) -> str:
    (summary,) = desk.conversations.list(ME)
    return summary.id


def test_an_answer_grows_is_then_whole_and_is_kept(tmp_path: Path) -> None:
    events = (
        Searching("Where?"),
        Retrieved(()),
        Token("At "),
        Token("the Capella."),
        Done(ANSWER),
    )
    desk = desk_of(Scripted(*events), tmp_path)
    steps = asked(desk, Order(question="Where?"))
    last = [messages[-1]["content"] for messages, _ in steps]
    assert all(len(messages) == 2 and kept for messages, kept in steps)
    assert "Searching" in last[0]
    assert "Reading 0 passages" in last[2]
    assert ">At <" in last[3]
    assert "going" in last[4]
    assert "done" in last[5]
    assert "going" not in last[5]
    (turn,) = desk.conversations.turns(ME, only(desk))
    assert turn.answer == ANSWER
    assert turn.generation == "000001"
    assert shown(desk, ME, Order(only(desk))) == steps[-1][0]


def test_a_question_is_kept_before_it_is_answered(tmp_path: Path) -> None:
    desk = desk_of(Scripted(Searching("Where?"), Done(ANSWER)), tmp_path)
    stream = ask(desk, ME, Order(question="Where?"), every=0)
    next(stream)
    del stream  # the connection is lost
    (turn,) = desk.conversations.turns(ME, only(desk))
    assert (turn.question, turn.answer) == ("Where?", None)
    assert "has no answer" in shown(desk, ME, Order(only(desk)))[-1]["content"].replace("&#46;", "")


def test_a_blank_question_changes_nothing(tmp_path: Path) -> None:
    desk = desk_of(Scripted(QuestionError("empty")), tmp_path)
    assert asked(desk, Order(question=" \n ")) == [([], True)]
    assert desk.conversations.list(ME) == []


def test_a_question_that_cannot_be_asked_is_told_and_not_kept(tmp_path: Path) -> None:
    desk = desk_of(Scripted(Done(ANSWER)), tmp_path)
    ((messages, kept),) = asked(desk, Order(question="why " * 25_000))
    assert not kept
    assert "error" in messages[-1]["content"]
    assert desk.conversations.list(ME) == []


@pytest.mark.parametrize("failure", [QAError("too slow"), NoIndex("nothing is indexed")])
def test_a_failure_is_one_sentence_and_the_conversation_goes_on(
    tmp_path: Path, failure: Exception
) -> None:
    desk = desk_of(Scripted(failure), tmp_path)
    *_, (first, kept) = asked(desk, Order(question="One?"))
    *_, (second, _) = asked(desk, Order(only(desk), question="Two?"))
    assert kept
    assert "error" in first[-1]["content"]
    assert [message["role"] for message in second] == ["user", "assistant"] * 2


def test_an_unexpected_failure_tells_nothing_of_itself_but_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        steps = asked(desk_of(Scripted(RuntimeError("/secret")), tmp_path), Order(question="Who?"))
    assert "secret" not in steps[-1][0][-1]["content"]
    assert UNEXPECTED[:20] in steps[-1][0][-1]["content"]
    assert "/secret" in caplog.text


def test_a_turn_is_asked_again_in_its_place_and_what_came_after_it_goes(tmp_path: Path) -> None:
    bot = Scripted(Done(ANSWER))
    desk = desk_of(bot, tmp_path)
    asked(desk, Order(question="One?"))
    here = only(desk)
    asked(desk, Order(here, question="Two?"))
    first = desk.conversations.turns(ME, here)[0]
    asked(desk, Order(here, cut=first.id))
    assert [turn.question for turn in desk.conversations.turns(ME, here)] == ["One?"]
    second = desk.conversations.turns(ME, here)[0]
    asked(desk, Order(here, cut=second.id, question="Other?"))
    assert [turn.question for turn in desk.conversations.turns(ME, here)] == ["Other?"]
    assert bot.heard[-1][2] == ()


def test_a_corrected_question_is_asked_as_it_stands_and_shown_as_it_was_asked(
    tmp_path: Path,
) -> None:
    bot = Scripted(Done(Answer("Where is it?", "Where is it?", True, "There.", "", (), 0.9)))
    desk = desk_of(bot, tmp_path)
    asked(desk, Order(question="Where?"))
    (turn,) = desk.conversations.turns(ME, only(desk))
    asked(desk, Order(only(desk), cut=turn.id, standalone="Where is it?"))
    assert bot.heard[-1] == ("Where is it?", None, ())
    (turn,) = desk.conversations.turns(ME, only(desk))
    assert turn.question == "Where?"
    assert turn.answer is not None
    assert (turn.answer.question, turn.answer.standalone) == ("Where?", "Where is it?")


def test_what_came_before_and_the_filters_are_passed_on(tmp_path: Path) -> None:
    bot = Scripted(Done(ANSWER))
    desk = desk_of(bot, tmp_path)
    asked(desk, Order(question="Where?"))
    filters = Filters(sources=("CNN",))
    *_, (messages, _) = asked(desk, Order(only(desk), filters, question="When?"))
    question, given, history = bot.heard[-1]
    assert (question, given) == ("When?", filters)
    assert [(turn.question, turn.answer) for turn in history] == [("Where?", "At the Capella.")]
    assert "only articles from CNN" in messages[2]["content"]


def test_a_conversation_of_another_owner_is_not_there(tmp_path: Path) -> None:
    desk = desk_of(Scripted(Done(ANSWER)), tmp_path)
    asked(desk, Order(question="Where?"))
    here = only(desk)
    (message,) = shown(desk, "browser:you", Order(here))
    assert "error" in message["content"]
    ((messages, kept),) = ask(desk, "browser:you", Order(here, question="And?"))
    assert not kept
    assert "Capella" not in str(messages)
    assert len(desk.conversations.turns(ME, here)) == 1


class Endless:
    """A language model that writes for ever; `ended` is set when it is let go."""

    name, window, output = "endless", 4096, 512

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.begun, self.ended = threading.Event(), threading.Event()

    def write(self, prompt: Prompt) -> Iterator[str]:
        self.begun.set()
        try:
            for number in itertools.count():
                yield f"word{number} "
                time.sleep(self.pause if number else 0)
        finally:
            self.ended.set()


@pytest.mark.parametrize("pause", [0.01, 4.0], ids=["that writes for ever", "that hangs"])
def test_an_answer_is_stopped_within_a_second_of_a_model(
    pause: float, tmp_path: Path, embedder: Embedder
) -> None:
    """As Gradio stops: the generator is closed as soon as it is between two of its steps."""
    model, line = Endless(pause), Line(at_once=1)
    settings = Settings(reader="off", caution="eager")
    with Bot.build(SEEDS, tmp_path / "i", embedder=embedder, settings=settings, llm=model) as bot:
        kept = Conversations.open(tmp_path / "conversations.sqlite")
        desk = Desk(bot, Paced(bot, line), kept)
        steps = cast(Any, ask(desk, ME, Order(question="Which hotel hosts the Singapore talks?")))
        while not model.begun.is_set():
            next(steps)
        longest = 0.0
        for _ in range(5):
            started = time.monotonic()
            next(steps)
            longest = max(longest, time.monotonic() - started)
        started = time.monotonic()
        steps.close()
        with line.place():  # the only one, which would be waited for
            assert longest + time.monotonic() - started < 1
        assert model.ended.wait(timeout=pause + 2)


def test_pieces_that_come_at_once_are_shown_at_once(tmp_path: Path) -> None:
    desk = desk_of(Scripted(*map(Token, ANSWER.text), Done(ANSWER)), tmp_path)
    assert len(asked(desk, Order(question="Where?"), every=60.0)) == 2
