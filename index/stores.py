"""The stores of a draft: opened for writing, and examined when it is finished."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from index.generations import open_parts
from index.library_writer import LibraryWriter
from index.manifest import Manifest, Settings, survey
from index.pipeline import Stores
from index.selftest import check
from index.terms import Terms
from index.where import continue_vectors, create_vectors, shared_files


def open_stores(
    folder: Path, held: ExitStack, *, copy_of: Path | None, dimension: int, chroma: str | None
) -> Stores:
    """Open the stores of a draft that is empty, or a copy of a generation's folder.

    `chroma` is where the vectors of an empty one go: the URL of a server, or the draft's folder for
    None and "off". `held` closes them.
    """
    library = LibraryWriter(folder / "library.sqlite")
    held.callback(library.close)
    if copy_of is None:
        vectors = create_vectors(folder, chroma, dimension=dimension)
    else:
        vectors = continue_vectors(folder, copy_of, dimension=dimension)
    held.callback(vectors.close)
    terms = Terms.create(folder / "terms") if copy_of is None else Terms.open(folder / "terms")
    held.callback(terms.close)
    return Stores(library, vectors, terms)


def examined(folder: Path, settings: Settings, churn: int) -> Manifest:
    """Open a finished draft as a reader would, test it, and write down what it holds."""
    with ExitStack() as held:
        library, vectors, terms = open_parts(folder, held)
        counts = check(library, vectors, terms)
        roots = tuple(library.roots())
    return Manifest(
        name=folder.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        articles=counts.articles,
        chunks=counts.chunks,
        churn=churn,
        settings=settings,
        roots=roots,
        files=survey(folder, shared_files(folder)),
    )
