"""Embedding spread over a Ray cluster: texts go out to its workers, only vectors come back.

The one that calls is still the only one who reads, cuts and writes. Ray is an extra, and this is
the only file that loads it.
"""

import logging
import os
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder, Kind, open_embedder
from index.errors import ClusterError, IndexFailure

LOCAL = "local"
_AT_ONCE = 16  # texts to one worker: 0.3 s of a core, against 2 ms for the way there and back
_OBJECTS = 100_000_000  # bytes that a cluster of this machine alone may hold; vectors are small
_PATIENCE = 600.0  # seconds for one worker's texts, and for the workers to open the model
_TOLD = "what was embedded is kept: index again, with Ray or without"

Opener = Callable[[], Embedder]


class _Worker:
    """One process of the cluster, with an embedder of its own."""

    def __init__(self, opener: Opener) -> None:
        self._embedder = opener()

    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embedder.embed(texts)


class SpreadEmbedder:
    """An embedder whose documents are embedded by the workers of a cluster, questions here.

    The vectors are those of the embedder here: a worker with another fingerprint is refused.
    """

    def __init__(self, here: Embedder, workers: Sequence[Any]) -> None:
        self._here = here
        self._workers = workers
        self.name = here.name
        self.fingerprint = here.fingerprint
        self.dimension = here.dimension
        self.window = here.window

    def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
        """See `Embedder`; raises ClusterError where the cluster is gone."""
        if kind == "query" or not texts:
            return self._here.embed(texts, kind=kind)
        size = max(1, min(_AT_ONCE, -(-len(texts) // len(self._workers))))
        parts = [texts[first : first + size] for first in range(0, len(texts), size)]
        with _sentences():
            sent = [
                self._workers[number % len(self._workers)].embed.remote(list(part))
                for number, part in enumerate(parts)
            ]
            return np.concatenate(_fetched(sent))

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        """See `Embedder`."""
        return self._here.tokens(text)


@contextmanager
def spread(
    here: Embedder, opener: Opener, address: str, *, workers: int | None = None
) -> Iterator[SpreadEmbedder]:
    """Lend an embedder that works on the cluster at an address, or "local" for one made here.

    `opener` is called in each worker and must give the embedder that `here` is; there are as many
    workers as the cluster has cores unless told otherwise. A process that is connected already
    keeps to its cluster. Raises ClusterError for a cluster that cannot be used.
    """
    ray = _ray()
    if address != LOCAL:
        _knock(address)
    is_ours = not ray.is_initialized()  # who is connected already stays so
    try:
        with _sentences():
            if is_ours:
                _connect(ray, address)
            hired = _hired(ray, opener, workers)
            _check(here, hired)
        yield SpreadEmbedder(here, hired)
    finally:
        if is_ours:
            ray.shutdown()


def opener_of(name: str, data: Path, *, offline: bool = True) -> Opener:
    """Return what opens a model in a worker, on one core; its export is kept on each machine."""
    return partial(_open, name, data.absolute(), offline)


def _open(name: str, data: Path, offline: bool) -> Embedder:
    home = data if data.is_dir() else Path(tempfile.gettempdir()) / "corpus-qa"
    return open_embedder(name, home, threads=1, offline=offline)


def _ray() -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as error:
        raise ClusterError("Ray is not installed: pip install 'corpus-qa[ray]'") from error
    return ray


def _connect(ray: Any, address: str) -> None:
    quiet = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    if address != LOCAL:
        ray.init(address=address, **quiet)
        return
    ray.init(
        address=LOCAL,
        include_dashboard=False,
        object_store_memory=_OBJECTS,
        _node_ip_address="127.0.0.1",
        **quiet,
    )


def _knock(address: str) -> None:
    """Raise ClusterError where nobody listens at the address; Ray itself tries for minutes."""
    place = urlsplit(address if "//" in address else f"//{address}")
    try:
        if place.hostname and place.port:
            socket.create_connection((place.hostname, place.port), timeout=5).close()
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Ray cluster answers at {address} ({_brief(error)}): "
            "start one with `ray start --head`, or correct the address"
        ) from error


def _hired(ray: Any, opener: Opener, workers: int | None) -> list[Any]:
    """Start workers with a core each; they end when nothing refers to them any more."""
    count = workers or int(ray.cluster_resources().get("CPU", 1))
    actor = ray.remote(num_cpus=1, scheduling_strategy="SPREAD")(_Worker)
    return [actor.remote(opener) for _ in range(count)]


def _check(here: Embedder, workers: Sequence[Any]) -> None:
    found = set(_fetched([worker.fingerprint.remote() for worker in workers]))
    if found != {here.fingerprint}:
        other = next(iter(found - {here.fingerprint}))
        raise ClusterError(
            f"a Ray worker has the embedding model {other}, not {here.fingerprint}: "
            "install the same corpus-qa and the same model on every machine"
        )


def _fetched(sent: Sequence[Any]) -> list[Any]:
    import ray

    found: list[Any] = ray.get(list(sent), timeout=_PATIENCE)
    return found


@contextmanager
def _sentences() -> Iterator[None]:
    """Raise ClusterError in place of what Ray raises."""
    import ray

    try:
        yield
    except (ray.exceptions.RayError, ConnectionError, TimeoutError) as error:
        raise ClusterError(f"the Ray cluster does not answer ({_brief(error)}); {_TOLD}") from error
    except IndexFailure:
        raise
    except Exception as error:  # Ray raises plain ones too, as when a cluster does not start
        raise ClusterError(f"the Ray cluster cannot be used ({_brief(error)}); {_TOLD}") from error


def _brief(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
