from pathlib import Path

import numpy as np
import pytest

from index.build import ChunkSettings, sync
from index.embed import FakeEmbedder
from index.generations import open_live
from index.search import fuse, search, standardised


def test_z_scores_have_mean_nought_and_deviation_one() -> None:
    # Mean 2, deviation sqrt(2/3) = 0.8165.
    assert standardised(np.array([1.0, 2.0, 3.0])) == pytest.approx(
        [-1.2247, 0.0, 1.2247], abs=1e-4
    )


def test_scores_that_do_not_differ_become_nought() -> None:
    assert standardised(np.array([0.7, 0.7])).tolist() == [0.0, 0.0]


def test_the_legs_are_added_up_as_weighed() -> None:
    # z(cosine) = 1, -1 and z(bm25) = -1, 1: with weight .75 the sums are .5 and -.5.
    best, other = fuse({"a": 0.8, "b": 0.6}, {"a": 1.0, "b": 3.0}, dense=0.75)
    assert (best.chunk_id, best.score) == ("a", 0.5)
    assert (other.chunk_id, other.score) == ("b", -0.5)
    assert (best.cosine, best.bm25) == (0.8, 1.0)


def test_a_chunk_without_shared_words_scores_nought_in_the_lexical_leg() -> None:
    _, other = fuse({"a": 0.5, "b": 0.5}, {"a": 2.0}, dense=0.5)
    assert (other.chunk_id, other.bm25) == ("b", 0.0)


def test_equal_scores_are_ordered_by_id() -> None:
    found = fuse({"b": 0.5, "a": 0.5, "c": 0.5}, {}, dense=0.5)
    assert [candidate.chunk_id for candidate in found] == ["a", "b", "c"]


def test_nothing_found_is_nothing() -> None:
    assert fuse({}, {}, dense=0.5) == []


NOTICE = "Copyright 2023 Example Media Inc. All rights reserved."


@pytest.mark.parametrize(("between", "found"), [("\n\n", 1), (f"\n\n{NOTICE}\n\n", 2)])
def test_neighbours_are_merged_unless_a_notice_stands_between(
    tmp_path: Path, between: str, found: int
) -> None:
    cats = "Cats sleep on warm roofs all day and hunt at night in the old harbour."
    dogs = "Dogs sleep in the yard all night and bark at strangers near the harbour."
    (tmp_path / "pets.txt").write_text(f"{cats}{between}{dogs}\n", encoding="utf-8")
    embedder, data = FakeEmbedder(), tmp_path / "data"
    settings = ChunkSettings(window=20)
    sync([tmp_path / "pets.txt"], data, embedder=embedder, settings=settings)
    with open_live(data) as generation:
        passages = search(generation, embedder, "sleep harbour")
    assert len(passages) == found
    assert not any("Copyright" in passage.text for passage in passages)
