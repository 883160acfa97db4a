"""Embedding on a real Ray cluster of this machine."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index.build import ChunkSettings, Report, sync
from index.cluster import LOCAL, SpreadEmbedder, spread
from index.embed import Embedder, FakeEmbedder, Kind
from index.errors import ClusterError
from index.generations import Generation, open_live
from index.search import search
from index.types import Filters

ray: Any = pytest.importorskip("ray")
pytestmark = pytest.mark.enable_socket

ARTICLES = 60


@pytest.fixture(scope="module", autouse=True)
def connected() -> Iterator[None]:
    """A cluster of this machine with room for the workers of all tests."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    for attempt in range(3):
        try:
            ray.init(
                address="local",
                num_cpus=8,
                include_dashboard=False,
                log_to_driver=False,
                object_store_memory=100_000_000,
                _node_ip_address="127.0.0.1",
            )
            break
        except Exception:  # Ray gives itself 30 s, which a busy machine may need
            ray.shutdown()
            if attempt == 2:
                raise
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def cluster(connected: None) -> Iterator[SpreadEmbedder]:
    with spread(FakeEmbedder(), FakeEmbedder, LOCAL, workers=2) as embedder:
        yield embedder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(ARTICLES):
        text = f"The animal{number} lives in country{number}. It eats fruit{number} all day.\n"
        (folder / f"a{number:02d}.txt").write_text(text, encoding="utf-8")
    return folder


def index(corpus: Path, data: Path, embedder: Embedder) -> Report:
    return sync([corpus], data, embedder=embedder, settings=ChunkSettings(window=24))


def found(generation: Generation) -> list[tuple[str, float]]:
    passages = search(generation, FakeEmbedder(), "animal3 country3")
    return [(passage.article_id, passage.score) for passage in passages]


def test_vectors_come_back_in_the_order_of_their_texts(cluster: SpreadEmbedder) -> None:
    texts = [f"word{number} and more" for number in range(100)]
    assert np.array_equal(cluster.embed(texts), FakeEmbedder().embed(texts))
    assert cluster.embed([]).shape == (0, 64)


def test_an_index_made_on_the_cluster_is_the_one_made_here(
    cluster: SpreadEmbedder, corpus: Path, tmp_path: Path
) -> None:
    spread_out = index(corpus, tmp_path / "spread", cluster)
    alone = index(corpus, tmp_path / "alone", FakeEmbedder())
    assert spread_out.embedded == alone.embedded == spread_out.chunks == ARTICLES
    with open_live(tmp_path / "spread") as one, open_live(tmp_path / "alone") as other:
        assert found(one) == found(other)
        ids = sorted(one.library.matching(Filters()))
        assert ids == sorted(other.library.matching(Filters()))
        theirs = other.vectors.get(ids)
        assert all(np.array_equal(v, theirs[name]) for name, v in one.vectors.get(ids).items())


def test_questions_are_embedded_here(cluster: SpreadEmbedder) -> None:
    alone = SpreadEmbedder(FakeEmbedder(), workers=())
    assert np.array_equal(alone.embed(["a"], kind="query"), cluster.embed(["a"]))


def test_a_cluster_that_ends_midway_costs_nothing_that_was_embedded(
    corpus: Path, tmp_path: Path
) -> None:
    done: list[str] = []

    class Ending(SpreadEmbedder):
        def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
            if done:
                for worker in self._workers:
                    ray.kill(worker)
            vectors = super().embed(texts, kind=kind)
            done.extend(texts)
            return vectors

    data = tmp_path / "data"
    with spread(FakeEmbedder(), FakeEmbedder, LOCAL, workers=1) as embedder:
        ending = Ending(FakeEmbedder(), embedder._workers)
        with pytest.raises(ClusterError, match="the Ray cluster does not answer") as raised:
            index(corpus, data, ending)
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith("what was embedded is kept: index again, with Ray or without")
    assert not (data / "CURRENT").exists()
    assert 0 < len(done) < ARTICLES
    assert index(corpus, data, FakeEmbedder()).embedded == ARTICLES - len(done)
    with open_live(data) as generation:
        assert found(generation)[0][0] == "a03.txt"


def test_a_worker_with_another_model_is_refused() -> None:
    opener = partial(FakeEmbedder, 32)
    other = "a Ray worker has the embedding model fake@bag-of-words/32, not fake@bag-of-words/64"
    with pytest.raises(ClusterError, match=other), ExitStack() as held:
        held.enter_context(spread(FakeEmbedder(), opener, LOCAL, workers=1))


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "127.0.0.1:port"])
def test_an_address_without_a_cluster_is_one_sentence(address: str) -> None:
    said = f"no Ray cluster answers at {address} .*`ray start --head`"
    with pytest.raises(ClusterError, match=said), ExitStack() as held:
        held.enter_context(spread(FakeEmbedder(), FakeEmbedder, address))


def test_ray_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install 'corpus-qa\[ray\]'"), ExitStack() as held:
        held.enter_context(spread(FakeEmbedder(), FakeEmbedder, LOCAL))
