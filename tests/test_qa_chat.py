"""Chats: apart from each other, bounded, saved and restored."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.chat import LONGEST, Chat, restored
from qa.errors import ChatError
from qa.types import Answer, Done, Event, Searching, Turn


class Echo:
    """A bot that answers each question with itself and keeps the histories that it was given."""

    def __init__(self) -> None:
        self.histories: list[tuple[Turn, ...]] = []

    def stream(
        self, question: str, *, filters: object = None, history: tuple[Turn, ...] = ()
    ) -> Iterator[Event]:
        self.histories.append(history)
        yield Searching(question)
        yield Done(Answer(question, question, True, f"About {question}", "", (), 0.9))


def test_a_chat_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    file = tmp_path / "chat.json"
    chat = Chat(Echo())
    chat.ask("Who is Kim Yong-chol?")
    chat.ask("Wo? \ud800 „Ünïcode“", standalone="Where is Kim Yong-chol?")
    chat.save(file)
    assert restored(file) == chat.turns
    assert [path.name for path in tmp_path.iterdir()] == ["chat.json"]


def test_a_corrected_question_is_what_later_ones_build_upon(tmp_path: Path) -> None:
    bot = Echo()
    chat = Chat(bot)
    chat.ask("When was he there?", standalone="When was Lavrov in Pyongyang?")
    assert chat.turns[0].question == "When was he there?"
    chat.ask("Why?")
    assert bot.histories[0] == ()
    assert bot.histories[1][0].question == "When was Lavrov in Pyongyang?"


def test_a_chat_and_its_file_hold_so_many_turns_at_most(tmp_path: Path) -> None:
    chat = Chat(Echo())
    for number in range(LONGEST + 5):
        chat.ask(f"Question {number}?")
    assert len(chat.turns) == LONGEST
    file = tmp_path / "chat.json"
    turns = [{"question": f"{n}?", "answer": ""} for n in range(LONGEST * 2)]
    file.write_text(json.dumps({"format": 1, "turns": turns}))
    assert [turn.question for turn in restored(file)][-1] == f"{LONGEST * 2 - 1}?"
    assert len(restored(file)) == LONGEST


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "[]",
        '{"format": 2, "turns": []}',
        '{"format": 1}',
        '{"format": 1, "turns": [3]}',
        '{"format": 1, "turns": [{"question": "Who?"}]}',
        '{"format": 1, "turns": [{"question": "Who?", "answer": 3}]}',
        '{"format": 1, "turns": [{"question": "Who?", "answer": "", "more": ""}]}',
        "[" * 100_000,
    ],
)
def test_a_file_that_is_no_saved_chat_is_one_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "chat.json"
    file.write_text(content)
    with pytest.raises(ChatError) as caught:
        restored(file)
    assert "\n" not in str(caught.value)
    assert "chat.json" in str(caught.value)


def test_a_file_that_is_missing_or_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ChatError, match="cannot be read"):
        restored(tmp_path / "none.json")
    with pytest.raises(ChatError, match="cannot be saved"):
        Chat(Echo()).save(tmp_path / "no" / "folder.json")
