"""Bootstrap intervals and paired differences."""

import math

import numpy as np
import pytest

from evals.curves import risk_area
from evals.intervals import corrected, difference, difference_of, interval, interval_of, ratio

ONES = np.ones(100)
HALF = np.array([1.0, 0.0] * 50)
NAMES = [str(number) for number in range(100)]


def test_a_ratio_is_of_sums_not_a_mean_of_ratios() -> None:
    assert ratio(np.array([1.0, 2.0]), np.array([1.0, 4.0])) == pytest.approx(3 / 5)
    assert math.isnan(ratio(np.zeros(2), np.zeros(2)))


def test_an_interval_is_near_the_textbook_one() -> None:
    # half of 100: .5 plus or minus 1.96 * sqrt(.25 / 100) = .098
    found = interval(HALF, ONES, NAMES)
    assert found.low == pytest.approx(0.402, abs=0.02)
    assert found.high == pytest.approx(0.598, abs=0.02)


def test_a_group_is_drawn_as_a_whole() -> None:
    # two groups, one all right and one all wrong: a sample is 0, a half or 1
    found = interval(np.array([1.0] * 50 + [0.0] * 50), ONES, ["a"] * 50 + ["b"] * 50)
    assert (found.low, found.high) == (0.0, 1.0)


def test_the_same_seed_gives_the_same_interval() -> None:
    assert interval(HALF, ONES, NAMES, seed=3) == interval(HALF, ONES, NAMES, seed=3)
    assert interval(HALF, ONES, NAMES, seed=3) != interval(HALF, ONES, NAMES, seed=4)


def test_a_run_against_itself_does_not_differ() -> None:
    found = difference((HALF, ONES), (HALF, ONES), NAMES)
    assert (found.change, found.interval.low, found.interval.high, found.p) == (0, 0, 0, 1)


def test_pairing_finds_a_small_difference_that_all_cases_share() -> None:
    better = HALF.copy()
    better[1:20:2] = 1.0  # ten cases won, none lost
    found = difference((better, ONES), (HALF, ONES), NAMES)
    assert found.change == pytest.approx(0.1)
    assert found.p < 0.01
    assert found.interval.low > 0


def test_one_won_and_one_lost_is_chance() -> None:
    other = HALF.copy()
    other[0], other[1] = 0.0, 1.0
    assert difference((other, ONES), (HALF, ONES), NAMES).p > 0.5


def test_a_statistic_of_two_columns_is_drawn_and_paired_too() -> None:
    sure = np.linspace(0, 1, 100)
    good = (sure > 0.3).astype(float)
    found = interval_of(risk_area, sure, good, NAMES)
    assert found.low <= risk_area(sure, good) <= found.high
    assert difference_of(risk_area, (sure, good), (sure, good), NAMES).p == 1.0
    worse = difference_of(risk_area, (1 - sure, good), (sure, good), NAMES)
    assert worse.change > 0
    assert worse.p < 0.01


def test_correcting_for_several_figures_by_hand() -> None:
    # sorted: .01 * 4/1 = .04, .02 * 4/2 = .04, .03 * 4/3 = .04, .5 * 4/4
    assert corrected([0.5, 0.01, 0.03, 0.02]) == pytest.approx([0.5, 0.04, 0.04, 0.04])
    # the third is pulled down by the fourth: .03 * 3/2 = .045 against .04
    assert corrected([0.001, 0.03, 0.04]) == pytest.approx([0.003, 0.04, 0.04])
    assert corrected([]) == []
