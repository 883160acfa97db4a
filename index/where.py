"""Where a generation's vectors are: in its folder, in an earlier one's, or on a Chroma server.

A generation whose graph is in chroma/ of its own folder has no vectors.json. Else that names an
earlier generation, in whose folder the graph lies, or a collection of a server; what has changed
since that graph was written is in the delta (`delta.py`). A collection is named before it is made
and goes before its name does, so that none is left behind that nothing names.
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from index import chroma
from index.chroma_server import reached
from index.copies import copy_graph
from index.delta import ROWS, Delta
from index.errors import DamagedError, StoreError
from index.layers import Graph, LayeredVectors
from index.manifest import MEND
from index.vectors import Vectors

OFF = "off"
_FILE, _FOLDER = "vectors.json", "chroma"


@dataclass(frozen=True, slots=True)
class Served:
    """A collection of the Chroma server at a URL."""

    url: str
    collection: str


def served(folder: Path) -> Served | None:
    """Tell where on a server a generation's vectors are; None where they are in a folder.

    Raises DamagedError.
    """
    place = _place(folder)
    return place if isinstance(place, Served) else None


def graph_folder(folder: Path) -> Path | None:
    """Return the folder of a generation's graph, its own or an earlier one's; None on a server.

    Raises DamagedError.
    """
    place = _place(folder)
    return place if isinstance(place, Path) else None


def _place(folder: Path) -> Served | Path:
    path = folder / _FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if "generation" in told:
            return folder.parent / Path(told["generation"]).name / _FOLDER
        return Served(**told)
    except FileNotFoundError:
        return folder / _FOLDER
    except (OSError, ValueError, TypeError) as error:
        raise DamagedError(f"{path} cannot be read ({error}): {MEND}") from error


def _write_place(folder: Path, place: Served | Path) -> None:
    told = asdict(place) if isinstance(place, Served) else {"generation": place.parent.name}
    (folder / _FILE).write_text(json.dumps(told) + "\n", encoding="utf-8")


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


def create_vectors(folder: Path, wanted: str | None, *, dimension: int) -> LayeredVectors:
    """Make the empty store of a draft, on the server at a URL or, for None and "off", in it."""
    if wanted is None or wanted == OFF:
        made = Vectors.create(folder / _FOLDER, dimension=dimension)
    else:
        made = _create_served(folder, wanted, dimension)
    return LayeredVectors(Graph.of(made))


def _create_served(folder: Path, url: str, dimension: int) -> Vectors:
    reached(url)  # a wrong address leaves nothing behind
    there = Served(url, f"corpus-qa-{folder.name}-{secrets.token_hex(6)}")
    _write_place(folder, there)
    return Vectors.create_server(there.url, there.collection, dimension=dimension)


def continue_vectors(folder: Path, old: Path, *, dimension: int) -> LayeredVectors:
    """Open, for writing, the store of a draft that begins with the vectors of an old generation.

    The graph is shared with the old one until so much has changed that both are merged into one.
    """
    place = _place(old)
    delta = _delta(old) or Delta()
    _write_place(folder, place)
    merge = partial(_merge, folder, place, dimension=dimension)
    return LayeredVectors(_graph(place), delta, draft=folder, merge=merge)


def _merge(folder: Path, place: Served | Path, delta: Delta, *, dimension: int) -> Graph:
    """Make the draft's own graph: a copy of the one at a place, and what has changed since then.

    A collection of a server is copied here, for nothing in Chroma's single server can (1.5.9): 1 ms
    for each vector.
    """
    if isinstance(place, Path):
        copy_graph(place, folder / _FOLDER)
        (folder / _FILE).unlink()
        merged = Vectors.open(folder / _FOLDER)
    else:
        merged = _create_served(folder, place.url, dimension)
    try:
        if isinstance(place, Served):
            before = Vectors.open_server(place.url, place.collection)
            try:
                merged.copy_from(before)
            finally:
                before.close()
        merged.apply(add=delta.rows.values(), remove=delta.void - delta.rows.keys())
    except BaseException:
        merged.close()
        raise
    return Graph.of(merged)


def open_vectors(
    folder: Path, *, count: int | None = None, server: str | None = None
) -> LayeredVectors:
    """Open a generation's vectors; `server` is where its server is found now, if not where it was.

    `count` is how many chunks it has, where that is known. A graph is opened when it is needed.
    Raises StoreError, DamagedError.
    """
    place, delta = _place(folder), _delta(folder)
    if count is not None and delta:
        count += len(delta.void) - len(delta.rows)
    if isinstance(place, Served) and server not in (None, OFF):
        place = Served(str(server), place.collection)
    return LayeredVectors(_graph(place, count), delta)


def _graph(place: Served | Path, count: int | None = None) -> Graph:
    if isinstance(place, Path):
        return Graph(partial(Vectors.open, place, count=count), place)
    return Graph(partial(Vectors.open_server, place.url, place.collection, count=count))


def _delta(folder: Path) -> Delta | None:
    return Delta.load(folder) if (folder / ROWS).exists() else None


def shared_files(folder: Path) -> list[Path]:
    """Return the files of a graph in an earlier generation's folder; raises DamagedError."""
    place = graph_folder(folder)
    if place is None or place.parent == folder:
        return []
    return [path for path in sorted(place.rglob("*")) if path.is_file()]


def drop_vectors(folder: Path) -> bool:
    """Remove the collection of a generation that goes, unless another one has it too.

    False where its server cannot be asked.
    """
    try:
        there = served(folder)
        if there is not None and not _is_shared(folder, there):
            chroma.drop(there.url, there.collection)
    except DamagedError:
        pass  # it names no collection
    except StoreError:
        return False
    return True


def remove(folder: Path) -> None:
    """Remove a generation's folder and what it has on a server.

    What is still needed stays: a graph that a later generation shares and, while its server
    cannot be asked, the name of a collection. Both go some next time.
    """
    kept = {_FOLDER} if _is_shared(folder, folder / _FOLDER) else set()
    if not drop_vectors(folder):
        kept.add(_FILE)
    if not kept:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.name in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _is_shared(folder: Path, place: Served | Path) -> bool:
    """Tell whether another generation's graph is at that place, or may be."""
    return any(other in (None, place) for other in _places_of_others(folder))


def _places_of_others(folder: Path) -> Iterator[Served | Path | None]:
    for other in folder.parent.iterdir():
        if other != folder and other.is_dir():
            try:
                yield _place(other)
            except DamagedError:
                yield None
