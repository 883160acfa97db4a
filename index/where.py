"""Where a generation's vectors are: in its folder, or in a collection of a Chroma server.

A generation on a server has vectors.json in place of chroma/. It is written before the collection
is made and goes after it, so that no collection is left behind that nothing names.
"""

import json
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from index import chroma
from index.chroma_server import reached
from index.errors import DamagedError, StoreError
from index.manifest import MEND
from index.vectors import Vectors

OFF = "off"
_FILE = "vectors.json"


@dataclass(frozen=True, slots=True)
class Served:
    """A collection of the Chroma server at a URL."""

    url: str
    collection: str


def served(folder: Path) -> Served | None:
    """Tell where on a server a generation's vectors are; None where they are in its folder.

    Raises DamagedError.
    """
    path = folder / _FILE
    try:
        return Served(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise DamagedError(f"{path} cannot be read ({error}): {MEND}") from error


def is_elsewhere(folder: Path, wanted: str | None) -> bool:
    """Tell whether vectors have to move: None is where they are, "off" the data folder."""
    if wanted is None:
        return False
    try:
        there = served(folder)
    except DamagedError:
        return True
    return (there.url if there else OFF) != wanted


def destination(folder: Path | None, wanted: str | None) -> str | None:
    """Tell where vectors that are written anew go: as asked, else where the live ones are."""
    if wanted is not None or folder is None:
        return wanted
    try:
        there = served(folder)
    except DamagedError:
        return None
    return there.url if there else None


def create_vectors(folder: Path, wanted: str | None, *, dimension: int) -> Vectors:
    """Make the empty store of a draft, on the server at a URL or, for None and "off", in it."""
    if wanted is None or wanted == OFF:
        return Vectors.create(folder / "chroma", dimension=dimension)
    reached(wanted)  # a wrong address leaves nothing behind
    there = Served(wanted, f"corpus-qa-{folder.name}-{secrets.token_hex(6)}")
    (folder / _FILE).write_text(json.dumps(asdict(there)) + "\n", encoding="utf-8")
    return Vectors.create_server(there.url, there.collection, dimension=dimension)


def continue_vectors(folder: Path, old: Path, *, dimension: int) -> Vectors:
    """Open the store of a draft that is a copy of an old generation, for writing.

    A collection of a server is copied here, for nothing in Chroma's single server can (1.5.9): 1 ms
    for each vector.
    """
    there = served(old)
    if there is None:
        return Vectors.open(folder / "chroma")
    vectors = create_vectors(folder, there.url, dimension=dimension)
    try:
        before = Vectors.open_server(there.url, there.collection)
        try:
            vectors.copy_from(before)
        finally:
            before.close()
    except BaseException:
        vectors.close()
        raise
    return vectors


def open_vectors(folder: Path, *, count: int | None = None, server: str | None = None) -> Vectors:
    """Open a generation's vectors; `server` is where its server is found now, if not where it was.

    Raises StoreError, DamagedError.
    """
    there = served(folder)
    if there is None:
        return Vectors.open(folder / "chroma", count=count)
    url = there.url if server is None or server == OFF else server
    return Vectors.open_server(url, there.collection, count=count)


def drop_vectors(folder: Path) -> bool:
    """Remove the collection of a generation that goes; False where its server cannot be asked."""
    try:
        there = served(folder)
        if there is not None:
            chroma.drop(there.url, there.collection)
    except DamagedError:
        pass  # it names no collection
    except StoreError:
        return False
    return True


def remove(folder: Path) -> None:
    """Remove a generation's folder and what it has on a server.

    While that server cannot be asked, the name of the collection stays, for the next time.
    """
    if drop_vectors(folder):
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _FILE:
            path.unlink(missing_ok=True)
