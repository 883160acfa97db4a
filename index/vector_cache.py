"""Every vector that was ever computed, by model and text, so that nothing is embedded twice."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder

_SCHEMA = """
CREATE TABLE IF NOT EXISTS models (number INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS vectors (
    model INTEGER NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS vectors_by_text ON vectors (model, text);
"""
# Rows are appended and only the slim index is written in random order: with the vectors in the
# index itself, a million of them would touch a random page each.
_PAGE_BYTES = 16384  # ten 384-wide vectors a page; the default page would waste a quarter of itself
_KEYS_PER_QUERY = 500


class VectorCache:
    """An `Embedder` for the texts of one model that remembers, on disk, what it has seen.

    Each call to `embed` is committed before it returns: a process that is killed loses only the
    batch at hand. Not for several writers: hold the data folder's lock. Raises sqlite3.Error.
    """

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        self.computed = 0
        self._db = _open(path)
        self._db.execute(
            "INSERT OR IGNORE INTO models (fingerprint) VALUES (?)", (embedder.fingerprint,)
        )
        row = self._db.execute(
            "SELECT number FROM models WHERE fingerprint = ?", (embedder.fingerprint,)
        ).fetchone()
        self._model = int(row[0])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the texts' vectors, shape (n, dimension), in the order of the texts."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        known = self._look_up(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known.update(self._compute(missing))
        wide = self._embedder.dimension
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(-1, wide)

    def close(self) -> None:
        self._db.close()

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        wide = self._embedder.dimension * 4
        found: dict[bytes, NDArray[np.float32]] = {}
        for first in range(0, len(keys), _KEYS_PER_QUERY):
            some = keys[first : first + _KEYS_PER_QUERY]
            marks = ",".join("?" * len(some))
            rows = self._db.execute(
                f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({marks})",
                (self._model, *some),
            )
            found |= {key: np.frombuffer(v, np.float32) for key, v in rows if len(v) == wide}
        return found

    def _compute(self, missing: dict[bytes, str]) -> dict[bytes, NDArray[np.float32]]:
        keys = list(missing)
        vectors = self._embedder.embed([missing[key] for key in keys])
        self.computed += len(keys)
        rows = [(self._model, k, v.tobytes()) for k, v in zip(keys, vectors, strict=True)]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk has rolled it back already
                self._db.execute("ROLLBACK")
            raise
        return dict(zip(keys, vectors, strict=True))


def _open(path: Path) -> sqlite3.Connection:
    try:
        return _prepare(path)
    except sqlite3.OperationalError:
        raise  # a full disk or a folder that cannot be written: the file itself may be sound
    except sqlite3.DatabaseError:
        # Not a database any more. Everything in it can be computed again, so start afresh.
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
        return _prepare(path)


def _prepare(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -65536")  # 64 MB: the index of a million texts
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db
