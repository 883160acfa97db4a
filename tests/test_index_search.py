import numpy as np
import pytest

from index.search import fuse, standardised


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
