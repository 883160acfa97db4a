"""How far a figure may be off by chance: bootstrap intervals, and paired ones for two runs.

Every figure here is a ratio of two sums over cases (a mean has 1 in the lower sum), so that
failures stay in the denominator and one definition serves means, precision and F1 alike.
Cases are drawn by group: questions on one paragraph, or of one conversation, come together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Columns = Sequence[float] | Floats
Statistic = Callable[[Columns, Columns], float]
SAMPLES = 2000  # so p can be as low as 2/2001, low enough to correct for 30 figures
CURVE_SAMPLES = 400  # for an interval, a curve is computed anew each time: 0.1 to 0.5 ms
_BLOCK = 250  # samples at a time: 250 x 3,000 groups of float64 are 6 MB


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that holds the true figure in 95 of 100 cases, as far as these cases tell."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How two runs over the same cases differ in one figure: new less old.

    `p` is the two-sided chance to see such a difference if there is none.
    """

    change: float
    interval: Interval
    p: float


def ratio(top: Floats, bottom: Floats) -> float:
    """The sum of `top` over the sum of `bottom`, NaN where that is 0."""
    below = float(bottom.sum())
    return float(top.sum()) / below if below else float("nan")


def interval(top: Floats, bottom: Floats, groups: Sequence[str], *, seed: int = 0) -> Interval:
    """The percentile bootstrap interval (95 %) of `ratio`, groups drawn with replacement."""
    sums = _by_group(np.stack([top, bottom], axis=1), groups)
    drawn = _draws(sums, seed)
    return _middle(_ratios(drawn[:, 0], drawn[:, 1]))


def difference(
    new: tuple[Floats, Floats], old: tuple[Floats, Floats], groups: Sequence[str], *, seed: int = 0
) -> Difference:
    """The paired bootstrap of two ratios over the same cases, in the same order.

    Both runs are drawn with the same cases each time (Berg-Kirkpatrick et al. 2012); `p` is twice
    the share of samples on the far side of no difference, with one added to both counts.
    """
    change = ratio(*new) - ratio(*old)
    if all(np.array_equal(ours, theirs) for ours, theirs in zip(new, old, strict=True)):
        return Difference(0.0, Interval(0.0, 0.0), 1.0)
    sums = _by_group(np.stack([*new, *old], axis=1), groups)
    drawn = _draws(sums, seed)
    changes = _ratios(drawn[:, 0], drawn[:, 1]) - _ratios(drawn[:, 2], drawn[:, 3])
    return _judged(change, changes)


def corrected(p_values: Sequence[float]) -> list[float]:
    """P values made larger for having looked at several figures at once, in the given order.

    Of the figures that stay below 0.05, fewer than one in twenty are expected to be there by
    chance. Source: Benjamini & Hochberg 1995, which holds for figures that rise and fall together
    (Benjamini & Yekutieli 2001), as these do.
    """
    order = sorted(range(len(p_values)), key=lambda i: -p_values[i])
    adjusted, lowest = [1.0] * len(p_values), 1.0
    for place, i in enumerate(order):
        lowest = min(lowest, p_values[i] * len(p_values) / (len(p_values) - place))
        adjusted[i] = lowest
    return adjusted


def _by_group(columns: Floats, groups: Sequence[str]) -> Floats:
    names = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    sums = np.zeros((len(names), columns.shape[1]))
    np.add.at(sums, [names[group] for group in groups], columns)
    return sums


def _draws(sums: Floats, seed: int) -> Floats:
    """SAMPLES x columns: the column sums of each sample of as many groups as there are."""
    chance, count = np.random.default_rng(seed), len(sums)
    even = np.full(count, 1 / count) if count else np.empty(0)
    blocks = [
        chance.multinomial(count, even, size=_BLOCK).astype(np.float64) @ sums
        for _ in range(SAMPLES // _BLOCK if count else 0)
    ]
    return np.concatenate(blocks) if blocks else np.zeros((0, sums.shape[1]))


def _judged(change: float, changes: Floats) -> Difference:
    kept = changes[~np.isnan(changes)]
    if not len(kept):
        return Difference(change, Interval(float("nan"), float("nan")), 1.0)
    tail = min(int((kept <= 0).sum()), int((kept >= 0).sum()))
    return Difference(change, _middle(kept), min(1.0, 2 * (tail + 1) / (len(kept) + 1)))


def _ratios(top: Floats, bottom: Floats) -> Floats:
    safe = np.where(bottom > 0, bottom, np.nan)
    return np.asarray(top / safe, dtype=np.float64)


def _middle(values: Floats) -> Interval:
    kept = values[~np.isnan(values)]
    if not len(kept):
        return Interval(float("nan"), float("nan"))
    low, high = np.percentile(kept, [2.5, 97.5])
    return Interval(float(low), float(high))


def interval_of(
    statistic: Statistic,
    first: Columns,
    second: Columns,
    groups: Sequence[str],
    *,
    seed: int = 0,
) -> Interval:
    """The percentile bootstrap interval (95 %) of any statistic of two columns, by group."""
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    drawn = _chosen(groups, seed, CURVE_SAMPLES)
    return _middle(np.array([statistic(one[rows], two[rows]) for rows in drawn]))


def difference_of(
    statistic: Statistic,
    new: tuple[Columns, Columns],
    old: tuple[Columns, Columns],
    groups: Sequence[str],
    *,
    seed: int = 0,
) -> Difference:
    """The paired bootstrap of a statistic of two columns over the same cases in two runs."""
    ours = [np.asarray(column, dtype=np.float64) for column in new]
    theirs = [np.asarray(column, dtype=np.float64) for column in old]
    change = statistic(*ours) - statistic(*theirs)
    if all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True)):
        return Difference(0.0, Interval(0.0, 0.0), 1.0)
    changes = [
        statistic(ours[0][rows], ours[1][rows]) - statistic(theirs[0][rows], theirs[1][rows])
        for rows in _chosen(groups, seed, SAMPLES)
    ]
    return _judged(change, np.array(changes))


def _chosen(groups: Sequence[str], seed: int, samples: int) -> Iterator[NDArray[np.int64]]:
    """The row numbers of each sample of groups."""
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    arrays = [np.array(rows, dtype=np.int64) for rows in members.values()]
    chance = np.random.default_rng(seed)
    for _ in range(samples):
        picked = chance.integers(len(arrays), size=len(arrays))
        yield np.concatenate([arrays[place] for place in picked])
