"""One generation's library: its articles word for word, their sentences and their chunks."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import DamagedError
from index.filters import days
from index.packs import Packs, Place
from index.types import Article, Chunk, Filters, Span

_ARTICLE = "a.id, a.title, a.source, a.published, a.path, a.sha256, a.url"
_BODY = "b.letters, b.pack, b.start, b.size, b.crc"
_FROM = "FROM articles a JOIN bodies b ON b.number = a.number"
_CHUNK = "SELECT c.id, a.id, c.ordinal, c.start, c.stop FROM chunks c"
_RECORD = "id, origin, root, title, source, published, path, sha256, url"
_IDS_PER_QUERY = 500
_RECORDS_PER_PAGE = 1000
_ARTICLES_PER_PAGE = 64


@dataclass(frozen=True, slots=True)
class Record:
    """What the library knows of an article without its text, for comparing it with its origin."""

    id: str
    origin: str
    root: str
    title: str
    source: str
    published: int
    path: str
    sha256: str
    url: str


class Library:
    """A published library, read by any number of threads.

    A generation never changes once it is published, so the file is opened as immutable: nothing
    is locked and nothing is written. Every read may raise DamagedError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self.settings: dict[str, str] = dict(self._rows("SELECT key, value FROM settings"))
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        self._packs = Packs(path.parent / "texts")

    def article(self, article_id: str) -> Article:
        """Return the article; raises KeyError where there is none of that id."""
        rows = self._rows(f"SELECT {_BODY}, {_ARTICLE} {_FROM} WHERE a.id = ?", article_id)
        if not rows:
            raise KeyError(article_id)
        return self._article(*rows[0])

    def articles(self) -> Iterator[Article]:
        """Yield every article in the order in which they were added, a few at a time."""
        last = 0
        query = f"SELECT {_BODY}, {_ARTICLE}, a.number {_FROM} WHERE a.number > ?"
        while rows := self._rows(f"{query} ORDER BY a.number LIMIT ?", last, _ARTICLES_PER_PAGE):
            for row in rows:
                yield self._article(*row[:-1])
            last = rows[-1][-1]

    def sentence_spans(self, article_id: str) -> list[Span]:
        """Return the sentences that may be indexed and quoted, in order; raises KeyError."""
        rows = self._rows(f"SELECT {_BODY} {_FROM} WHERE a.id = ?", article_id)
        if not rows:
            raise KeyError(article_id)
        return _unpack(self._body(*rows[0])[1])

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Return the chunks by id; raises DamagedError where one is not there."""
        found: dict[str, Chunk] = {}
        for first in range(0, len(ids), _IDS_PER_QUERY):
            some = ids[first : first + _IDS_PER_QUERY]
            where = f"JOIN articles a ON a.number = c.article WHERE c.id IN ({_marks(some)})"
            found |= {row[0]: Chunk(*row) for row in self._rows(f"{_CHUNK} {where}", *some)}
        if absent := set(ids) - found.keys():
            raise DamagedError(
                f"{self._path} lacks {len(absent)} chunks that were searched for: "
                "run corpus-qa index --rebuild"
            )
        return found

    def articles_matching(self, filters: Filters) -> int:
        """Return how many articles the filters let through."""
        where, values = _condition(filters)
        rows = self._rows(f"SELECT count(*) FROM articles a WHERE {where}", *values)
        return int(rows[0][0])

    def ids_matching(self, filters: Filters) -> list[str]:
        """Return the ids of all articles that the filters let through."""
        where, values = _condition(filters)
        return [row[0] for row in self._rows(f"SELECT a.id FROM articles a WHERE {where}", *values)]

    def matching(self, filters: Filters) -> list[str]:
        """Return the ids of all chunks that the filters let through."""
        where, values = _condition(filters)
        query = "SELECT c.id FROM articles a JOIN chunks c ON c.article = a.number"
        return [row[0] for row in self._rows(f"{query} WHERE {where}", *values)]

    def chunks_of(self, article_id: str) -> list[Chunk]:
        """Return all chunks of the article, in order."""
        where = "JOIN articles a ON a.number = c.article WHERE a.id = ? ORDER BY c.ordinal"
        return [Chunk(*row) for row in self._rows(f"{_CHUNK} {where}", article_id)]

    def sources(self) -> dict[str, int]:
        """Return how many articles each outlet has, the most frequent first."""
        query = "SELECT source, count(*) FROM articles GROUP BY source ORDER BY 2 DESC, 1"
        return dict(self._rows(query))

    def dates(self) -> tuple[date, date] | None:
        """Return the first and the last date of the dated articles, or None without any."""
        query = "SELECT min(published), max(published) FROM articles WHERE published > 0"
        first, last = self._rows(query)[0]
        return (_date(first), _date(last)) if first else None

    def origins(self) -> dict[str, str]:
        """Return where each article came from, by its id."""
        return dict(self._rows("SELECT id, origin FROM articles"))

    def counts(self) -> tuple[int, int]:
        """Return how many articles and how many chunks there are, by counting them."""
        query = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM chunks)"
        articles, chunks = self._rows(query)[0]
        return articles, chunks

    def records(self) -> Iterator[Record]:
        """Yield all records in the order in which they were added, a few at a time."""
        last = 0
        query = f"SELECT {_RECORD}, number FROM articles WHERE number > ? ORDER BY number LIMIT ?"
        while rows := self._rows(query, last, _RECORDS_PER_PAGE):
            yield from (Record(*row[:-1]) for row in rows)
            last = rows[-1][-1]

    def record(self, article_id: str) -> Record | None:
        """Return the record of that id, or None."""
        rows = self._rows(f"SELECT {_RECORD} FROM articles WHERE id = ?", article_id)
        return Record(*rows[0]) if rows else None

    def record_from(self, origin: str) -> Record | None:
        """Return the record of what came from there, or None."""
        rows = self._rows(f"SELECT {_RECORD} FROM articles WHERE origin = ?", origin)
        return Record(*rows[0]) if rows else None

    def under(self, root: str) -> list[tuple[str, str, str]]:
        """Return id, path and root of all articles from a file, or from anywhere in a folder."""
        inside = root.rstrip(os.sep) + os.sep
        past = inside[:-1] + chr(ord(os.sep) + 1)
        query = "SELECT id, path, root FROM articles WHERE path = ? OR (path >= ? AND path < ?)"
        return self._rows(f"{query} ORDER BY number", root, inside, past)

    def ids_from_file(self, path: str) -> list[str]:
        """Return the ids of all articles of one file."""
        return [row[0] for row in self._rows("SELECT id FROM articles WHERE path = ?", path)]

    def roots(self) -> list[str]:
        """Return what was ever given to be indexed and still has an article, sorted."""
        return [row[0] for row in self._rows("SELECT DISTINCT root FROM articles ORDER BY root")]

    def sample(self, size: int) -> list[str]:
        """Return the ids of at most `size` chunks, spread evenly and up to the newest article."""
        last = self._rows("SELECT max(article) FROM chunks")[0][0] or 0
        query = "SELECT id FROM chunks WHERE article <= ? ORDER BY article DESC, ordinal LIMIT 1"
        marks = [last * step // size for step in range(1, size + 1)]
        return list(dict.fromkeys(row[0] for mark in marks for row in self._rows(query, mark)))

    def stamp(self, file: str) -> str | None:
        """Return the stamp of a file as it was when it was read in full, or None."""
        rows = self._rows("SELECT stamp FROM files WHERE path = ?", file)
        return rows[0][0] if rows else None

    def verify(self) -> None:
        """Read everything and raise DamagedError where the structure or a text is broken."""
        found = self._rows("PRAGMA quick_check(1)")
        if found != [("ok",)]:
            raise self._damaged(sqlite3.DatabaseError(found[0][0]))
        for row in self._rows(f"SELECT {_BODY} FROM bodies b"):
            self._body(*row)

    def close(self) -> None:
        with self._lock:
            self._db.close()
        self._packs.close()

    def _article(self, letters: int, *row: Any) -> Article:
        text, _ = self._body(letters, *row[:4])
        name, title, source, published, path, sha256, url = row[4:]
        day = _date(published) if published else None
        return Article(name, title, text.decode(), source, day, path, sha256, url)

    def _body(self, letters: int, *place: int) -> tuple[bytes, bytes]:
        """Return the text of an article in UTF-8 and its packed sentences."""
        body = self._packs.read(Place(*place))
        return body[:letters], body[letters:]

    def _rows(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def _damaged(self, error: sqlite3.Error) -> DamagedError:
        return DamagedError(f"{self._path} cannot be read ({error}): run corpus-qa index --rebuild")


def _condition(filters: Filters) -> tuple[str, list[str | int]]:
    """Return filters as a condition on the articles `a`, with its values."""
    parts: list[str] = ["1"]
    values: list[str | int] = []
    if filters.sources:
        parts.append(f"a.source IN ({_marks(filters.sources)})")
        # A library has no halves of surrogate pairs; a filter may.
        values += [name.encode("utf-8", "backslashreplace").decode() for name in filters.sources]
    if bounds := days(filters):
        parts.append("a.published BETWEEN ? AND ?")
        values += bounds
    return " AND ".join(parts), values


def day_number(day: date | None) -> int:
    """Return a date as the integer YYYYMMDD, which sorts and compares as dates do; None is 0."""
    return day.year * 10000 + day.month * 100 + day.day if day else 0


def _date(number: int) -> date:
    return date(number // 10000, number // 100 % 100, number % 100)


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))


def _unpack(packed: bytes) -> list[Span]:
    pairs = np.frombuffer(packed, np.int32).reshape(-1, 2).tolist()
    return [Span(start, end) for start, end in pairs]


def pack(spans: Iterable[Span]) -> bytes:
    """Return the spans as pairs of 32-bit integers; an article is far below 2**31 characters."""
    return np.array([(span.start, span.end) for span in spans], np.int32).tobytes()
