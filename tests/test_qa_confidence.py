import json
from pathlib import Path

import pytest

from index.types import Chunk, Passage
from qa.confidence import Calibration, coverage, load, signals
from qa.types import Evidence


def evidence(text: str, cosine: float, score: float) -> Evidence:
    passage = Passage(Chunk("c", "a", 0, 0, 99), "a", "Summit", "", None, text, 1.0, cosine=0.4)
    return Evidence(passage, 0, len(text), text, score, cosine, 0.5)


def test_the_chance_is_the_logistic_of_the_weighted_signals() -> None:
    model = Calibration({"a": 2.0, "b": -1.0}, 0.5, {}, "")
    # 0.5 + 2 * 1 - 1 * 1.5 = 1; 1 / (1 + e^-1) = 0.7311
    assert model.probability({"a": 1.0, "b": 1.5}) == pytest.approx(0.7311)


def test_a_signal_that_is_absent_counts_as_nought() -> None:
    assert Calibration({"a": 2.0}, 0.0, {}, "").probability({}) == 0.5


def test_coverage_is_the_share_of_the_weight_that_is_held() -> None:
    assert coverage({"hotel"}, {"hotel": 1.0, "hanoi": 3.0}) == 0.25
    assert coverage({"hotel"}, {}) == 0.0


def test_signals_are_those_of_the_best_evidence() -> None:
    best, other = evidence("Kim stays in Hanoi.", 0.6, 2.0), evidence("A hotel opens.", 0.7, 1.5)
    passages, weights = [best.passage, other.passage], {"hanoi": 3.0, "hotel": 1.0}
    found = signals(passages, [best, other], weights, named={"hanoi", "hotel"})
    assert found["names_missing"] == 1.0
    assert found["passage_score"] == 1.0
    assert found["sentence_cosine"] == 0.6
    assert found["best_cosine"] == 0.7
    assert found["coverage_passage"] == 0.75
    assert found["expected"] == 1.0


def test_nothing_found_has_no_signals() -> None:
    assert signals([], [], {"hanoi": 1.0}) == {}


@pytest.mark.parametrize("name", ["plain", "reader"])
def test_the_shipped_parameters_say_where_they_come_from_and_are_ordered_by_caution(
    name: str,
) -> None:
    model = load(name)
    assert "SQuAD" in model.provenance
    assert model.thresholds["cautious"] > model.thresholds["balanced"] > model.thresholds["eager"]


def test_parameters_are_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "parameters.json"
    fields = {"weights": {"a": 1.0}, "bias": 2.0, "thresholds": {"balanced": 0.5}}
    path.write_text(json.dumps({"plain": {**fields, "provenance": "SQuAD"}}), encoding="utf-8")
    assert load("plain", path) == Calibration({"a": 1.0}, 2.0, {"balanced": 0.5}, "SQuAD")
