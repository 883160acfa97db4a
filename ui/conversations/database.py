"""The SQLite file of past conversations: opened when needed, brought up to date, never lost."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ui.conversations.schema import APPLICATION, STEPS
from ui.errors import ConversationError

BUSY_S = 5.0  # a write takes milliseconds; who waits longer than this waits for something stuck
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_TAIL = ("", "-wal", "-shm")


class Database:
    """One file, shared by the threads of this process and by other processes.

    Nothing is opened before it is needed, and a file that was replaced or removed meanwhile is
    opened anew. A damaged file is renamed, never written over, and the next call begins a new one.
    Every method raises ConversationError.
    """

    def __init__(self, path: Path, *, steps: Sequence[str] = STEPS, busy_s: float = BUSY_S) -> None:
        self.path = path
        self._steps = steps
        self._busy_s = busy_s
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._open() as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the database for changes that all happen, or none where the body fails."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                _roll_back(db)
                raise

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            self._let_go()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection()
            except sqlite3.Error as error:
                if _name(error) in _DAMAGED:
                    raise self._set_aside(error) from error
                raise self._failure(error) from error
            except OSError as error:
                raise ConversationError(
                    f"past conversations cannot be kept in {self.path} ({error.strerror}): "
                    "see that its folder exists and can be written to"
                ) from error

    def _connection(self) -> sqlite3.Connection:
        if self._db is None or _identity(self.path) != self._file:
            self._let_go()
            with _alone(self.path.parent):
                self._db = self._prepared()
            self._file = _identity(self.path)
        return self._db

    def _prepared(self) -> sqlite3.Connection:
        # What people ask is nobody else's business: SQLite itself would let all users read it.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(
            self.path, timeout=self._busy_s, isolation_level=None, check_same_thread=False
        )
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            self._check(db, version)
            db.execute("PRAGMA journal_mode = WAL")
            # A question that the page showed as kept is there after a power cut too.
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")  # what a person deletes is gone from the disk
            for number in range(version, len(self._steps)):
                _take(db, self._steps[number], number + 1)
        except BaseException:
            db.close()
            raise
        return db

    def _check(self, db: sqlite3.Connection, version: int) -> None:
        """Raise ConversationError unless the file is a new one or one of ours."""
        if version > len(self._steps):
            raise ConversationError(
                f"{self.path} was written by a newer version of corpus-qa (its format is "
                f"{version}, this one knows {len(self._steps)}): use that version, or move the "
                "file away to begin anew"
            )
        mark = db.execute("PRAGMA application_id").fetchone()[0]
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != APPLICATION and (tables or version):
            raise ConversationError(
                f"{self.path} is a database of something else: move it away, and conversations "
                "will be kept in a new file"
            )

    def _set_aside(self, error: sqlite3.Error) -> ConversationError:
        """Rename the damaged file where it still is the one at hand; return what to say of it."""
        self._let_go()
        try:
            with _alone(self.path.parent):
                if _is_sound(self.path):  # another process was here first, or it was repaired
                    return ConversationError(
                        f"past conversations could not be read just now ({error}): try again"
                    )
                aside = _free_name(self.path)
                for tail in reversed(_TAIL):  # the file itself last: it is what is looked for
                    with suppress(FileNotFoundError):
                        _with(self.path, tail).rename(_with(aside, tail))
        except OSError as refusal:
            return ConversationError(
                f"{self.path} is damaged ({error}) and cannot be renamed ({refusal.strerror}): "
                "move it away, and conversations will be kept in a new file"
            )
        return ConversationError(
            f"past conversations could not be read ({error}): the file is kept as {aside}, "
            "and from now on conversations are kept in a new one"
        )

    def _failure(self, error: sqlite3.Error) -> ConversationError:
        name = _name(error)
        if name == "SQLITE_FULL":
            return ConversationError(
                f"the disk that holds {self.path} is full, so nothing more can be kept: free some "
                "space and try again; what was kept before is as it was"
            )
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return ConversationError(
                f"another process has been writing to {self.path} for {self._busy_s:g} seconds: "
                "try again"
            )
        return ConversationError(
            f"past conversations cannot be kept in {self.path} ({error}): see that the file and "
            "its folder can be read and written"
        )

    def _let_go(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = None


def _name(error: sqlite3.Error) -> str:
    """SQLite's name of the error without its details: SQLITE_CORRUPT_INDEX is SQLITE_CORRUPT."""
    return "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])


def _take(db: sqlite3.Connection, step: str, version: int) -> None:
    try:
        db.executescript(
            f"BEGIN IMMEDIATE; {step}; PRAGMA application_id = {APPLICATION}; "
            f"PRAGMA user_version = {version}; COMMIT;"
        )
    except BaseException:
        _roll_back(db)
        raise


def _roll_back(db: sqlite3.Connection) -> None:
    # A full disk has rolled back already; what fails now must not hide why.
    with suppress(sqlite3.Error):
        if db.in_transaction:
            db.execute("ROLLBACK")


def _is_sound(path: Path) -> bool:
    try:
        db = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True)
        try:
            return bool(db.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)])
        finally:
            db.close()
    except sqlite3.OperationalError:
        return True  # not there any more: nothing is left to set aside
    except sqlite3.DatabaseError:
        return False


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at the path, or None: a file put in its place is another one."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _free_name(path: Path) -> Path:
    number = 1
    while any(_with(path, f".damaged-{number}{tail}").exists() for tail in _TAIL):
        number += 1
    return _with(path, f".damaged-{number}")


def _with(path: Path, tail: str) -> Path:
    return path.with_name(path.name + tail)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time open, bring up to date or rename the file in a folder."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
