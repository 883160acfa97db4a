"""How far a sync has come."""

import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from index.formats import suffix
from index.formats.files import place, walk

_RECORDS = (".jsonl", ".csv")
_PIECE = 1 << 20


class Progress(Protocol):
    """Hears how far a sync has come: often, from different threads, never from two at once."""

    def __call__(
        self, articles: int, articles_total: int | None, chunks: int, chunks_total: int | None
    ) -> None:
        """Take the numbers done, and the totals: None while unknown, articles' an estimate."""


class Meter:
    """Adds up what is done and tells; any thread may call it."""

    def __init__(self, progress: Progress | None, expected: int | None) -> None:
        self._progress = progress
        self._expected = expected or 0
        self._stood = self._articles = self._chunks = 0
        self._read = self._cut = 0
        self._ended = False
        self._lock = threading.Lock()

    def stood(self, articles: int) -> None:
        """Count articles that need no work."""
        with self._lock:
            self._stood += articles
            self._tell()

    def cut(self, chunks: int) -> None:
        """Count an article that was read and cut into so many chunks."""
        with self._lock:
            self._read += 1
            self._cut += chunks

    def tick(self, articles: int, chunks: int) -> None:
        """Count what is embedded."""
        with self._lock:
            self._articles += articles
            self._chunks += chunks
            self._tell()

    def end(self) -> None:
        """Note that everything was read, so that the totals are known."""
        with self._lock:
            self._ended = True

    def _tell(self) -> None:
        if self._progress is None:
            return
        known = self._stood + self._read
        total = known if self._ended else max(self._expected, known)
        done = self._stood + self._articles
        self._progress(done, total or None, self._chunks, self._cut if self._ended else None)


def estimate(roots: Sequence[str]) -> int:
    """Return about how many articles there are, without parsing any: files, and lines of records.

    Raises CorpusError for a folder that cannot be listed.
    """
    seen: set[str] = set()
    places = [place(Path(root)) for root in roots if os.path.exists(root)]
    return sum(_articles(path) for top in places for path in walk(top, seen))


def _articles(path: str) -> int:
    if suffix(path) not in _RECORDS:
        return 1
    try:
        if not os.path.isfile(path):
            return 1
        with open(path, "rb") as file:
            return max(1, sum(_lines(iter(lambda: file.read(_PIECE), b""))))
    except OSError:
        return 1


def _lines(pieces: Iterable[bytes]) -> Iterable[int]:
    return (piece.count(b"\n") for piece in pieces)
