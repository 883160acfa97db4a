from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.embed import FakeEmbedder, Kind
from index.vector_cache import VectorCache


class Counting(FakeEmbedder):
    """The fake embedder, which also keeps the texts that it was given."""

    def __init__(self, dimension: int = 64, fingerprint: str = "one") -> None:
        super().__init__(dimension)
        self.fingerprint = fingerprint
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
        self.texts += texts
        return super().embed(texts, kind=kind)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "embeddings.sqlite"


@pytest.fixture
def cache(path: Path) -> Iterator[VectorCache]:
    cache = VectorCache(path, Counting())
    yield cache
    cache.close()


def embedded(path: Path, embedder: Counting, *texts: str) -> NDArray[np.float32]:
    cache = VectorCache(path, embedder)
    vectors = cache.embed(texts)
    cache.close()
    return vectors


def test_vectors_come_in_the_order_of_the_texts(cache: VectorCache) -> None:
    texts = ["red fox", "red", "red fox", "a blue bird"]
    cache.embed(["red"])
    assert np.array_equal(cache.embed(texts), FakeEmbedder().embed(texts))


def test_no_texts_give_an_empty_matrix(cache: VectorCache) -> None:
    assert cache.embed([]).shape == (0, 64)


def test_a_text_is_embedded_once_in_all_runs(path: Path) -> None:
    first, second = Counting(), Counting()
    embedded(path, first, "red", "blue", "red")
    again = embedded(path, second, "blue", "green", "red")
    assert first.texts == ["red", "blue"]
    assert second.texts == ["green"]
    assert np.array_equal(again, FakeEmbedder().embed(["blue", "green", "red"]))


def test_models_do_not_share_their_vectors(path: Path) -> None:
    one, other = Counting(fingerprint="one"), Counting(fingerprint="other")
    embedded(path, one, "red")
    embedded(path, other, "red")
    assert other.texts == ["red"]


def test_more_texts_than_one_query_takes(path: Path) -> None:
    texts = [f"word{number}" for number in range(1300)]
    embedded(path, Counting(), *texts)
    again = Counting()
    assert np.array_equal(embedded(path, again, *texts), FakeEmbedder().embed(texts))
    assert again.texts == []


def test_what_was_embedded_before_a_failure_is_kept(path: Path) -> None:
    cache = VectorCache(path, Counting())
    cache.embed(["red"])
    # Not closed: the next process finds the file as a kill leaves it.
    again = Counting()
    embedded(path, again, "red")
    assert again.texts == []
    cache.close()


def test_a_file_that_is_no_database_is_replaced(path: Path) -> None:
    path.write_bytes(b"noise" * 1000)
    embedded(path, Counting(), "red")
    again = Counting()
    embedded(path, again, "red")
    assert again.texts == []
