"""Past conversations, each its owner's alone: listed, read, asked in, cut, judged and deleted."""

import builtins
import json
import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from index.types import Filters
from qa.types import Answer
from ui.conversations.database import Database
from ui.conversations.types import Judged, StoredTurn, Summary, Thumb
from ui.errors import ConversationError, NotFoundError
from ui.restored import answer_from, filters_from, filters_object
from ui.shapes import answer_object
from ui.words import shortened

LONGEST_TITLE = 80
LONGEST_COMMENT = 4_000
_TURN = "t.id, t.asked, t.question, t.filters, t.answer, t.generation, t.thumb, t.comment"
_OF_OWNER = "t.shown AND t.conversation IN (SELECT number FROM conversations WHERE owner = ?)"
_NEXT_PLACE = "(SELECT coalesce(max(place), 0) + 1 FROM conversations WHERE owner = ?)"
_JUDGED_PER_PAGE = 200
_SHOWN = "conversation = ? AND shown AND id"
_LATEST = "SELECT id FROM turns WHERE conversation = ? AND shown ORDER BY id DESC"

Kept = TypeVar("Kept")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many conversations an owner may have, and turns each; the oldest make room."""

    conversations: int = 2_000
    turns: int = 500


class Conversations:
    """The conversations in one file; safe for several threads and several processes.

    Every method raises ConversationError where the file cannot be used, with a sentence that says
    why, and NotFoundError for what is not there or is another owner's.
    """

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._limits = limits

    @classmethod
    def open(cls, path: Path, *, limits: Limits | None = None) -> Self:
        """Return the conversations in a file, which is opened or begun when it is first needed."""
        return cls(Database(path), limits or Limits())

    def list(self, owner: str, *, limit: int = 200) -> builtins.list[Summary]:
        """Return an owner's conversations, the one that was asked in last first."""
        rows = self._database.rows(
            "SELECT c.id, c.title, c.updated, "
            "(SELECT count(*) FROM turns t WHERE t.conversation = c.number AND t.shown) "
            "FROM conversations c WHERE c.owner = ? ORDER BY c.place DESC LIMIT ?",
            owner,
            limit,
        )
        return [Summary(*row) for row in rows]

    def create(self, owner: str, title: str = "") -> str:
        """Begin a conversation and return its id; without a title its first question is one."""
        key, given = secrets.token_urlsafe(16), _title(title)
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO conversations (id, owner, title, named, updated, place) "
                f"VALUES (?, ?, ?, ?, ?, {_NEXT_PLACE})",
                (key, owner, given, bool(given), _now(), owner),
            )
            db.execute(
                "DELETE FROM conversations WHERE number IN (SELECT number FROM conversations "
                "WHERE owner = ? ORDER BY place DESC LIMIT -1 OFFSET ?)",
                (owner, self._limits.conversations),
            )
        return key

    def rename(self, owner: str, key: str, title: str) -> None:
        """Give a conversation a title; an empty one goes back to its first question."""
        with self._database.writing() as db:
            number, given = _number(db, owner, key), _title(title)
            db.execute(
                "UPDATE conversations SET title = ?, named = ? WHERE number = ?",
                (given or _first_question(db, number), bool(given), number),
            )

    def delete(self, owner: str, key: str) -> None:
        """Remove a conversation with its turns and what was judged of them, from the disk too."""
        with self._database.writing() as db:
            db.execute("DELETE FROM conversations WHERE number = ?", (_number(db, owner, key),))
        self._database.rows("PRAGMA wal_checkpoint(TRUNCATE)")  # the log holds it otherwise

    def turns(self, owner: str, key: str) -> builtins.list[StoredTurn]:
        """Return a conversation's turns in the order in which they were asked."""
        rows = self._database.rows(
            f"SELECT {_TURN} FROM conversations c LEFT JOIN turns t "
            "ON t.conversation = c.number AND t.shown "
            "WHERE c.owner = ? AND c.id = ? ORDER BY t.id",
            owner,
            _storable(key),
        )
        if not rows:
            raise _no_conversation()
        return [_stored(row) for row in rows if row[0] is not None]

    def asked(
        self, owner: str, key: str, question: str, filters: Filters | None, generation: str
    ) -> int:
        """Keep a question before it is answered, and return the id of its turn."""
        kept = json.dumps(filters_object(filters)) if filters else None
        with self._database.writing() as db:
            number, now = _number(db, owner, key), _now()
            made = db.execute(
                "INSERT INTO turns (conversation, asked, question, filters, generation) "
                "VALUES (?, ?, ?, ?, ?)",
                (number, now, _storable(question), kept, generation),
            )
            turn = int(made.lastrowid or 0)
            _drop(db, f"<= ({_LATEST} LIMIT 1 OFFSET ?)", number, number, self._limits.turns)
            db.execute(
                f"UPDATE conversations SET updated = ?, place = {_NEXT_PLACE}, "
                "title = CASE WHEN named OR EXISTS (SELECT 1 FROM turns WHERE conversation = ? "
                "AND shown AND id < ?) THEN title ELSE ? END WHERE number = ?",
                (now, owner, number, turn, _title(question), number),
            )
        return turn

    def answered(self, owner: str, turn: int, answer: Answer) -> None:
        """Keep the answer of a turn; raises NotFoundError where the turn was cut meanwhile."""
        self._change(owner, turn, "answer = ?", _json(answer_object(answer)))

    def cut(self, owner: str, key: str, turn: int) -> None:
        """Remove a turn and all after it: it will be asked again, or in other words.

        What was judged of them is kept for `feedback`.
        """
        with self._database.writing() as db:
            number = _number(db, owner, key)
            there = f"SELECT 1 FROM turns WHERE {_SHOWN} = ?"
            if not db.execute(there, (number, _possible(turn))).fetchone():
                raise _no_turn()
            _drop(db, ">= ?", number, turn)

    def judge(self, owner: str, turn: int, thumb: Thumb | None, comment: str = "") -> None:
        """Keep what somebody thinks of an answer; None takes it back, comment and all."""
        if len(comment) > LONGEST_COMMENT:
            raise ConversationError(
                f"the comment has {len(comment):,} characters: write at most {LONGEST_COMMENT:,}"
            )
        said, when = (_storable(comment.strip()), _now()) if thumb else ("", None)
        self._change(owner, turn, "thumb = ?, comment = ?, judged = ?", thumb, said, when)

    def feedback(self) -> Iterator[Judged]:
        """Yield all judged turns of all owners in the order in which they were asked."""
        last = 0
        query = (
            f"SELECT {_TURN}, c.id, t.judged FROM turns t "
            "JOIN conversations c ON c.number = t.conversation "
            "WHERE t.thumb IS NOT NULL AND t.id > ? ORDER BY t.id LIMIT ?"
        )
        while rows := self._database.rows(query, last, _JUDGED_PER_PAGE):
            for row in rows:
                yield Judged(row[-2], row[-1], _stored(row))
            last = rows[-1][0]

    def close(self) -> None:
        """Close the file; it is opened again where it is needed again."""
        self._database.close()

    def _change(self, owner: str, turn: int, change: str, *values: object) -> None:
        with self._database.writing() as db:
            changed = db.execute(
                f"UPDATE turns AS t SET {change} WHERE t.id = ? AND {_OF_OWNER}",
                (*values, _possible(turn), owner),
            )
            if not changed.rowcount:
                raise _no_turn()


