"""The vectors of one generation: a graph that others may share, and a delta beside it."""

import threading
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index import chroma_rows
from index.delta import Delta
from index.exact import Hit, best
from index.vectors import VectorRow, Vectors

_BATCH = 1000  # rows between two looks at the size of a delta
_SPARE = 16  # hits of the graph beyond those asked for, in place of those that are void


class Graph:
    """The vectors in one place, opened when they are first needed.

    Counting what is in a folder, and looking ids up there, needs no Chroma, which takes 0.7 s to
    load.
    """

    def __init__(self, opening: Callable[[], Vectors], folder: Path | None = None) -> None:
        self._opening, self._folder = opening, folder
        self._lock = threading.Lock()
        self._vectors: Vectors | None = None
        self._counted: int | None = None

    @classmethod
    def of(cls, vectors: Vectors) -> Self:
        """Return the graph of vectors that are open already."""
        graph = cls(lambda: vectors)
        graph._vectors = vectors
        return graph

    def opened(self) -> Vectors:
        """Return the vectors; raises DamagedError, or StoreError for a server that is away."""
        with self._lock:
            if self._vectors is None:
                self._vectors = self._opening()
            return self._vectors

    def count(self) -> int:
        """Return the number of rows; raises as `opened`."""
        if self._vectors is not None or self._folder is None:
            return self.opened().count()
        if self._counted is None:
            self._counted = chroma_rows.rows(self._folder)
        return self._counted

    def known(self, chunk_ids: list[str]) -> set[str]:
        """Return those of the chunks that it has; raises as `opened`."""
        if self._vectors is None and self._folder is not None:
            return chroma_rows.known(self._folder, chunk_ids)
        return self.opened().known(chunk_ids)

    def close(self) -> None:
        """Close what was opened; raises StoreError."""
        if self._vectors is not None:
            self._vectors.close()


class LayeredVectors:
    """The vectors of every chunk of one generation, searched as one.

    Without a delta, everything is in the graph. With one, the graph is an earlier generation's and
    is never written; `apply` changes the delta, and `merge` makes a graph of both for a delta that
    has become large. Any number of threads may search. `apply` is for the one writer.
    """

    def __init__(
        self,
        graph: Graph,
        delta: Delta | None = None,
        *,
        draft: Path | None = None,
        merge: Callable[[Delta], Graph] | None = None,
    ) -> None:
        self._graph, self._delta, self._draft, self._merge = graph, delta, draft, merge

    @property
    def shares_graph(self) -> bool:
        """Whether the graph is one that was written, and tested, for an earlier generation."""
        return self._delta is not None

    def open(self) -> None:
        """Open the graph now rather than at the first search; raises DamagedError, StoreError."""
        self._graph.opened()

    def apply(self, *, add: Iterable[VectorRow], remove: Iterable[str]) -> None:
        """Remove chunks by id, then add rows; as `Vectors.apply`."""
        rest = iter(add)
        if self._delta is not None:
            gone, remove = list(remove), ()
            self._delta.remove(gone, void=self._graph.known(gone))
            self._merge_if_large()
        while self._delta is not None and (rows := list(islice(rest, _BATCH))):
            self._delta.add(rows, void=self._graph.known([row.chunk_id for row in rows]))
            self._merge_if_large()
        if self._delta is None:
            self._graph.opened().apply(add=rest, remove=remove)

    def search(self, vector: NDArray[np.float32], k: int) -> list[Hit]:
        """Find the k chunks most similar to a vector of length 1; as `Vectors.search`."""
        if self._delta is None:
            return self._graph.opened().search(vector, k)
        hits = self._from_graph(vector, k, self._delta.void) if k > 0 else []
        return best(hits + self._delta.search(vector, k), k)

    def get(self, chunk_ids: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of those of the chunks that are stored; as `Vectors.get`."""
        if self._delta is None:
            return self._graph.opened().get(chunk_ids)
        rows, void = self._delta.rows, self._delta.void
        asked = list(dict.fromkeys(chunk_ids))
        rest = [name for name in asked if name not in rows and name not in void]
        found = {name: rows[name].vector for name in asked if name in rows}
        if rest:
            found |= self._graph.opened().get(rest)
        return {name: found[name] for name in asked if name in found}

    def count(self) -> int:
        """Return the number of chunks."""
        if self._delta is None:
            return self._graph.count()
        return self._graph.count() - len(self._delta.void) + len(self._delta.rows)

    def close(self) -> None:
        """Write what was changed and let go; searches must have ended. Raises StoreError."""
        if self._delta is not None and self._draft is not None:
            self._delta.save(self._draft)
        self._graph.close()

    def _merge_if_large(self) -> None:
        if self._delta is None or self._merge is None:
            return
        if self._delta.is_large(self._graph.count()):
            self._graph.close()
            self._graph, self._delta = self._merge(self._delta), None

    def _from_graph(self, vector: NDArray[np.float32], k: int, void: set[str]) -> list[Hit]:
        """Return the best k of the graph, and maybe more, that are not void."""
        limit = k + min(len(void), _SPARE)
        while True:
            found = self._graph.opened().search(vector, limit)
            kept = [hit for hit in found if hit[0] not in void]
            if len(kept) >= k or len(found) < limit:
                return kept
            limit *= 4
