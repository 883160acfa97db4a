"""Ranking figures, worked out by hand."""

from math import log2

import pytest

from evals.retrieval import ranking_scores


def found(*ranks: set[int]) -> list[frozenset[int]]:
    return [frozenset(rank) for rank in ranks]


def test_one_part_at_rank_two() -> None:
    scores = ranking_scores(found(set(), {0}, set()), {0})
    assert scores["recall@1"] == 0.0
    assert scores["recall@3"] == 1.0
    assert scores["mrr"] == 0.5
    assert scores["ndcg@10"] == pytest.approx(1 / log2(3))


def test_a_part_counts_once_where_it_is_found_first() -> None:
    scores = ranking_scores(found({0}, {0}, {0}), {0, 1})
    assert scores["recall@10"] == 0.5
    assert scores["ndcg@10"] == pytest.approx(1 / (1 + 1 / log2(3)))


def test_one_passage_can_show_two_parts() -> None:
    scores = ranking_scores(found({0, 1}), {0, 1})
    assert scores["recall@1"] == 1.0
    assert scores["ndcg@10"] == pytest.approx(1.0)


def test_nothing_beyond_rank_ten_counts() -> None:
    scores = ranking_scores(found(*[set()] * 10, {0}), {0})
    assert set(scores.values()) == {0.0}


def test_an_empty_ranking_scores_zero() -> None:
    assert set(ranking_scores([], {0}).values()) == {0.0}


def test_parts_need_not_be_numbered_without_gaps() -> None:
    assert ranking_scores(found({2}), {2})["recall@1"] == 1.0
