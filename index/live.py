"""The generation that is served now: opened once, swapped when another one is published."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import NoIndex
from index.generations import Generation, live_name, open_live


class Live:
    """Hands out the live generation of a data folder to any number of threads.

    Each `hold` looks at the folder's pointer first. The old generation is closed when the last
    one who holds it lets go, so that a question under way is answered from one generation.
    """

    def __init__(self, data: Path, *, server: str | None = None) -> None:
        self.data = data
        self._server = server
        self._lock = threading.Lock()
        self._current = open_live(data, server=server)
        self._holders: dict[int, int] = {}

    @contextmanager
    def hold(self) -> Iterator[Generation]:
        """Lend the live generation; raises StoreError where it cannot be opened."""
        generation = self._take()
        try:
            yield generation
        finally:
            self._release(generation)

    def close(self) -> None:
        """Close the generation; it must not be held any more."""
        with self._lock:
            self._current.close()

    def _take(self) -> Generation:
        with self._lock:
            if self._published() not in (None, self._current.name):
                old, self._current = self._current, open_live(self.data, server=self._server)
                if not self._holders.get(id(old)):
                    old.close()
            generation = self._current
            self._holders[id(generation)] = self._holders.get(id(generation), 0) + 1
            return generation

    def _published(self) -> str | None:
        # A data folder that has vanished is no reason to stop: what is open can still be read.
        try:
            return live_name(self.data)
        except NoIndex:
            return None

    def _release(self, generation: Generation) -> None:
        with self._lock:
            left = self._holders.pop(id(generation)) - 1
            if left:
                self._holders[id(generation)] = left
            elif generation is not self._current:
                generation.close()
