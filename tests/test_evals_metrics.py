"""The figures of a report, over rows written by hand."""

import pytest

from evals.metrics import CURVES, LABELS, METRICS, by_kind, figures
from evals.rows import Row


def row(name: str, *, answerable: bool, answered: bool, right: bool, sure: float = 0.5) -> Row:
    scores = {"right": float(right), "error": 0.0}
    if answerable:
        scores["correct"] = float(right)
    return Row(
        name, "c", "fact" if answerable else "near-miss", "report", name, "q", (), answerable,
        True, (("x",),) if answerable else (), (), "", answered=answered, confidence=sure,
        scores=scores,
    )  # fmt: skip


ROWS = [
    row("a", answerable=True, answered=True, right=True, sure=0.9),
    row("b", answerable=True, answered=True, right=False, sure=0.6),
    row("c", answerable=True, answered=False, right=False, sure=0.1),
    row("d", answerable=False, answered=False, right=True, sure=0.2),
    row("e", answerable=False, answered=False, right=True, sure=0.3),
    row("f", answerable=False, answered=True, right=False, sure=0.7),
]


def test_refusals_by_hand() -> None:
    found = figures(ROWS)
    assert found["refusal_precision"].value == pytest.approx(2 / 3)  # c is no merit
    assert found["refusal_recall"].value == pytest.approx(2 / 3)  # f was answered
    assert found["refusal_f1"].value == pytest.approx(2 / 3)
    assert found["over_refusal"].value == pytest.approx(1 / 3)
    assert found["right"].value == pytest.approx(3 / 6)
    assert found["correct"].value == pytest.approx(1 / 3)


def test_the_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    found = figures(ROWS[:5])  # precision 2/3, recall 1
    assert found["refusal_f1"].value == pytest.approx(2 * (2 / 3) / (2 / 3 + 1))


def test_refusals_come_after_all_answers_on_the_risk_curve() -> None:
    # answers by confidence: a right, f wrong, b wrong; then three refusals, no answer right
    risks = [0, 1 / 2, 2 / 3, 3 / 4, 4 / 5, 5 / 6]
    found = figures(ROWS)
    assert found["risk_area"].value == pytest.approx(sum(risks) / 6)
    assert found["coverage_at_risk"].value == pytest.approx(1 / 6)


def test_calibration_is_over_answers_and_separation_over_all() -> None:
    found = figures(ROWS)
    # bins: .9 right (gap .1), .6 wrong (.6), .7 wrong (.7)
    assert found["calibration_error"].value == pytest.approx((0.1 + 0.6 + 0.7) / 3)
    # answerable .9 .6 .1 against .2 .3 .7: .9 beats 3, .6 beats 2, .1 none: 5 of 9
    assert found["separation"].value == pytest.approx(5 / 9)


def test_a_figure_without_cases_is_left_out() -> None:
    assert "refusal_precision" not in figures(ROWS[:2])
    assert "recall@1" not in figures(ROWS)


def test_kinds_are_taken_apart() -> None:
    kinds = by_kind(ROWS)
    assert list(kinds) == ["fact", "near-miss"]
    assert kinds["near-miss"]["right"].value == pytest.approx(2 / 3)
    assert kinds["near-miss"]["right"].cases == 3


def test_every_figure_says_what_it_is_and_has_a_name_of_its_own() -> None:
    assert len(LABELS) == len(METRICS) + len(CURVES)
    assert all(item.about.endswith(".") for item in LABELS.values())