def _number(db: sqlite3.Connection, owner: str, key: str) -> int:
    found = db.execute(
        "SELECT number FROM conversations WHERE owner = ? AND id = ?", (owner, _storable(key))
    ).fetchone()
    if found is None:
        raise _no_conversation()
    return int(found[0])


def _possible(turn: int) -> int:
    """The id where SQLite can hold it, else one that no turn has: a page may send any number."""
    return turn if 0 < turn < 2**63 else 0


def _drop(db: sqlite3.Connection, which: str, number: int, *values: object) -> None:
    """Remove those of a conversation's turns whose id is `which`, but keep what was judged."""
    db.execute(f"DELETE FROM turns WHERE {_SHOWN} {which} AND thumb IS NULL", (number, *values))
    db.execute(f"UPDATE turns SET shown = 0 WHERE {_SHOWN} {which}", (number, *values))


def _first_question(db: sqlite3.Connection, number: int) -> str:
    found = db.execute(
        "SELECT question FROM turns WHERE conversation = ? AND shown ORDER BY id LIMIT 1", (number,)
    ).fetchone()
    return _title(found[0]) if found else ""


def _stored(row: tuple[Any, ...]) -> StoredTurn:
    number, asked, question, filters, answer, generation, thumb, comment = row[:8]
    return StoredTurn(
        id=number,
        asked=asked,
        question=question,
        filters=_read(number, filters, filters_from),
        answer=_read(number, answer, answer_from),
        generation=generation,
        thumb=thumb,
        comment=comment,
    )


def _read(turn: int, kept: str | None, made_of: Callable[[object], Kept]) -> Kept | None:
    """What was kept of a turn; what cannot be read must not hide the rest of the conversation."""
    try:
        return made_of(json.loads(kept)) if kept else None
    except ValueError as error:
        _log.warning("what was kept of turn %d cannot be read: %s", turn, error)
        return None


def _json(value: object) -> str:
    return _plain(json.dumps(value, ensure_ascii=False)) or json.dumps(value)


def _title(text: str) -> str:
    return shortened(_storable(text), LONGEST_TITLE)


def _storable(text: str) -> str:
    """The text with a question mark for what no encoding carries: lone surrogates."""
    return _plain(text) or text.encode("utf-8", "replace").decode()


def _plain(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return ""
    return text


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _no_conversation() -> NotFoundError:
    return NotFoundError("There is no such conversation any more; begin a new one.")


def _no_turn() -> NotFoundError:
    return NotFoundError("There is no such question in this conversation any more; ask it again.")
