"""Which files a corpus is made of: roots checked, trees walked in order, each file once."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import CorpusError
from index.formats import READERS, suffix


@dataclass(frozen=True, slots=True)
class Place:
    """A root: its absolute path, the folder that names are relative to, and that folder's name."""

    path: str
    base: str
    label: str


def place(root: Path) -> Place:
    """The place of a root; raises CorpusError if it does not exist or cannot be listed."""
    path = os.path.abspath(root)
    try:
        if stat.S_ISDIR(os.stat(path).st_mode):
            os.scandir(path).close()
            base = path
        else:
            base = os.path.dirname(path)
    except FileNotFoundError:
        raise CorpusError(f"{root} does not exist; name a file or folder of articles") from None
    except (OSError, ValueError) as error:
        raise CorpusError(f"{root} cannot be opened ({why(error)})") from None
    return Place(path, base, os.path.basename(base))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file or folder: its path by the links that lead there, and its real one."""

    path: str
    real: str
    is_folder: bool


def walk(top: Place, seen: set[str]) -> Iterator[str]:
    """The files of a tree by name, each real file and folder once over all calls with `seen`.

    A folder is listed only when its turn comes, so a tree of any size takes the memory of its
    largest folders. Links are followed; `seen` ends their loops. A link to nothing counts as a
    file of a known suffix: it may have led to a folder of articles. Raises CorpusError for a
    folder that cannot be listed.
    """
    ahead = [_Entry(top.path, os.path.realpath(top.path), is_folder=top.path == top.base)]
    while ahead:
        entry = ahead.pop()
        if entry.real in seen:
            continue
        if entry.is_folder:
            seen.add(entry.real)
            ahead.extend(reversed(_listed(entry)))
        elif (
            entry.path == top.path
            or suffix(entry.path) in READERS
            or not os.path.exists(entry.path)
        ):
            seen.add(entry.real)
            yield entry.path


def _listed(folder: _Entry) -> list[_Entry]:
    """The entries of a folder that are not hidden, by name."""
    try:
        with os.scandir(folder.path) as entries:
            shown = sorted((e for e in entries if not e.name.startswith(".")), key=_name)
    except OSError as error:
        # Going on without it would look as if its articles had been deleted.
        raise CorpusError(
            f"the folder {folder.path} cannot be listed ({why(error)}); make it readable"
        ) from None
    return [_entry(found, folder) for found in shown]


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _entry(found: os.DirEntry[str], folder: _Entry) -> _Entry:
    # Only a link needs to be resolved: 100,000 files resolved one by one take seconds.
    if found.is_symlink():
        return _Entry(found.path, os.path.realpath(found.path), os.path.isdir(found.path))
    real = os.path.join(folder.real, found.name)
    return _Entry(found.path, real, found.is_dir(follow_symlinks=False))


def why(error: OSError | ValueError) -> str:
    """What the system says of a failure, without the path that the message names anyway."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
