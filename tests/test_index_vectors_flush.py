"""When Chroma's graph is written to its files: rarely while much comes, at once for a little."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import chroma, chroma_rows, vectors
from index.vectors import VectorRow, Vectors

DIMENSION = 8


def units(count: int, seed: int = 0) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    scaled: NDArray[np.float32] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return scaled


def rows(count: int, seed: int = 0) -> list[VectorRow]:
    return [
        VectorRow(f"{seed}-{number:05d}", f"a{number}", "s", 20200101, vector)
        for number, vector in enumerate(units(count, seed))
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = Vectors.create(tmp_path / "chroma", dimension=DIMENSION)
    store.apply(add=rows(1500), remove=())
    store.close()
    return tmp_path / "chroma"


def told(folder: Path, query: str) -> int:
    with closing(sqlite3.connect(folder / chroma_rows.DATABASE)) as db:
        return int(db.execute(query).fetchone()[0])


def in_log(folder: Path) -> int:
    return told(folder, "SELECT count(*) FROM embeddings_queue")


def all_found(store: Vectors, expected: list[VectorRow]) -> bool:
    return all(store.search(row.vector, 1)[0][0] == row.chunk_id for row in expected[::50])


def test_a_build_leaves_nothing_in_the_log_and_no_empty_pages(folder: Path) -> None:
    assert in_log(folder) <= 1  # Chroma keeps the last row
    assert told(folder, "PRAGMA freelist_count") == 0
    assert len(list(folder.glob("*/index_metadata.pickle"))) == 1


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_few_rows_are_written_in_the_session_that_adds_them(folder: Path, count: int) -> None:
    before = told(folder, "SELECT max(seq_id) FROM max_seq_id")
    store = Vectors.open(folder)
    store.apply(add=rows(count, seed=1), remove=["0-00003"])
    store.close()
    assert told(folder, "SELECT max(seq_id) FROM max_seq_id") > before
    assert in_log(folder) <= 2
    store = Vectors.open(folder)
    assert store.count() == 1500 + count - 1
    assert all_found(store, rows(count, seed=1))
    assert store.get(["0-00003"]) == {}
    store.close()


def test_many_rows_into_a_finished_folder_are_written_rarely_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "_BATCH", 50)
    changes: list[bool] = []
    change = chroma.set_bulk

    def noted(folder: Path, bulk: bool) -> None:
        changes.append(bulk)
        change(folder, bulk)

    monkeypatch.setattr(chroma, "set_bulk", noted)
    store = Vectors.open(folder)
    store.apply(add=rows(400, seed=2), remove=())
    assert changes == [True]
    assert store.count() == 1900
    store.close()
    assert changes == [True, False]
    assert in_log(folder) <= 1
    store = Vectors.open(folder)
    assert all_found(store, [*rows(1500), *rows(400, seed=2)])
    store.close()


def test_rows_are_counted_as_chroma_counts_them(folder: Path) -> None:
    store = Vectors.open(folder)
    assert chroma_rows.rows(folder) == store.count() == 1500
    store.apply(add=rows(5, seed=3), remove=["0-00001", "unknown"])
    assert store.count() == 1504
    store.close()
    assert chroma_rows.rows(folder) == 1504


def test_a_count_that_is_known_is_taken_as_it_is(folder: Path) -> None:
    store = Vectors.open(folder, count=1500)
    assert store.count() == 1500
    store.close()


def test_a_search_of_many_vectors_looks_at_fewer_candidates(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reach() -> int:
        store = Vectors.open(folder)
        found: int = store._collection.configuration["hnsw"]["ef_search"]  # type: ignore
        store.close()
        return found

    assert reach() == 1000
    monkeypatch.setattr(chroma, "_LARGE", 1500)
    chroma.set_bulk(folder, False)
    assert reach() == 400
