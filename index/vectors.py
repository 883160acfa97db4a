"""The vector leg: one generation's vectors in Chroma, searched by cosine.

They lie in a folder that only one process may write to, or in a collection of a Chroma server.
Chroma's graph is random, but its answers are not: `ef_search` 1000 missed none of the first 50
neighbours in 15,000 MiniLM vectors, and two builds gave equal lists for 200 of 200 questions
(147 with Chroma's own 100), for 1 ms more of a core (chromadb 1.5.9). A large folder gets less.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from index import chroma, chroma_rows
from index.errors import DamagedError, MismatchError, StoreError
from index.exact import DIGITS, Hit, best
from index.filters import days
from index.types import Filters

if TYPE_CHECKING:
    from index.chroma import Client, Collection

_BATCH = 1000  # Chroma holds the interpreter's lock while it stores one; it takes 5,461 at most
_MANY = 4  # batches that are written as they come; if more follow, the files of the graph wait
_SPARE = 16  # hits beyond those asked for, to see where a tie ends

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class VectorRow:
    """One chunk to store; `published` is YYYYMMDD, or 0 where the article states no date."""

    chunk_id: str
    article_id: str
    source: str
    published: int
    vector: NDArray[np.float32]


class Vectors:
    """The vectors of every chunk of one generation.

    Any number of threads may search. `apply` is for the one writer, on a folder or collection
    that nobody else has open.
    """

    def __init__(
        self,
        client: "Client",
        collection: "Collection",
        place: chroma.Place,
        count: int | None = None,
    ) -> None:
        self._client = client
        self._collection = collection
        self._place = place
        self._dimension = int((collection.metadata or {}).get("dimension") or 0)
        self._known = count
        self._written = False

    @classmethod
    def create(cls, folder: Path, *, dimension: int) -> Self:
        """Make an empty store in a folder that holds none; StoreError if it cannot be made."""
        if (folder / chroma_rows.DATABASE).exists():
            raise StoreError(f"{folder} already holds vectors; remove it first")
        place = chroma.in_folder(folder)
        with place.writing(), chroma.opening:
            folder.mkdir(parents=True, exist_ok=True)
            made = partial(chroma.new_collection, name=chroma.CHUNKS, dimension=dimension)
            return cls._over(chroma.folder_client(folder), made, place)

    @classmethod
    def open(cls, folder: Path, *, count: int | None = None) -> Self:
        """Open the store in a folder; DamagedError if it is missing or cannot be read.

        `count` is how many chunks it holds, where that is known already.
        """
        place = chroma.in_folder(folder)
        if not (folder / chroma_rows.DATABASE).is_file():  # Chroma would make a new one
            raise DamagedError(f"{place.name} are missing: {place.mend}")
        with place.reading(), chroma.opening:
            found = partial(chroma.collection, name=chroma.CHUNKS)
            vectors = cls._over(chroma.folder_client(folder), found, place, count)
        if chroma.is_lost(folder, vectors.count()):
            vectors.close()
            raise DamagedError(f"{place.name} are incomplete: {place.mend}")
        return vectors

    @classmethod
    def create_server(cls, url: str, collection: str, *, dimension: int) -> Self:
        """Make an empty collection on the Chroma server at `http://host:port`.

        Raises StoreError where no Chroma server answers, or where it has that collection already.
        """
        place = chroma.on_server(url, collection)
        with place.writing():
            made = partial(chroma.new_collection, name=collection, dimension=dimension, served=True)
            return cls._over(chroma.server_client(url), made, place)

    @classmethod
    def open_server(cls, url: str, collection: str, *, count: int | None = None) -> Self:
        """Open a collection of the Chroma server at `http://host:port`; `count` as in `open`.

        Raises StoreError where no Chroma server answers, DamagedError where it has no such
        collection.
        """
        place = chroma.on_server(url, collection)
        with place.reading():
            found = partial(chroma.collection, name=collection)
            return cls._over(chroma.server_client(url), found, place, count)

    @classmethod
    def _over(
        cls,
        client: "Client",
        find: "Callable[[Client], Collection]",
        place: chroma.Place,
        count: int | None = None,
    ) -> Self:
        try:
            return cls(client, find(client), place, count)
        except BaseException:
            chroma.close(client)
            raise

    def apply(self, *, add: Iterable[VectorRow], remove: Iterable[str]) -> None:
        """Remove chunks by id, then add rows; a row whose id is there already replaces it.

        Not one transaction: a failure leaves some of it done. Taking an id out and putting it
        back wastes a slot of the graph for good, so a chunk that stays should not be in `remove`.
        Raises MismatchError for a vector of another dimension, StoreError if writing fails.
        """
        self._written, self._known = True, None
        for ids in _batches(remove):
            with self._place.writing():
                self._collection.delete(ids=ids)
        for number, rows in enumerate(_batches(add)):
            if number == _MANY:
                self._hurry()
            latest = {row.chunk_id: row for row in rows}
            self._check(*(row.vector for row in latest.values()))
            with self._place.writing():
                self._collection.upsert(
                    ids=list(latest),
                    embeddings=np.stack([row.vector for row in latest.values()]),
                    metadatas=[_metadata(row) for row in latest.values()],
                )

    def search(
        self, vector: NDArray[np.float32], k: int, *, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Find the k chunks most similar to a vector of length 1: (chunk id, cosine), best first.

        Equal cosines stand in the order of their ids. Filters hold for every hit. Where more than
        some thirty chunks have the very same vector, Chroma's graph may not reach all of them.
        Raises MismatchError for a vector of another dimension, DamagedError if the store cannot
        be read.
        """
        chosen = filters or Filters()
        chosen = replace(chosen, sources=tuple(map(chroma.storable, chosen.sources)))
        first, last = days(chosen) or (0, 0)
        if k < 1 or first > last or self.count() == 0:
            return []
        self._check(vector)
        with self._place.reading():
            hits = self._nearest(vector, k, chosen)
        return best(hits, k)

    def copy_from(self, other: "Vectors") -> None:
        """Add every row of another store of the same dimension; raises StoreError."""
        self._written, self._known = True, None
        for offset in range(0, other.count(), _BATCH):
            with other._place.reading():
                page: Any = other._collection.get(
                    limit=_BATCH, offset=offset, include=["embeddings", "metadatas"]
                )
            with self._place.writing():
                self._collection.upsert(
                    ids=page["ids"], embeddings=page["embeddings"], metadatas=page["metadatas"]
                )

    def get(self, chunk_ids: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of those of the chunks that are stored, in the order asked.

        Each is of length 1, as Chroma made it: equal to what was stored up to the last bit.
        """
        asked = list(dict.fromkeys(chunk_ids))
        found: dict[str, NDArray[np.float32]] = {}
        for ids in _batches(asked):
            with self._place.reading():
                rows = self._collection.get(ids=ids, include=["embeddings"])
                vectors = np.asarray(rows["embeddings"], dtype=np.float32)
            found |= zip(rows["ids"], vectors, strict=True)
        return {name: found[name] for name in asked if name in found}

    def known(self, chunk_ids: Iterable[str]) -> set[str]:
        """Return those of the chunks that are stored."""
        found: set[str] = set()
        for ids in _batches(chunk_ids):
            with self._place.reading():
                found.update(self._collection.get(ids=ids, include=[])["ids"])
        return found

    def count(self) -> int:
        """Return the number of chunks."""
        if self._known is None:
            folder = self._place.folder
            with self._place.reading():
                # What was just written may still be in the log alone.
                if folder and not self._written:
                    self._known = chroma_rows.rows(folder)
                else:
                    self._known = self._collection.count()
        return self._known

    def close(self) -> None:
        """Flush what was written and let go; searches must have ended. Raises StoreError."""
        folder, written, self._written = self._place.folder, self._written, False
        with self._place.writing(), chroma.opening:
            bulk = written and folder is not None and chroma.is_bulk(self._collection)
            try:
                if written and folder and not bulk:
                    chroma.write_tail(self._collection, self._dimension)
            finally:
                chroma.close(self._client)
            if folder and bulk:
                chroma.settle(folder, self._dimension)
            if folder and written:
                chroma.give_back(folder)

    def _hurry(self) -> None:
        """Have the graph's files written rarely, now that more rows come than a few."""
        folder = self._place.folder
        if folder is None or chroma.is_bulk(self._collection):
            return
        with self._place.writing(), chroma.opening:
            chroma.close(self._client)
            chroma.set_bulk(folder, True)
            self._client = chroma.folder_client(folder)
            self._collection = chroma.collection(self._client, chroma.CHUNKS)

    def _check(self, *vectors: NDArray[np.float32]) -> None:
        for vector in vectors:
            if vector.shape != (self._dimension,):
                raise MismatchError(
                    f"{self._place.name} have {self._dimension} numbers each, but the embedding "
                    f"model gives {vector.shape[-1]}: {self._place.mend}"
                )

    def _nearest(
        self, vector: NDArray[np.float32], k: int, filters: Filters
    ) -> list[tuple[str, float]]:
        """Return the nearest k, and whatever has the same cosine as the last of them."""
        where = chroma.where(filters)
        limit = k + _SPARE
        while True:
            hits = self._query(vector, limit, where=where)
            if len(hits) < limit or hits[-1][1] < hits[k - 1][1]:
                return hits
            limit *= 4

    def _query(
        self,
        vector: NDArray[np.float32],
        limit: int,
        *,
        where: Mapping[str, Any] | None = None,
    ) -> list[Hit]:
        limit = min(limit, self.count())
        found: Any = self._collection.query(
            query_embeddings=np.stack([vector]),
            n_results=limit,
            where=dict(where) if where else None,
            include=["distances"],
        )
        ids, distances = found["ids"][0], found["distances"][0]
        cosines = [round(1.0 - distance, DIGITS) for distance in distances]
        return list(zip(ids, cosines, strict=True))


def _metadata(row: VectorRow) -> dict[str, str | int]:
    # Chroma merges what it had for an id with what it gets, so every row has the same keys.
    return {
        "article": chroma.storable(row.article_id),
        "source": chroma.storable(row.source),
        "published": row.published,
    }


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch
