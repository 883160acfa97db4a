"""What the operating system and SQLite say of a data folder, as the index's own errors."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# In the words of SQLite and of the C library, all that Chroma and tantivy hand on.
_SAID_WHEN_FULL = ("disk is full", "No space left", "quota exceeded")
_SAID_WHEN_FORBIDDEN = ("readonly database", "Read-only file system", "Permission denied")
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR)


@contextmanager
def translated(data: Path) -> Iterator[None]:
    """Raise a StoreError in place of an OSError or sqlite3.Error from writing to the folder."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _full(data) from error
        if error.errno in _FORBIDDEN:
            raise StoreError(
                f"cannot write to {data} ({error.strerror}): choose another folder with --data"
            ) from error
        raise StoreError(f"cannot write to {data} ({error})") from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
            raise _full(data) from error
        raise StoreError(f"cannot write to {data} ({error})") from error


def refused(what: str, reason: str) -> StoreError | None:
    """Return the error where a library's words mean a disk that takes nothing, else None."""
    if any(sign in reason for sign in _SAID_WHEN_FULL):
        return _full(what)
    if any(sign in reason for sign in _SAID_WHEN_FORBIDDEN):
        return StoreError(f"{what} must be writable ({reason}): make them so, or copy the folder")
    return None


def _full(where: Path | str) -> StoreError:
    return StoreError(
        f"the disk that holds {where} is full: free some space and try again; "
        "what was indexed before is as it was"
    )
