"""The lock that lets one process at a time write to a data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from index.errors import LockedError, StoreError


@contextmanager
def writing(data: Path) -> Iterator[None]:
    """Hold the data folder's lock; a second writer is refused at once, not made to wait.

    The kernel drops the lock when the process ends, however it ends, so a lock file that is left
    behind holds nobody up. Raises LockedError, which names the holder, or StoreError where the
    folder cannot be written.
    """
    path = data / "lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(
            f"cannot write to {data} ({error.strerror}): choose another folder with --data"
        ) from error
    try:
        _take(handle, data)
        yield
    finally:
        os.close(handle)


def _take(handle: int, data: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 200, 0).decode("utf-8", "replace").strip()
        raise LockedError(
            f"{data} is being written by {holder or 'another process'}: "
            "wait until it is done, or stop it"
        ) from None
    except OSError as error:
        raise StoreError(
            f"cannot lock {data} ({error.strerror}): choose a folder on a local disk with --data"
        ) from error
    note = f"process {os.getpid()} since {datetime.now():%Y-%m-%d %H:%M:%S}\n"
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, note.encode(), 0)
    except OSError as error:
        raise StoreError(
            f"cannot write to {data} ({error.strerror}): free some space or choose another folder"
        ) from error
