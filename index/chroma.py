"""Opening Chroma, in a folder or on a server. The only file that loads chromadb.

Loading costs 0.7 s and 75 MB, so it waits for the first folder that is opened.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from index.chroma_rows import DATABASE, rows
from index.chroma_server import reached
from index.errors import DamagedError, IndexFailure, StoreError
from index.filters import days
from index.store_errors import refused
from index.types import Filters

if TYPE_CHECKING:
    from chromadb.api.client import Client as Client
    from chromadb.api.models.Collection import Collection as Collection
    from chromadb.config import Settings

CHUNKS = "chunks"
_HNSW = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 1000}
# Looking at fewer candidates halves the time where there are many vectors: of 100,000 made ones
# 1000 took 3.8 ms of a core and 400 2.0 ms, with equal lists of 50 for 199 of 200 questions.
_LARGE, _REACH_IF_LARGE = 50_000, 400
_ROWS_IN_LOG = 1000
# Chroma keeps rows in its log until there are so many of them, and then writes them to the files
# of the graph together with the ids of all rows, which would make a build of many flushes
# quadratic. A folder is built with rare flushes and left with one for every two rows.
_BULK = {"sync_threshold": 10_000, "batch_size": 100}
_TRICKLE = {"sync_threshold": 2, "batch_size": 2}
_SERVED = {"sync_threshold": 1000, "batch_size": 100}
opening = threading.RLock()
"""Held to open and close: chromadb counts the users of a folder without a lock of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where vectors are, and what to do when they cannot be used; `folder` is None on a server."""

    name: str
    mend: str
    folder: Path | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Raise DamagedError in place of a failure of Chroma's, StoreError for a full disk.

        What a server does not give is no damage, unless it has no such collection: StoreError.
        """
        try:
            yield
        except BaseException as error:
            if _is_chromas(error):
                # Chroma writes even when it only opens a folder (chromadb 1.5.9).
                said = _brief(error)
                if self.folder is None and type(error).__name__ != "NotFoundError":
                    raise self._away(said) from error
                damaged = DamagedError(f"{self.name} cannot be read ({said}): {self.mend}")
                raise refused(self.name, said) or damaged from error
            raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Raise StoreError in place of a failure of Chroma's."""
        try:
            yield
        except BaseException as error:
            if _is_chromas(error):
                said = _brief(error)
                unwritten = StoreError(f"{self.name} cannot be written ({said})")
                raise refused(self.name, said) or unwritten from error
            raise

    def _away(self, said: str) -> StoreError:
        return StoreError(f"{self.name} cannot be read ({said}): see that it runs, and ask again")


def _is_chromas(error: BaseException) -> bool:
    # Its client for servers raises plain Exceptions, its Rust code a panic, which is none at all.
    if isinstance(error, IndexFailure | ImportError | MemoryError):
        return False
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def in_folder(folder: Path) -> Place:
    """Return the place of vectors in a folder."""
    mend = "run `corpus-qa index --rebuild` to make them again"
    return Place(f"the vectors in {folder}", mend, folder)


def on_server(url: str, collection: str) -> Place:
    """Return the place of vectors in a collection of a server."""
    mend = "see that it is the right server, or run `corpus-qa index --rebuild` to fill it again"
    return Place(f"the vectors in {collection} on the Chroma server {url}", mend)


def folder_client(folder: Path) -> "Client":
    """Open the Chroma database in a folder; makes one where there is none."""
    with _unaffected_by_the_environment():
        import chromadb

        client = chromadb.PersistentClient(str(folder.absolute()), settings=_settings())
    return cast("Client", client)


def server_client(url: str) -> "Client":
    """Connect to a Chroma server; StoreError where none answers at the URL."""
    host, port, secure = reached(url)
    with _unaffected_by_the_environment():
        import chromadb

        client = chromadb.HttpClient(host, port, secure, settings=_settings())
    return cast("Client", client)


def new_collection(
    client: "Client", name: str, dimension: int, *, served: bool = False
) -> "Collection":
    """Make an empty collection for vectors of length 1, searched by their cosine.

    In a folder its files are written at once: what a small build left to be written at the end,
    `settle` would build a second time.
    """
    configuration: Any = {"hnsw": {**_HNSW, **(_SERVED if served else _TRICKLE)}}
    return client.create_collection(
        name,
        embedding_function=None,
        metadata={"dimension": dimension},
        configuration=configuration,
    )


def collection(client: "Client", name: str) -> "Collection":
    """Find a collection, which must be there."""
    # Unless told otherwise, chromadb takes it for embedded by a model that it would download.
    return client.get_collection(name, embedding_function=None)


