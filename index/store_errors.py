"""What the operating system and SQLite say of a data folder, as the index's own errors."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
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


def _full(data: Path) -> StoreError:
    return StoreError(
        f"the disk that holds {data} is full: free some space and index again; "
        "what was indexed before is as it was"
    )
