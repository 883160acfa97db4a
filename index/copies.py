"""The files of a generation: copied for the next one to begin with, and flushed to the disk."""

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from index.errors import DamagedError
from index.manifest import MANIFEST, MEND, is_fleeting

_PIECE = 1 << 30
_NOT_IN_KERNEL = (errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


def copy_files(old: Path, new: Path) -> None:
    """Copy all but what says that a generation is whole and where on a server its vectors are."""
    for path in sorted(old.rglob("*")):
        target = new / path.relative_to(old)
        if path.is_dir():
            target.mkdir()
        elif path.suffix == ".sqlite3":
            _copy_database(path, target)
        elif path.name not in (MANIFEST, "vectors.json") and not is_fleeting(path):
            _copy_file(path, target)


def _copy_database(path: Path, target: Path) -> None:
    # Whoever opens a Chroma folder writes a row to its database (chromadb 1.5.9), so the live one
    # may be written to while it is copied: SQLite's own copy holds its read lock meanwhile.
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA synchronous = OFF")
        try:
            old.backup(new)
        except sqlite3.OperationalError:
            raise  # a full disk
        except sqlite3.DatabaseError as error:
            raise DamagedError(f"{path} cannot be read ({error}): {MEND}") from error


def _copy_file(path: Path, target: Path) -> None:
    """Copy a file inside the kernel, which shares the blocks where the file system can."""
    with path.open("rb") as old, target.open("xb") as new:
        try:
            while os.copy_file_range(old.fileno(), new.fileno(), _PIECE):
                pass
        except OSError as error:
            if error.errno not in _NOT_IN_KERNEL:
                raise
            shutil.copyfileobj(old, new)


def flush(path: Path) -> None:
    """Have a file or a folder's entries written to the disk; raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
