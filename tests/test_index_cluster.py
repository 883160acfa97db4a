"""Embedding on a real Ray cluster of this machine."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from index.build import ChunkSettings, Report, sync
from index.cluster import LOCAL, SpreadEmbedder, spread
from index.embed import Embedder, FakeEmbedder
from index.errors import ClusterError
from index.generations import Generation, open_live
from index.search import search

pytest.importorskip("ray")
pytestmark = pytest.mark.enable_socket

ARTICLES = 60


@pytest.fixture(scope="module")
def cluster() -> Iterator[SpreadEmbedder]:
    with spread(FakeEmbedder(), FakeEmbedder, LOCAL) as embedder:
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
        ids = sorted(one.vectors.ids())
        assert ids == sorted(other.vectors.ids())
        theirs = other.vectors.get(ids)
        assert all(np.array_equal(v, theirs[name]) for name, v in one.vectors.get(ids).items())


def test_questions_are_embedded_here(cluster: SpreadEmbedder) -> None:
    alone = SpreadEmbedder(FakeEmbedder(), workers=())
    assert np.array_equal(alone.embed(["a"], kind="query"), cluster.embed(["a"]))


PROGRAM = """
import sys
from pathlib import Path
from index.build import ChunkSettings, sync
from index.cluster import spread
from index.embed import FakeEmbedder
from index.errors import ClusterError

corpus, data = sys.argv[1:]
try:
    with spread(FakeEmbedder(), FakeEmbedder, "local") as embedder:
        import ray
        calls, embed = 0, embedder.embed
        def counted(texts, **kind):
            global calls
            calls += 1
            if calls == 3:
                ray._private.worker._global_node.kill_raylet()
                for worker in embedder._workers:
                    ray.kill(worker)
            return embed(texts, **kind)
        embedder.embed = counted
        sync([Path(corpus)], Path(data), embedder=embedder, settings=ChunkSettings(window=24))
except ClusterError as error:
    print("ClusterError", error)
"""


def test_a_cluster_that_ends_midway_costs_nothing_that_was_embedded(
    corpus: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    program = [sys.executable, "-c", PROGRAM, str(corpus), str(data)]
    ran = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    said = ran.stdout.splitlines()[-1]  # before it, Ray reports that its parts have ended
    assert said.startswith("ClusterError the Ray cluster does not answer (")
    assert "what was embedded is kept" in said
    assert not (data / "CURRENT").exists()
    # Batches are of 16 and 32 texts at first: two of them were kept.
    assert index(corpus, data, FakeEmbedder()).embedded == ARTICLES - 16 - 32
    with open_live(data) as generation:
        assert found(generation)[0][0] == "a03.txt"


def test_a_worker_with_another_model_is_refused() -> None:
    opener = partial(FakeEmbedder, 32)
    other = "a Ray worker has the embedding model fake@bag-of-words/32, not fake@bag-of-words/64"
    with pytest.raises(ClusterError, match=other), ExitStack() as held:
        held.enter_context(spread(FakeEmbedder(), opener, LOCAL))


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "127.0.0.1:port"])
def test_an_address_without_a_cluster_is_one_sentence(address: str) -> None:
    said = f"no Ray cluster answers at {address} .*`ray start --head`"
    with pytest.raises(ClusterError, match=said), ExitStack() as held:
        held.enter_context(spread(FakeEmbedder(), FakeEmbedder, address))


def test_ray_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install 'corpus-qa\[ray\]'"), ExitStack() as held:
        held.enter_context(spread(FakeEmbedder(), FakeEmbedder, LOCAL))
