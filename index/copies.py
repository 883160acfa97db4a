"""The files of a generation: linked or copied for the next one, and flushed to the disk."""

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from index.errors import DamagedError
from index.manifest import MEND, is_fleeting

_PIECE = 1 << 30
# Of a word index, tantivy writes these in place of the old ones and every other file once.
_REWRITTEN = ("meta.json", ".managed.json")
_NO_LINKS = (errno.EPERM, errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EINVAL)
_NOT_IN_KERNEL = (errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


def copy_files(old: Path, new: Path) -> None:
    """Begin a draft with the library and the words of a published generation.

    Files that are written once are linked, where the file system can. What says that a generation
    is whole, and its vectors, are left out.
    """
    copy_file(old / "library.sqlite", new / "library.sqlite")
    for folder in ("texts", "terms"):
        (new / folder).mkdir()
        for path in sorted((old / folder).iterdir()):
            target = new / folder / path.name
            if path.name in _REWRITTEN:
                copy_file(path, target)
            elif not is_fleeting(path):
                _link(path, target)


def copy_graph(old: Path, new: Path) -> None:
    """Copy a Chroma folder, which others may have open for reading."""
    new.mkdir()
    for path in sorted(old.rglob("*")):
        target = new / path.relative_to(old)
        if path.is_dir():
            target.mkdir()
        elif path.suffix == ".sqlite3":
            _copy_database(path, target)
        elif not is_fleeting(path):
            copy_file(path, target)


def _link(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        copy_file(path, target)


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


def copy_file(path: Path, target: Path) -> None:
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
