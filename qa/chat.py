"""A conversation: a bot that remembers the turns so far, and can save and restore them."""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from index.types import Filters
from qa.errors import ChatError
from qa.followup import standalone as ruled
from qa.types import Answer, Done, Event, Turn

LONGEST = 50  # turns remembered; older ones are forgotten, so that memory stays bounded
FORMAT = 1
_LARGEST = 5_000_000  # bytes of a saved chat; fifty turns of the longest answers have under 1 MB


class Streams(Protocol):
    """What a conversation needs of a bot."""

    def stream(
        self, question: str, *, filters: Filters | None = None, history: tuple[Turn, ...] = ()
    ) -> Iterator[Event]: ...


class Chat:
    """One conversation, apart from every other; not for several threads at once."""

    def __init__(self, bot: Streams, turns: tuple[Turn, ...] = ()) -> None:
        self._bot = bot
        self.turns = turns[-LONGEST:]

    def ask(
        self, question: str, *, filters: Filters | None = None, standalone: str | None = None
    ) -> Answer:
        """Answer a question in the light of the conversation; errors as for `Bot.ask`."""
        return last(self.stream(question, filters=filters, standalone=standalone))

    def stream(
        self, question: str, *, filters: Filters | None = None, standalone: str | None = None
    ) -> Iterator[Event]:
        """Yield the events of the answer; the turn is remembered when it is complete.

        `standalone` corrects what was understood: it is asked in place of what the conversation
        would make of the question, and needs no conversation.
        """
        history = tuple(_as_understood(turn) for turn in self.turns)
        for event in self._bot.stream(
            standalone or question, filters=filters, history=() if standalone else history
        ):
            if isinstance(event, Done):
                answer = replace(event.answer, question=question) if standalone else event.answer
                self.turns = (*self.turns, _turn(answer, history))[-LONGEST:]
                event = Done(answer)
            yield event

    def save(self, path: str | Path) -> None:
        """Write the turns to a JSON file, whole or not at all; raises ChatError."""
        file = Path(path)
        content = {"format": FORMAT, "turns": [asdict(turn) for turn in self.turns]}
        try:
            descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
            try:
                with open(descriptor, "w", encoding="utf-8") as out:
                    # Escaped, because a question may hold half a surrogate pair.
                    json.dump(content, out, indent=1)
                os.replace(draft, file)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ChatError(f"The chat cannot be saved to {file}: {error.strerror}.") from error


def restored(path: str | Path) -> tuple[Turn, ...]:
    """Return the turns of a saved chat, the last `LONGEST`; raises ChatError."""
    file = Path(path)
    try:
        if file.stat().st_size > _LARGEST:
            raise ChatError(f"{file} is too large for a saved chat.")
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ChatError(f"The chat {file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ChatError(f"{file} is no saved chat: it is not JSON.") from error
    turns = content.get("turns") if isinstance(content, dict) else None
    if not isinstance(turns, list) or content.get("format") != FORMAT:
        raise ChatError(f"{file} is no saved chat of format {FORMAT}.")
    return tuple(_read(turn, file) for turn in turns[-LONGEST:])


def _read(turn: Any, file: Path) -> Turn:
    fields = set(Turn.__dataclass_fields__)
    sound = isinstance(turn, dict) and {"question", "answer"} <= set(turn) <= fields
    if not sound or not all(isinstance(value, str) for value in turn.values()):
        raise ChatError(f"{file} is no saved chat: one of its turns is broken.")
    return Turn(**turn)


def _turn(answer: Answer, history: tuple[Turn, ...]) -> Turn:
    by_rule = ruled(answer.question, history)
    understood = "" if answer.standalone in {by_rule, answer.question} else answer.standalone
    return Turn(answer.question, answer.text, understood)


def _as_understood(turn: Turn) -> Turn:
    return replace(turn, question=turn.understood) if turn.understood else turn


def last(events: Iterator[Event]) -> Answer:
    """Run a stream to its end and return its answer."""
    for event in events:
        if isinstance(event, Done):
            return event.answer
    raise AssertionError("a stream of events ended without its answer")
