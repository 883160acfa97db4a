"""What all tests share: no network, no settings of the person's own, and the default model."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from index.embed import DEFAULT_MODEL, Embedder, open_embedder

_LOCAL = ["127.0.0.1", "::1"]
_NAMES = {*_LOCAL, "localhost", "0.0.0.0", "", None}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every test connect to this machine alone; anything further fails it."""
    for item in items:
        item.add_marker(pytest.mark.allow_hosts(_LOCAL))


@pytest.fixture(autouse=True)
def _no_names_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for another machine's address is network too, and libraries swallow its failure."""
    look_up = socket.getaddrinfo

    def local_only(host: Any, *rest: Any, **settings: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in _NAMES:
            pytest.fail(f"A test asked for the address of {name!r}.")
        return look_up(host, *rest, **settings)

    monkeypatch.setattr(socket, "getaddrinfo", local_only)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("CHROMA_", "CORPUS_QA_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def model_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder for embedders alone; the default model is exported into it once, in 1 s."""
    return tmp_path_factory.mktemp("model_home")


@pytest.fixture(scope="session")
def embedder(model_home: Path) -> Embedder:
    """The real default embedder."""
    return open_embedder(DEFAULT_MODEL, model_home)
