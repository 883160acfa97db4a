import logging
from collections.abc import Iterator

import pytest

from index.errors import NoIndex
from qa.chat import Chat
from qa.errors import QuestionError
from qa.types import Answer, Done, Event, Retrieved, Searching, Token, Turn
from ui.handlers import UNEXPECTED, Conversation, Message, ask

ANSWER = Answer("Where?", "Where?", True, "At the Capella.", "", (), 0.9)


class Scripted:
    """A bot that yields the events it was given, and raises an error among them."""

    def __init__(self, *events: Event | Exception) -> None:
        self.events = events

    def stream(
        self, question: str, *, filters: object = None, history: tuple[Turn, ...] = ()
    ) -> Iterator[Event]:
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            yield event


def asked(question: str, *events: Event | Exception) -> list[list[Message]]:
    return [list(m) for m in ask(Conversation(Chat(Scripted(*events))), question, every=0)]


def test_an_answer_grows_and_is_then_whole() -> None:
    steps = asked(
        "Where?",
        Searching("Where?"),
        Retrieved(()),
        Token("At "),
        Token("the Capella."),
        Done(ANSWER),
    )
    last = [step[-1]["content"] for step in steps]
    assert all(len(step) == 2 for step in steps)
    assert "Searching" in last[0]
    assert "Reading 0 passages" in last[2]
    assert ">At <" in last[3]
    assert "At the Capella" in last[4]
    assert "done" not in last[4]
    assert "done" in last[5]


def test_a_blank_question_changes_nothing() -> None:
    assert asked(" \n ", QuestionError("empty")) == [[]]


@pytest.mark.parametrize("failure", [QuestionError("too long"), NoIndex("nothing is indexed")])
def test_a_failure_is_one_sentence_and_the_conversation_goes_on(failure: Exception) -> None:
    conversation = Conversation(Chat(Scripted(failure)))
    *_, first = ask(conversation, "One?")
    *_, second = ask(conversation, "Two?")
    assert "error" in first[-1]["content"]
    assert [message["role"] for message in second] == ["user", "assistant"] * 2


def test_an_unexpected_failure_tells_nothing_of_itself_but_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        steps = asked("Where?", RuntimeError("/secret/path"))
    assert "secret" not in steps[-1][-1]["content"]
    assert UNEXPECTED[:20] in steps[-1][-1]["content"]
    assert "/secret/path" in caplog.text


def test_each_answer_of_a_conversation_has_its_own_turn() -> None:
    conversation = Conversation(Chat(Scripted(Done(ANSWER))))
    list(ask(conversation, "One?"))
    list(ask(conversation, "Two?"))
    assert conversation.turns == 2
    assert len(conversation.messages) == 4


def test_two_tabs_share_nothing() -> None:
    bot = Scripted(Done(ANSWER))
    first, second = Conversation(Chat(bot)), Conversation(Chat(bot))
    list(ask(first, "One?"))
    assert second.messages == []
    assert second.chat.turns == ()


def test_pieces_that_come_at_once_are_shown_at_once() -> None:
    events: list[Event | Exception] = [*map(Token, ANSWER.text), Done(ANSWER)]
    shown = list(ask(Conversation(Chat(Scripted(*events))), "Where?", every=60.0))
    assert len(shown) == 2  # that it was asked, and the whole answer
