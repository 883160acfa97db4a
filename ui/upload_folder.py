"""Where uploaded files lie: a folder for each owner, and a hidden one for what has just come."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ui.upload_names import free_name

MOST_FILES = 200  # of one owner
MOST_BYTES = 500_000_000  # of one owner
MOST_OF_ALL = 5_000  # files of everybody: where nobody signs in, an owner costs nothing
_STALE_S = 24 * 3600.0


class Folder:
    """The uploads of one data folder; every method may raise OSError."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def of(self, owner: str) -> Path:
        """Return the folder of an owner, which need not exist."""
        return self.root / hashlib.sha256(owner.encode()).hexdigest()[:16]

    def files(self, owner: str) -> list[Path]:
        """Return the files of an owner."""
        return [file for file in self.of(owner).glob("*") if file.is_file()]

    def everything(self) -> list[Path]:
        """Return the files of everybody."""
        return [file for file in self.root.glob("[!.]*/*") if file.is_file()]

    def full(self, owner: str, size: int) -> str:
        """Why a file of so many bytes has no place any more, or nothing."""
        mine = self.files(owner)
        if len(mine) >= MOST_FILES:
            return f"is more than the {MOST_FILES} files that one may have; remove some"
        if sum(file.stat().st_size for file in mine) + size > MOST_BYTES:
            return f"is more than the {MOST_BYTES // 1_000_000} MB that one may have; remove some"
        if len(self.everything()) >= MOST_OF_ALL:
            return "is one file too many for this server; ask who runs it to remove some"
        return ""

    def keep(self, owner: str, file: Path) -> Path:
        """Move a file to its owner's; return where it is, under another name if need be."""
        folder = self.of(owner)
        folder.mkdir(parents=True, exist_ok=True)
        taken = {other.name for other in folder.iterdir()}
        return file.rename(folder / free_name(file.name, taken))

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder that indexing passes over; what is left in it is removed."""
        hidden = self.root / ".incoming"
        for folder in (self.root, hidden):  # a data folder that has vanished is not made anew
            folder.mkdir(exist_ok=True)
        for left in hidden.iterdir():  # by a server that was killed
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > _STALE_S:
                    shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=hidden) as aside:
            yield Path(aside)