def drop(url: str, name: str) -> None:
    """Remove a collection of a server, if it is there; StoreError where none answers."""
    client = server_client(url)
    try:
        if name in [known.name for known in client.list_collections()]:
            client.delete_collection(name)
    except Exception as error:  # the client for servers raises nothing more telling
        raise StoreError(f"{name} on the Chroma server {url} cannot be removed") from error
    finally:
        close(client)


@contextmanager
def loading_ahead() -> Iterator[None]:
    """Load chromadb in a thread meanwhile; whoever opens a folder waits for what is left of it."""

    def load() -> None:
        # What is wrong with it is said where it is used.
        with suppress(ImportError), _unaffected_by_the_environment():
            import chromadb as chromadb

    thread = threading.Thread(target=load, name="load chromadb")
    thread.start()
    try:
        yield
    finally:
        thread.join()  # a process that ends in the middle of it would hang


def where(filters: Filters) -> dict[str, Any] | None:
    """Return filters as Chroma takes them, None for none."""
    parts: list[dict[str, Any]] = []
    if filters.sources:
        parts.append({"source": {"$in": list(filters.sources)}})
    if bounds := days(filters):
        parts += [{"published": {"$gte": bounds[0]}}, {"published": {"$lte": bounds[1]}}]
    return {"$and": parts} if len(parts) > 1 else parts[0] if parts else None


def storable(value: str) -> str:
    """Return what Chroma can store of a text: half a surrogate pair becomes an escape."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def is_lost(folder: Path, count: int) -> bool:
    """Tell whether the graph of so many vectors should be in the folder and is not.

    To Chroma that is no error: it searches the few rows that are still in its log.
    """
    return count > _ROWS_IN_LOG and not any(folder.glob("*/index_metadata.pickle"))


def close(client: "Client") -> None:
    """Let go of a folder or server."""
    client.close()
    # chromadb 1.5.9 leaves its connections to a server open, those of both of its clients.
    for opened in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(opened, "_server", None), "_session", None)
        if session is not None:
            session.close()


def is_bulk(collection: "Collection") -> bool:
    """Tell whether the graph's files are written rarely."""
    hnsw: Any = collection.configuration.get("hnsw") or {}
    return bool(hnsw.get("sync_threshold") != _TRICKLE["sync_threshold"])


def set_bulk(folder: Path, bulk: bool) -> None:
    """Say how often the graph's files are written from the next opening of the folder on.

    How many candidates a search looks at is set to fit the number of rows.
    """
    reach = _REACH_IF_LARGE if rows(folder) >= _LARGE else _HNSW["ef_search"]
    client = folder_client(folder)
    try:
        changed: Any = {"hnsw": {**(_BULK if bulk else _TRICKLE), "ef_search": reach}}
        collection(client, CHUNKS).modify(configuration=changed)
    finally:
        close(client)


def settle(folder: Path, dimension: int) -> None:
    """Write the tail of the graph, up to 10,000 rows in Chroma's log, to its files.

    Left in the log, it is built anew by every process that opens the folder: seconds each time,
    and a different graph each time (chromadb 1.5.9). The rows are written when the folder is
    searched.
    """
    set_bulk(folder, False)
    client = folder_client(folder)
    try:
        write_tail(collection(client, CHUNKS), dimension)
    finally:
        close(client)


def give_back(folder: Path) -> None:
    """Shorten the database by the space that Chroma's log took; nobody may have it open."""
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.execute("VACUUM")


def write_tail(chunks: "Collection", dimension: int) -> None:
    """Have Chroma write the rows in its log, by a search."""
    chunks.query(query_embeddings=np.eye(1, dimension, dtype=np.float32), n_results=1)


def _settings() -> "Settings":
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


@contextmanager
def _unaffected_by_the_environment() -> Iterator[None]:
    """Keep chromadb's settings to what they are given in the program.

    They would be read from the environment and from ./.env too, some under names as common as
    ENVIRONMENT and MIGRATIONS, also while chromadb is loaded: a value meant for another program
    keeps it from loading, and CHROMA_SERVER_HOST sends it to another server.
    """
    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

    usual = BaseSettings.__dict__["settings_customise_sources"]

    def sources(
        cls: type[BaseSettings],
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        **others: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        if settings_cls.__module__.startswith("chromadb"):
            return (init_settings,)
        return tuple(usual.__func__(cls, settings_cls, init_settings, **others))

    logging.getLogger("chromadb").setLevel(logging.ERROR)
    with opening:
        BaseSettings.settings_customise_sources = classmethod(sources)  # type: ignore
        try:
            yield
        finally:
            BaseSettings.settings_customise_sources = usual  # type: ignore


def _brief(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
