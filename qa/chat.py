"""A conversation: a bot that remembers the turns so far."""

from collections.abc import Iterator
from typing import Protocol

from index.types import Filters
from qa.types import Answer, Done, Event, Turn

LONGEST = 50  # turns remembered; older ones are forgotten, so that memory stays bounded


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

    def ask(self, question: str, *, filters: Filters | None = None) -> Answer:
        """Answer a question in the light of the conversation; errors as for `Bot.ask`."""
        return last(self.stream(question, filters=filters))

    def stream(self, question: str, *, filters: Filters | None = None) -> Iterator[Event]:
        """Yield the events of the answer; the turn is remembered when it is complete."""
        for event in self._bot.stream(question, filters=filters, history=self.turns):
            if isinstance(event, Done):
                turn = Turn(event.answer.question, event.answer.text)
                self.turns = (*self.turns, turn)[-LONGEST:]
            yield event


def last(events: Iterator[Event]) -> Answer:
    """Run a stream to its end and return its answer."""
    for event in events:
        if isinstance(event, Done):
            return event.answer
    raise AssertionError("a stream of events ended without its answer")
