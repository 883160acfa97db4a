import math
from dataclasses import replace

import pytest

from evals.calibrate import Example, figures, fit, thresholds
from qa.confidence import Calibration

# One signal whose logistic is the chance itself: margin = ln(p / (1 - p)).
PLAIN = Calibration({"margin": 1.0}, 0.0, {}, "")


def example(chance: float, *, right: bool, answerable: bool) -> Example:
    return Example({"margin": math.log(chance / (1 - chance))}, right, answerable, "tune")


def test_thresholds_allow_each_caution_its_share_of_errors() -> None:
    absent = [example(n / 100, right=False, answerable=False) for n in range(5, 45)]
    right = [example(n / 100, right=True, answerable=True) for n in range(50, 90)]
    found = thresholds(PLAIN, [*absent, *right])
    # Of 40 absent ones at .05 to .44 four may be answered: those at .41 and above.
    assert found["cautious"] == pytest.approx(0.41)
    # Of 40 right ones at .50 to .89 three, or two, may be refused: those below .53, or .52.
    assert found["balanced"] == pytest.approx(0.53)
    assert found["eager"] == pytest.approx(0.52)


def test_figures_count_false_answers_refusals_order_and_calibration() -> None:
    examples = [
        example(0.9, right=True, answerable=True),
        example(0.3, right=False, answerable=True),
        example(0.6, right=False, answerable=False),
        example(0.1, right=False, answerable=False),
    ]
    parameters = {"weights": {"margin": 1.0}, "bias": 0.0, "thresholds": {"balanced": 0.5}}
    found = figures(parameters, examples)
    assert found["false_answers_balanced"] == 0.5
    assert found["refused_balanced"] == 0.5
    assert found["auc"] == 0.75  # of four pairs only .3 against .6 is in the wrong order
    # Every other question without an answer counts: here .6, and not .1.
    assert found["ece"] == pytest.approx((0.1 + 0.3 + 0.6) / 3, abs=1e-4)


def test_a_signal_that_tells_right_from_wrong_gets_a_weight() -> None:
    examples = [example(0.8, right=True, answerable=True)] * 30
    examples += [example(0.2, right=False, answerable=False)] * 30
    found = fit(examples, ("margin", "expected"))
    assert found["weights"]["margin"] > 1.0
    assert found["weights"]["expected"] == 0.0


def test_near_misses_are_counted_apart_from_what_was_taken_away() -> None:
    near = replace(example(0.8, right=False, answerable=False), near_miss=True)
    examples = [
        example(0.9, right=True, answerable=True),
        example(0.2, right=False, answerable=False),
        near,
    ]
    parameters = {"weights": {"margin": 1.0}, "bias": 0.0, "thresholds": {"balanced": 0.5}}
    found = figures(parameters, examples)
    assert found["false_answers_balanced"] == 0.0
    assert found["false_answers_near_miss_balanced"] == 1.0
    assert found["auc"] == found["auc_near_miss"] == 1.0
