"""Vectors in a graph and a delta, against a plain comparison of every vector that counts."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import delta as deltas
from index.delta import Delta
from index.errors import DamagedError
from index.exact import nearest
from index.layers import LayeredVectors
from index.vectors import VectorRow, Vectors
from index.where import continue_vectors, create_vectors, graph_folder, open_vectors, remove

DIMENSION, ROWS = 16, 300


def units(count: int, seed: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    scaled: NDArray[np.float32] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return scaled


def rows(names: list[str], seed: int) -> list[VectorRow]:
    found = units(len(names), seed)
    return [
        VectorRow(name, "a", "s\ud800", 20200101, v) for name, v in zip(names, found, strict=True)
    ]


class Plain:
    """What should be stored, and its exact search."""

    def __init__(self) -> None:
        self.rows: dict[str, NDArray[np.float32]] = {}

    def apply(self, add: list[VectorRow], remove: list[str]) -> None:
        for name in remove:
            self.rows.pop(name, None)
        self.rows |= {row.chunk_id: row.vector for row in add}

    def agrees(self, vectors: LayeredVectors) -> None:
        assert vectors.count() == len(self.rows)
        stacked = np.array(list(self.rows.values()))
        for k in (1, 7, 60):
            for query in units(5, seed=k):
                hits = vectors.search(query, k)
                expected = nearest(list(self.rows), stacked, query, k)
                assert [name for name, _ in hits] == [name for name, _ in expected]
                assert [c for _, c in hits] == pytest.approx([c for _, c in expected], abs=2e-6)
        found = vectors.get([*self.rows, "unknown", "c0003"])
        assert list(found) == list(self.rows)
        assert all(found[n] == pytest.approx(v, abs=1e-6) for n, v in self.rows.items())


@pytest.fixture
def generations(tmp_path: Path) -> Iterator[list[Path]]:
    folders = [tmp_path / f"{number:06d}" for number in range(1, 8)]
    for folder in folders:
        folder.mkdir()
    return iter([folders])


@pytest.fixture
def first(generations: Iterator[list[Path]]) -> tuple[list[Path], Plain]:
    folders, plain = next(generations), Plain()
    start = rows([f"c{i:04d}" for i in range(ROWS)], seed=1)
    made = create_vectors(folders[0], None, dimension=DIMENSION)
    made.apply(add=start, remove=[])
    made.close()
    plain.apply(start, [])
    return folders, plain


def update(old: Path, new: Path, plain: Plain, add: list[VectorRow], gone: list[str]) -> None:
    draft = continue_vectors(new, old, dimension=DIMENSION)
    draft.apply(add=add, remove=[])
    draft.apply(add=[], remove=gone)
    draft.close()
    plain.apply(add, [])
    plain.apply([], gone)


CHANGES = [
    ([f"n{i}" for i in range(20)], ["c0003", "c0004", "unknown"]),
    (["c0003", "c0005", "n1"], ["n0", "c0006"]),  # one comes back, two are replaced
    ([], ["c0005", "n1", "n0"]),
    (["n0"], [f"c{i:04d}" for i in range(10, 150)]),
]


def test_updates_are_found_and_the_graph_is_not_written(first: tuple[list[Path], Plain]) -> None:
    folders, plain = first
    graph = folders[0] / "chroma"
    before = {p: p.stat().st_mtime_ns for p in graph.rglob("*") if p.is_file()}
    for number, (added, gone) in enumerate(CHANGES):
        update(folders[number], folders[number + 1], plain, rows(added, seed=number + 5), gone)
        assert graph_folder(folders[number + 1]) == graph
        assert before == {p: p.stat().st_mtime_ns for p in before}
        reader = open_vectors(folders[number + 1])
        plain.agrees(reader)
        assert open_vectors(folders[number + 1], count=len(plain.rows)).count() == reader.count()
        reader.close()
        before = {p: p.stat().st_mtime_ns for p in before}  # who opens a graph writes to it


@pytest.mark.parametrize(("most_rows", "most_void"), [(15, 1000), (5000, 100), (0, 0)])
def test_a_large_delta_and_its_graph_become_one(
    first: tuple[list[Path], Plain],
    monkeypatch: pytest.MonkeyPatch,
    most_rows: int,
    most_void: int,
) -> None:
    monkeypatch.setattr(deltas, "_MOST_ROWS", most_rows)
    monkeypatch.setattr(deltas, "_MOST_VOID", most_void)
    folders, plain = first
    for number, (added, gone) in enumerate(CHANGES):
        update(folders[number], folders[number + 1], plain, rows(added, seed=number + 5), gone)
        reader = open_vectors(folders[number + 1])
        plain.agrees(reader)
        reader.close()
    own = [graph_folder(folder) == folder / "chroma" for folder in folders[:5]]
    assert own[0]
    assert any(own[1:])
    for folder, is_own in zip(folders[:5], own, strict=True):
        assert is_own != (folder / "vectors.json").exists()
        assert is_own != (folder / "delta.json").exists()


def test_rows_come_to_a_delta_in_any_number(first: tuple[list[Path], Plain]) -> None:
    folders, plain = first
    many = rows([f"m{i}" for i in range(2500)], seed=9)
    update(folders[0], folders[1], plain, many, [])
    reader = open_vectors(folders[1])
    plain.agrees(reader)
    reader.close()


def test_an_update_without_a_search_does_not_open_the_graph(
    first: tuple[list[Path], Plain], monkeypatch: pytest.MonkeyPatch
) -> None:
    folders, plain = first

    def refuse(*_: object, **__: object) -> Vectors:
        raise AssertionError("opened")

    monkeypatch.setattr(Vectors, "open", refuse)
    update(folders[0], folders[1], plain, rows(["c0001", "n1"], seed=3), ["c0002"])
    update(folders[1], folders[2], plain, rows(["n2"], seed=4), ["n1"])
    assert open_vectors(folders[2]).count() == ROWS - 1 + 1
    with pytest.raises(AssertionError):
        open_vectors(folders[2]).open()


def test_a_graph_stays_as_long_as_a_generation_shares_it(first: tuple[list[Path], Plain]) -> None:
    folders, plain = first
    for number in range(2):
        update(folders[number], folders[number + 1], plain, rows([f"n{number}"], number + 2), [])
    remove(folders[0])
    assert [path.name for path in folders[0].iterdir()] == ["chroma"]
    plain.agrees(reader := open_vectors(folders[2]))
    reader.close()
    remove(folders[1])
    remove(folders[0])
    assert folders[0].exists()
    remove(folders[2])
    remove(folders[0])
    assert not any(folder.exists() for folder in folders[:3])


@pytest.mark.parametrize("name", ["delta.json", "delta.npy"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\x93NUMPY noise", b'{"rows": [[1]]}'])
def test_a_delta_that_is_none_is_damage(tmp_path: Path, name: str, content: bytes) -> None:
    made = Delta()
    made.add(rows(["a", "b"], seed=1), void=["c"])
    made.save(tmp_path)
    again = Delta.load(tmp_path)
    assert again.void == {"c"}
    assert [row.source for row in again.rows.values()] == ["s\ud800"] * 2
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild"):
        Delta.load(tmp_path)
