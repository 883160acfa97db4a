import io
from collections.abc import Iterator

import pytest

from qa.chat import Chat
from qa.errors import QuestionError
from qa.types import Answer, Done, Event, Turn
from ui.repl import converse


class Echo:
    """A bot that answers with the question, and refuses the question `bad`."""

    def stream(
        self, question: str, *, filters: object = None, history: tuple[Turn, ...] = ()
    ) -> Iterator[Event]:
        if question == "bad":
            raise QuestionError("the question is bad")
        text = f"{question} after {len(history)}."
        yield Done(Answer(question, question, True, text, "", (), 0.9))


def test_piped_questions_are_answered_line_by_line_and_remembered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("one\n\nbad\ntwo\n"))
    converse(Chat(Echo()), 80)
    told = capsys.readouterr()
    assert told.out.split("\n") == ["one after 0.", "", "two after 1.", "", ""]
    assert told.err == "error: The question is bad.\n"
