"""The vector leg under filters: exact for a narrow filter, sifted from the nearest for a wide one.

Chroma lists every row that matches a filter and then walks its graph until it has met enough of
them: of 100,000 vectors 24 ms of a core for a filter that one row in nine passes, 120 ms for one in
1,000, and each grows with the index (chromadb 1.5.9). The library knows what matches, so the
vectors of few are compared one by one, and of many the nearest hits are sifted.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.chunks import prefix_of
from index.exact import Hit, best, nearest
from index.filters import days
from index.layers import LayeredVectors
from index.library import Library
from index.types import Filters

_SPARE = 16  # hits beyond those asked for, to see where a tie ends
_REMEMBERED = 8  # filters; a chat keeps to the one that was chosen
_FETCHED, _SIFTED = 38.0, 7.0  # microseconds to fetch a vector, and to find and sift one hit
_MOST_FETCHED = 20_000  # 30 MB of vectors


@dataclass(frozen=True)
class _Match:
    """What one filter lets through: about how many chunks, and, if asked for, their vectors.

    Articles are counted, which an index of the library answers, and taken to be equally long.
    """

    library: Library
    vectors: LayeredVectors
    filters: Filters
    size: int

    @cached_property
    def _all(self) -> tuple[Sequence[str], NDArray[np.float32]]:
        found = self.vectors.get(self.library.matching(self.filters))
        stored = np.array(list(found.values()), dtype=np.float32)
        return list(found), stored

    @cached_property
    def _prefixes(self) -> NDArray[np.uint64]:
        found = [_prefix(prefix_of(name)) for name in self.library.ids_matching(self.filters)]
        return np.sort(np.array(found, dtype=np.uint64))

    def sift(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return those of some hits that match, which their ids tell: no look into the library."""
        known = self._prefixes
        asked = np.array([_prefix(name) for name, _ in hits], dtype=np.uint64)
        places = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        return [hits[i] for i in np.flatnonzero(known[places] == asked).tolist()]

    def exactly(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Compare every vector that matches."""
        ids, stored = self._all
        return nearest(ids, stored, vector, k)


class Narrowed:
    """Searches the vectors of one generation under filters; any number of threads may."""

    def __init__(self, library: Library, vectors: LayeredVectors) -> None:
        self._library = library
        self._vectors = vectors
        self._lock = threading.Lock()
        self._matches: OrderedDict[Filters, _Match] = OrderedDict()

    def search(
        self, vector: NDArray[np.float32], k: int, filters: Filters
    ) -> list[tuple[str, float]]:
        """Find the k nearest chunks that the filters let through; otherwise as `Vectors.search`."""
        first, last = days(filters) or (0, 0)
        total = self._vectors.count()
        if k < 1 or first > last or not total:
            return []
        match = self._match(filters)
        if match.size == 0:
            return []
        wanted = (k + _SPARE) * total / match.size
        cheaper = _FETCHED * match.size < 1.5 * _SIFTED * wanted
        if cheaper and match.size <= _MOST_FETCHED:
            return match.exactly(vector, k)
        return self._sifted(vector, k, match, int(1.5 * wanted))

    def _sifted(
        self, vector: NDArray[np.float32], k: int, match: _Match, limit: int
    ) -> list[tuple[str, float]]:
        """Look at more and more of the nearest until k of them match and no tie is cut."""
        total = self._vectors.count()
        while True:
            near = self._vectors.search(vector, min(limit, total))
            hits = match.sift(near)
            settled = len(hits) >= k and near[-1][1] < hits[k - 1][1]
            if settled or limit >= total:
                return best(hits, k)
            limit *= 4

    def _match(self, filters: Filters) -> _Match:
        with self._lock:
            match = self._matches.get(filters)
            if match is None:
                match = _Match(self._library, self._vectors, filters, self._size(filters))
                self._matches[filters] = match
                if len(self._matches) > _REMEMBERED:
                    self._matches.popitem(last=False)
            self._matches.move_to_end(filters)
            return match

    def _size(self, filters: Filters) -> int:
        every = self._library.articles_matching(Filters())
        some = self._library.articles_matching(filters)
        return -(-some * self._vectors.count() // max(1, every))


def _prefix(name: str) -> int:
    return int(name[:16], 16)
