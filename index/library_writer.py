"""Writes the library of a generation that nobody reads yet."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path

from index.library import Record, pack
from index.packs import PackWriter, Place
from index.types import Chunk, Span

_SCHEMA = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL UNIQUE,
    root TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    published INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    url TEXT NOT NULL,
    added_at TEXT NOT NULL
);
CREATE INDEX articles_by_path ON articles (path);
CREATE INDEX articles_by_root ON articles (root);
CREATE INDEX articles_by_source ON articles (source);
CREATE INDEX articles_by_published ON articles (published);
CREATE TABLE bodies (
    number INTEGER PRIMARY KEY,
    letters INTEGER NOT NULL,
    pack INTEGER NOT NULL,
    start INTEGER NOT NULL,
    size INTEGER NOT NULL,
    crc INTEGER NOT NULL
);
CREATE TABLE chunks (
    article INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    PRIMARY KEY (article, ordinal)
) WITHOUT ROWID;
"""
# Texts and sentences are in packs beside it, which the next generation need not copy. `letters` is
# how many bytes of UTF-8 come before the sentences.
_COLUMNS = [field.name for field in fields(Record)]
_INSERT = (
    f"INSERT INTO articles ({', '.join(_COLUMNS)}, added_at) "
    f"VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"
)


class LibraryWriter:
    """One transaction that makes or changes a library; used by one thread at a time.

    Nobody else sees the file and a failed one is thrown away with its folder, so there is no
    journal; `commit` leaves it to the publisher to flush the file. Raises sqlite3.Error.
    """

    def __init__(self, path: Path) -> None:
        fresh = not path.exists()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._packs = PackWriter(path.parent / "texts")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA secure_delete = ON")  # a removed text is gone from the file too
        self._db.execute("PRAGMA cache_size = -65536")  # 64 MB: ids go into their index at random
        if fresh:
            self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def add(
        self, record: Record, text: str, *, sentences: Sequence[Span], chunks: Sequence[Chunk]
    ) -> None:
        """Add an article; raises ValueError where a span lies outside its text."""
        ends = [(s.start, s.end) for s in sentences] + [(c.start, c.end) for c in chunks]
        for start, end in ends:
            if not 0 <= start < end <= len(text):
                raise ValueError(f"{record.origin}: {start}:{end} is no span of {len(text)}")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        values = [getattr(record, name) for name in _COLUMNS]
        number = self._db.execute(_INSERT, (*values, now)).lastrowid
        letters = text.encode()
        place = astuple(self._packs.add(letters + pack(sentences)))
        body = (number, len(letters), *place)
        self._db.execute("INSERT INTO bodies VALUES (?, ?, ?, ?, ?, ?)", body)
        self._db.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
            [(number, chunk.ordinal, chunk.id, chunk.start, chunk.end) for chunk in chunks],
        )

    def remove(self, article_id: str) -> list[str]:
        """Remove an article if it is there; return the ids of its chunks."""
        query = "SELECT number, path FROM articles WHERE id = ?"
        row = self._db.execute(query, (article_id,)).fetchone()
        if row is None:
            return []
        number, path = row
        query = "DELETE FROM chunks WHERE article = ? RETURNING id"
        gone = [chunk_id for (chunk_id,) in self._db.execute(query, (number,))]
        query = "DELETE FROM bodies WHERE number = ? RETURNING pack, start, size, crc"
        for place in self._db.execute(query, (number,)).fetchall():
            self._packs.erase(Place(*place))
        self._db.execute("DELETE FROM articles WHERE number = ?", (number,))
        # What is known of the file is no longer all that was read from it.
        self._db.execute("DELETE FROM files WHERE path = ?", (path,))
        return gone

    def stamp(self, path: str, stamp: str) -> None:
        """Remember what a file looked like when everything in it was read."""
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (path, stamp))

    def commit(self, settings: Mapping[str, object]) -> None:
        """Write the settings, in place of all earlier ones, and end the transaction."""
        self._db.execute("DELETE FROM settings")
        self._db.executemany(
            "INSERT INTO settings VALUES (?, ?)",
            [(key, "" if value is None else str(value)) for key, value in settings.items()],
        )
        self._packs.close()
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the files; without a commit before it, they are good for nothing."""
        self._packs.close()
        self._db.close()
