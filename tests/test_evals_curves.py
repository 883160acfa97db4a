"""Confidence against being right, worked out by hand."""

import math

import pytest

from evals.curves import (
    calibration_error,
    coverage_at_risk,
    reliability,
    risk_area,
    risk_coverage,
    separation,
)


def test_risk_is_the_share_of_errors_among_the_surest() -> None:
    coverage, risk = risk_coverage([0.9, 0.1, 0.5, 0.7], [1, 0, 0, 1])
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert risk_area([0.9, 0.1, 0.5, 0.7], [1, 0, 0, 1]) == pytest.approx((1 / 3 + 1 / 2) / 4)


def test_the_order_of_equally_sure_cases_does_not_matter() -> None:
    one, other = risk_coverage([0.5, 0.5], [1, 0]), risk_coverage([0.5, 0.5], [0, 1])
    assert one[1].tolist() == other[1].tolist() == [0.5, 0.5]


def test_coverage_at_risk_is_the_furthest_point_within_it() -> None:
    # risks are 1, 1/2, 1/3, 1/4: one early mistake, then right throughout
    assert coverage_at_risk([4, 3, 2, 1], [0, 1, 1, 1], 0.25) == 1.0
    assert coverage_at_risk([4, 3, 2, 1], [0, 1, 1, 1], 0.2) == 0.0


def test_calibration_error_by_hand() -> None:
    # bin .9 to 1: two answers, sure .95, half right -> gap .45; bin .2 to .3: one, .25, right
    sure, right = [0.92, 0.98, 0.25], [1, 0, 1]
    assert calibration_error(sure, right) == pytest.approx((2 * 0.45 + 0.75) / 3)


def test_full_confidence_falls_into_the_last_bin() -> None:
    (last,) = reliability([1.0], [1])
    assert (last.low, last.high, last.count, last.accuracy) == (0.9, 1.0, 1, 1.0)


def test_separation_is_the_share_of_pairs_in_order() -> None:
    # pairs (good, bad): .9>.4, .9>.6, .5>.4, .5<.6 -> 3 of 4
    assert separation([0.9, 0.5, 0.4, 0.6], [1, 1, 0, 0]) == 0.75
    assert separation([0.5, 0.5], [1, 0]) == 0.5


def test_figures_without_cases_are_not_numbers() -> None:
    assert math.isnan(risk_area([], []))
    assert math.isnan(calibration_error([], []))
    assert math.isnan(separation([0.5], [1]))
