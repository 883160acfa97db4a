"""Threads that hand work to each other: bounded channels, and a crew that fails as one."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

Item = TypeVar("Item")


class Stopped(Exception):
    """Another thread of the crew has failed or the work was given up."""


class Channel(Generic[Item]):
    """A queue with one writer and one reader that holds items up to a total weight.

    One item is always let in, however heavy. Iterating ends when the writer has closed the
    channel; `put` and iteration raise Stopped when it was stopped.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._items: deque[tuple[Item, int]] = deque()
        self._changed = threading.Condition()
        self._closed = self._stopped = False

    def put(self, item: Item, weight: int = 1) -> None:
        """Append an item, waiting until there is room."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._has_room(weight))
            if self._stopped:
                raise Stopped
            self._items.append((item, weight))
            self._weight += weight
            self._changed.notify_all()

    def __iter__(self) -> Iterator[Item]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._items or self._closed)
                if self._stopped:
                    raise Stopped
                if not self._items:
                    return
                item, weight = self._items.popleft()
                self._weight -= weight
                self._changed.notify_all()
            yield item

    def close(self) -> None:
        """Say that nothing more will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Wake both ends with Stopped."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _has_room(self, weight: int) -> bool:
        return not self._items or self._weight + weight <= self._limit


class Crew:
    """Threads that work on the same channels: the first failure stops them all.

    Leaving the `with` block joins every thread and raises what the first of them raised.
    """

    def __init__(self, *channels: Channel[Any]) -> None:
        self._channels = channels
        self._threads: list[threading.Thread] = []
        self._error: BaseException | None = None

    def start(self, work: Callable[[], None]) -> None:
        """Run the work in a thread of its own."""
        thread = threading.Thread(target=self._guard, args=(work,), name=work.__name__)
        self._threads.append(thread)
        thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._stop()
        try:
            self._join()
        except BaseException:  # an interrupt
            self._stop()
            self._join()
            raise
        if self._error is not None and (error is None or isinstance(error, Stopped)):
            raise self._error

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again where the crew is joined
            self._error = self._error or error
            self._stop()

    def _stop(self) -> None:
        for channel in self._channels:
            channel.stop()
