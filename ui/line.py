"""How many answers are made at once: so many, so many more wait in line, the rest hear "busy"."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from index.types import Filters
from qa.chat import Streams
from qa.types import Done, Event, Turn
from ui.errors import BusyError, SlowError

T = TypeVar("T")

BUSY = "The server is busy with other questions; please ask again in a moment."


class Line:
    """The places in which answers are made, shared by the page and the API.

    A place that is not given back, as by a stream that nobody reads to its end, is free again
    when the time for one answer is over.
    """

    def __init__(self, at_once: int = 4, waiting: int = 64, answer_s: float = 60.0) -> None:
        self.at_once = at_once
        self.waiting = waiting
        self.answer_s = answer_s
        self._changed = threading.Condition()
        self._held: dict[object, float] = {}  # places taken, each with when it is free again
        self._inside = 0  # runs under way or waiting; touched by the event loop alone
        self._threads: CapacityLimiter | None = None
        self._running: set[asyncio.Task[object]] = set()

    @contextmanager
    def place(self) -> Iterator[float]:
        """Wait for a place and hold it; yield when it ends (`time.monotonic`). Raises BusyError."""
        key = object()
        ends = self._take(key, patience=time.monotonic() + self.answer_s)
        try:
            yield ends
        finally:
            with self._changed:
                self._held.pop(key, None)
                self._changed.notify()

    def _take(self, key: object, *, patience: float) -> float:
        with self._changed:
            while True:
                now = time.monotonic()
                self._held = {held: until for held, until in self._held.items() if until > now}
                if len(self._held) < self.at_once:
                    self._held[key] = now + self.answer_s
                    return self._held[key]
                if now >= patience:
                    raise BusyError(BUSY)
                self._changed.wait(min([patience, *self._held.values()]) - now)

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread when its turn comes; its errors pass through.

        Raises BusyError at once where too many wait, SlowError when the time is over. The thread
        cannot be stopped then: it keeps its turn until it is done, and nobody hears of it.
        """
        if self._inside >= self.at_once + self.waiting:
            raise BusyError(BUSY)
        given_up = threading.Event()

        def wanted() -> T:
            if given_up.is_set():
                raise SlowError(too_slow(self.answer_s))
            return work()

        self._inside += 1
        task = asyncio.get_running_loop().create_task(self._turn(wanted))
        self._running.add(task)
        task.add_done_callback(self._over)
        try:
            return await asyncio.wait_for(asyncio.shield(task), self.answer_s)
        except TimeoutError:
            raise SlowError(too_slow(self.answer_s)) from None
        finally:
            given_up.set()

    async def _turn(self, work: Callable[[], T]) -> T:
        if self._threads is None:
            self._threads = CapacityLimiter(self.at_once)
        return await to_thread.run_sync(work, limiter=self._threads)

    def _over(self, task: asyncio.Task[object]) -> None:
        self._inside -= 1
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # fetched, so that one nobody waits for any more is not reported


class Paced:
    """A bot whose answers wait for their place and end in time: what a conversation talks to.

    `heard` is told each question, for a log that was asked for.
    """

    def __init__(
        self, bot: Streams, line: Line, heard: Callable[[str], None] = lambda question: None
    ) -> None:
        self._bot = bot
        self._line = line
        self._heard = heard

    def stream(
        self, question: str, *, filters: Filters | None = None, history: tuple[Turn, ...] = ()
    ) -> Iterator[Event]:
        """Yield the events of the bot's answer; raises BusyError and SlowError too."""
        self._heard(question)
        with self._line.place() as ends:
            for event in self._bot.stream(question, filters=filters, history=history):
                if time.monotonic() > ends and not isinstance(event, Done):
                    raise SlowError(too_slow(self._line.answer_s))
                yield event


def too_slow(seconds: float) -> str:
    """The sentence for an answer that took longer than so many seconds."""
    return f"This took longer than {seconds:g} seconds and was given up; please ask again."
