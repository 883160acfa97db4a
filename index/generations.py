"""The generations of an index: which one is live, opening it, and publishing the next.

DATA/CURRENT names the live one and is replaced atomically; DATA/generations/000007/ holds
library.sqlite, texts/, terms/, chroma/ or vectors.json with a delta, and, written last,
manifest.json. Files of a generation may be links to those of the one before. A published
generation never changes, so whoever reads it needs no lock against the one who writes the next.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.copies import copy_files, flush
from index.errors import DamagedError, NoIndex, StoreError
from index.layers import LayeredVectors
from index.library import Library
from index.manifest import MANIFEST, MEND, Manifest, check_files, read_manifest
from index.narrow import Narrowed
from index.terms import Terms
from index.types import Filters
from index.where import open_vectors, remove

_NAME = re.compile(r"[0-9]{6,}")
_RETRIES = 3

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation, open for reading by any number of threads."""

    name: str
    folder: Path
    manifest: Manifest
    library: Library
    vectors: LayeredVectors
    terms: Terms
    narrowed: Narrowed
    _held: ExitStack

    def nearest(
        self, vector: NDArray[np.float32], k: int, *, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Find the k chunks most similar to a vector, of those that the filters let through."""
        if filters is None or filters == Filters():
            return self.vectors.search(vector, k)
        return self.narrowed.search(vector, k, filters)

    def close(self) -> None:
        """Close its files; it may then be pruned."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def folder_of(data: Path, name: str) -> Path:
    """Return the folder of the generation of that name."""
    return data / "generations" / name


def live_name(data: Path) -> str:
    """Return the name of the live generation: one small read, cheap enough for each question.

    Raises NoIndex where nothing was published, DamagedError where CURRENT names nothing.
    """
    try:
        name = (data / "CURRENT").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        raise NoIndex(
            f"nothing has been indexed in {data}: run corpus-qa index, or name another folder"
        ) from None
    except OSError as error:
        raise DamagedError(
            f"{data / 'CURRENT'} cannot be read ({error.strerror}): name the folder of an index"
        ) from error
    if not _NAME.fullmatch(name):
        raise DamagedError(f"{data / 'CURRENT'} names no generation ({name[:40]!r}): {MEND}")
    return name


def live_manifest(data: Path) -> Manifest:
    """Return the live generation's manifest without opening the rest; raises as `open_live`."""
    return _steadily(data, lambda name: read_manifest(folder_of(data, name)))


def open_live(data: Path, *, server: str | None = None) -> Generation:
    """Open the live generation; `server` as in `open_parts`.

    Raises NoIndex, MismatchError for a format that this version does not read, or DamagedError.
    """
    return _steadily(data, lambda name: open_generation(data, name, server=server))


def open_generation(data: Path, name: str, *, server: str | None = None) -> Generation:
    """Open the generation of that name; `server` as in `open_parts`.

    Raises MismatchError or DamagedError, StoreError where the server of its vectors is away.
    """
    folder = folder_of(data, name)
    manifest = read_manifest(folder)
    with ExitStack() as held:
        held.enter_context(_in_use(folder))
        check_files(folder, manifest)
        library, vectors, terms = open_parts(folder, held, count=manifest.chunks, server=server)
        vectors.open()
        narrowed = Narrowed(library, vectors)
        return Generation(name, folder, manifest, library, vectors, terms, narrowed, held.pop_all())


def open_parts(
    folder: Path, held: ExitStack, *, count: int | None = None, server: str | None = None
) -> tuple[Library, LayeredVectors, Terms]:
    """Open the three stores of a folder, which `held` closes; `count` is its chunks if known.

    `server` is where the Chroma server is found now, for vectors that are on one.
    """
    library = Library(folder / "library.sqlite")
    held.callback(library.close)
    vectors = open_vectors(folder, count=count, server=server)
    held.callback(vectors.close)
    terms = Terms.open(folder / "terms")
    held.callback(terms.close)
    return library, vectors, terms


@contextmanager
def drafting(data: Path, *, copy_of: str | None) -> Iterator[Path]:
    """Yield the folder of the next generation, empty or a copy; it goes if the body fails.

    Only under the data folder's lock. Raises OSError or sqlite3.Error.
    """
    names = _names(data)
    folder = folder_of(data, f"{int(names[-1]) + 1 if names else 1:06d}")
    try:
        folder.mkdir(parents=True)
        if copy_of is not None:
            copy_files(folder_of(data, copy_of), folder)
        yield folder
    except BaseException:
        if not _is_live(data, folder.name):  # it may have been published a moment ago
            remove(folder)
        raise


def _is_live(data: Path, name: str) -> bool:
    try:
        return live_name(data) == name
    except StoreError:
        return False


def publish(data: Path, folder: Path, manifest: Manifest) -> None:
    """Make a finished generation the live one: flush it, seal it, then replace CURRENT.

    A crash before the replacement leaves the live generation as it was. Raises OSError.
    """
    for path in sorted(folder.rglob("*")):
        flush(path)
    manifest.write(folder)
    for path in (folder / MANIFEST, folder, folder.parent):
        flush(path)
    point(data, folder.name)


def point(data: Path, name: str) -> None:
    """Replace CURRENT atomically; raises OSError."""
    fresh = data / "CURRENT.new"
    fresh.write_text(name + "\n", encoding="utf-8")
    flush(fresh)
    fresh.replace(data / "CURRENT")
    flush(data)


def prune(data: Path, live: str | None) -> None:
    """Remove what a crash left behind and all generations but the live one and the one before.

    Where it is not known which one is live, all that have a manifest stay. So does one that some
    process still has open, until the next time.
    """
    whole = _whole(data)
    before = [name for name in whole if live is not None and int(name) < int(live)]
    spared = whole if live is None else [live, *before[-1:]]
    for name in reversed(_names(data)):  # a graph stays while a later generation shares it
        folder = folder_of(data, name)
        if name in spared:
            continue
        with _claimed(folder) as free:
            if free:
                # The manifest goes first: what a crash leaves half removed is not taken for whole.
                (folder / MANIFEST).unlink(missing_ok=True)
                remove(folder)


def is_indexed(data: Path) -> bool:
    """Tell whether something was ever indexed in the folder, sound or not."""
    return (data / "CURRENT").exists() or newest_whole(data) is not None


def newest_whole(data: Path) -> str | None:
    """Return the newest generation that has a manifest, published or not, or None."""
    return next(reversed(_whole(data)), None)


def _whole(data: Path) -> list[str]:
    return [name for name in _names(data) if (folder_of(data, name) / MANIFEST).exists()]


def _names(data: Path) -> list[str]:
    folder = data / "generations"
    found = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted((name for name in found if _NAME.fullmatch(name)), key=int)


def _steadily(data: Path, read: Callable[[str], Read]) -> Read:
    """Read the live generation, again if it was replaced and pruned meanwhile."""
    for _ in range(_RETRIES):
        name = live_name(data)
        try:
            return read(name)
        except DamagedError:
            if live_name(data) == name:
                raise
    raise DamagedError(f"{data} was written again and again while being opened: try again")


@contextmanager
def _in_use(folder: Path) -> Iterator[None]:
    """Keep a generation from being pruned; the kernel lets go when the process ends."""
    try:
        handle = os.open(folder / MANIFEST, os.O_RDONLY)
    except OSError as error:
        raise DamagedError(f"{folder} is being removed") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        if not os.fstat(handle).st_nlink:
            raise DamagedError(f"{folder} was removed while being opened")
        yield
    finally:
        os.close(handle)


@contextmanager
def _claimed(folder: Path) -> Iterator[bool]:
    """Tell whether nobody has the generation open, and keep it so meanwhile."""
    try:
        handle = os.open(folder / MANIFEST, os.O_RDONLY)
    except OSError:
        yield True  # without a manifest it cannot be opened
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)
