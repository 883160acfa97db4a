"""Opening Chroma, in a folder or on a server. The only file that loads chromadb.

Loading costs 0.7 s and 75 MB, so it waits for the first folder that is opened.
"""

import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import numpy as np

from index.errors import DamagedError, IndexFailure, StoreError
from index.store_errors import refused

if TYPE_CHECKING:
    from chromadb.api.client import Client as Client
    from chromadb.api.models.Collection import Collection as Collection
    from chromadb.config import Settings

CHUNKS = "chunks"
_HNSW = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 1000}
_ROWS_IN_LOG = 1000
_FLUSHED_AT = {"sync_threshold": _ROWS_IN_LOG, "batch_size": 100}
_PATIENCE = 5.0  # seconds for a server to say that it is there
opening = threading.RLock()
"""Held to open and close: chromadb counts the users of a folder without a lock of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where vectors are, and what to do when they cannot be used."""

    name: str
    mend: str
    folder: Path | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Raise DamagedError in place of a failure of Chroma's, StoreError for a full disk."""
        try:
            yield
        except BaseException as error:
            if _is_chromas(error):
                # Chroma writes even when it only opens a folder (chromadb 1.5.9).
                said = _brief(error)
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
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise StoreError(f"{url} is not the address of a Chroma server: give http://HOST:PORT")
    secure = parts.scheme == "https"
    port = _port(url) or (443 if secure else 8000)
    _say_hello(f"{parts.scheme}://{_bracketed(parts.hostname)}:{port}", url)
    with _unaffected_by_the_environment():
        import chromadb

        client = chromadb.HttpClient(parts.hostname, port, secure, settings=_settings())
    return cast("Client", client)


def new_collection(client: "Client", name: str, dimension: int) -> "Collection":
    """Make an empty collection for vectors of length 1, searched by their cosine."""
    configuration: Any = {"hnsw": {**_HNSW, **_FLUSHED_AT}}
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


def is_lost(folder: Path, count: int) -> bool:
    """Tell whether the graph of so many vectors should be in the folder and is not.

    To Chroma that is no error: it searches the few rows that are still in its log.
    """
    return count > _ROWS_IN_LOG and not any(folder.glob("*/index_metadata.pickle"))


def close(client: "Client") -> None:
    """Let go of a folder or server."""
    client.close()
    # chromadb 1.5.9 leaves its connections to a server open.
    session = getattr(getattr(client, "_server", None), "_session", None)
    if session is not None:
        session.close()


def flush(folder: Path, dimension: int) -> None:
    """Write the tail of the graph, up to 1,000 rows that Chroma keeps in its log, to its files.

    Left in the log, it is built anew by every process that opens the folder: up to a second each
    time, and a different graph each time (chromadb 1.5.9). The threshold takes effect when the
    folder is opened, and the rows are written when it is searched.
    """
    anything = np.eye(1, dimension, dtype=np.float32)
    for threshold in ({"sync_threshold": 2, "batch_size": 2}, _FLUSHED_AT):
        client = folder_client(folder)
        chunks = collection(client, CHUNKS)
        chunks.query(query_embeddings=anything, n_results=1)
        changed: Any = {"hnsw": threshold}
        chunks.modify(configuration=changed)
        close(client)


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


def _say_hello(base: str, url: str) -> None:
    # Chroma's own client waits without end for a server that takes the call and says nothing.
    try:
        with urllib.request.urlopen(f"{base}/api/v2/heartbeat", timeout=_PATIENCE) as reply:
            answer = json.loads(reply.read(10_000))
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise StoreError(
            f"no Chroma server answers at {url} ({_brief(reason)}): "
            "start one with `chroma run`, or correct the address"
        ) from error
    if not isinstance(answer, dict) or "nanosecond heartbeat" not in answer:
        raise StoreError(f"what answers at {url} is no Chroma server: correct the address")


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError as error:
        raise StoreError(f"{url} has no valid port: give http://HOST:PORT") from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _brief(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
