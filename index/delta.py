"""What has changed since a graph was written: rows beside it, and ids in it that are void.

A differential file (Severance and Lohman 1976): a question costs one comparison with each of its
rows, so it is kept small: once it is large, the next graph is made of both.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedError
from index.exact import Hit, nearest
from index.manifest import MEND
from index.vectors import VectorRow

VECTORS, ROWS = "delta.npy", "delta.json"
_MOST_ROWS = 5_000  # 1 ms of a core at 384 dimensions, and 8 MB to write for each update
_MOST_VOID, _VOID_SHARE = 1_000, 0.05  # ids that a search may have to pass over


class Delta:
    """Rows that are not in the graph, by id, and the ids in the graph that no longer count.

    An id may be in both: its row then replaces that of the graph. Only one thread at a time may
    change it, and nobody may search it meanwhile.
    """

    def __init__(self) -> None:
        self.rows: dict[str, VectorRow] = {}
        self.void: set[str] = set()
        self._matrix: NDArray[np.float32] | None = None

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the delta of a generation; DamagedError if it is not there or not one."""
        delta = cls()
        try:
            told = json.loads((folder / ROWS).read_text(encoding="utf-8"))
            vectors: NDArray[np.float32] = np.load(folder / VECTORS, allow_pickle=False)
            for (name, article, source, day), vector in zip(told["rows"], vectors, strict=True):
                delta.rows[name] = VectorRow(name, article, source, day, vector)
            delta.void = set(told["void"])
        except (OSError, ValueError, LookupError, TypeError, EOFError) as error:
            raise DamagedError(f"{folder / ROWS} cannot be read ({error}): {MEND}") from error
        return delta

    def save(self, folder: Path) -> None:
        """Write it into the folder of a draft; raises OSError."""
        rows = [
            (row.chunk_id, row.article_id, row.source, row.published) for row in self.rows.values()
        ]
        told = json.dumps({"rows": rows, "void": sorted(self.void)})
        (folder / ROWS).write_text(told + "\n", encoding="utf-8")
        np.save(folder / VECTORS, self._stacked(), allow_pickle=False)

    def add(self, rows: Iterable[VectorRow], void: Collection[str]) -> None:
        """Put rows in, in place of those of the same ids; `void` are those that the graph has."""
        for row in rows:
            self.rows[row.chunk_id] = replace(row, vector=_unit(row.vector))
        self.void.update(void)
        self._matrix = None

    def remove(self, chunk_ids: Iterable[str], void: Collection[str]) -> None:
        """Take rows out, where they are here; `void` are those that the graph has."""
        for name in chunk_ids:
            self.rows.pop(name, None)
        self.void.update(void)
        self._matrix = None

    def is_large(self, graph: int) -> bool:
        """Tell whether it should be merged into a graph of so many rows."""
        most = max(_MOST_VOID, _VOID_SHARE * graph)
        return len(self.rows) > _MOST_ROWS or len(self.void) > most

    def search(self, vector: NDArray[np.float32], k: int) -> list[Hit]:
        """Compare every row with a vector of length 1; the best k as `Vectors.search` has them."""
        return nearest(list(self.rows), self._stacked(), vector, k)

    def _stacked(self) -> NDArray[np.float32]:
        if self._matrix is None:
            self._matrix = np.array([row.vector for row in self.rows.values()], np.float32)
        return self._matrix


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vector at length 1, as Chroma has it; one of length 0 stays what it is."""
    length = np.float32(np.linalg.norm(vector))
    return vector / length if length > 0 else vector
