"""Two runs over the same questions: which figures moved by more than chance, who won and lost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.errors import ResultsError
from evals.intervals import Difference, corrected, difference, difference_of, ratio
from evals.metrics import CURVES, METRICS, Curve, Metric, curve_points, sums
from evals.results import read_rows, read_run, read_summary
from evals.rows import Row

CERTAIN = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in both runs.

    `p` is the chance of such a difference if there is none, corrected for the number of figures.
    `verdict` is "better", "worse", "different" (where neither is good) or "no difference shown".
    """

    name: str
    old: float
    new: float
    difference: Difference
    p: float
    verdict: str


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that one run won and the other lost."""

    new: Row
    old: Row


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against an earlier one, over the cases that both have; `old_rows` are the other's."""

    old_name: str
    cases: int
    left_out: int
    changes: tuple[Change, ...]
    won: tuple[CaseChange, ...]
    lost: tuple[CaseChange, ...]
    old_rows: tuple[Row, ...] = ()


def check_comparable(old: Path, digest: str) -> None:
    """Raise ResultsError where the folder is not a complete run over the set of that digest."""
    if read_run(old).get("set_digest") != digest:
        raise ResultsError(f"{old} holds a run of other questions or articles; compare like runs.")
    read_summary(old)


def compare(rows: Sequence[Row], old: Path, *, digest: str, seed: int = 0) -> Comparison:
    """Compare rows with the run in the folder `old`.

    `digest` names the question set; raises ResultsError where the other run is of another one or
    is not complete.
    """
    check_comparable(old, digest)
    before = {row.id: row for row in read_rows(old)}
    pairs = [(row, before[row.id]) for row in rows if row.id in before]
    if not pairs:
        raise ResultsError(f"{old} has no case in common with this run.")
    new_rows, old_rows = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return Comparison(
        old_name=str(old),
        cases=len(pairs),
        left_out=len(set(before) ^ {row.id for row in rows}),
        changes=tuple(changes(new_rows, old_rows, seed=seed)),
        won=tuple(CaseChange(n, o) for n, o in pairs if n.right and not o.right),
        lost=tuple(CaseChange(n, o) for n, o in pairs if o.right and not n.right),
        old_rows=tuple(old_rows),
    )


def changes(new: Sequence[Row], old: Sequence[Row], *, seed: int = 0) -> list[Change]:
    """Every figure that both runs have, with its paired difference; rows in the same order."""
    found = [
        item
        for item in (
            *(_of_metric(metric, new, old, seed) for metric in METRICS),
            *(_of_curve(curve, new, old, seed) for curve in CURVES),
        )
        if item is not None
    ]
    adjusted = corrected([gap.p for _, _, _, gap in found])
    return [
        Change(which.name, before, after, gap, p, _verdict(which, gap, p))
        for (which, before, after, gap), p in zip(found, adjusted, strict=True)
    ]


Found = tuple[Metric | Curve, float, float, Difference]


def _of_metric(metric: Metric, new: Sequence[Row], old: Sequence[Row], seed: int) -> Found | None:
    ours, theirs = sums(metric, new), sums(metric, old)
    before, after = ratio(*theirs), ratio(*ours)
    if math.isnan(before) or math.isnan(after) or not any(map(metric.needs, new)):
        return None
    groups = [row.group for row in new]
    return metric, before, after, difference(ours, theirs, groups, seed=seed)


def _of_curve(curve: Curve, new: Sequence[Row], old: Sequence[Row], seed: int) -> Found | None:
    both = [(n, o) for n, o in zip(new, old, strict=True) if curve.rows(n) and curve.rows(o)]
    if not both:
        return None
    sure, right, groups = curve_points(curve, [pair[0] for pair in both])
    old_sure, old_right, _ = curve_points(curve, [pair[1] for pair in both])
    before, after = curve.statistic(old_sure, old_right), curve.statistic(sure, right)
    if math.isnan(before) or math.isnan(after):
        return None
    gap = difference_of(curve.statistic, (sure, right), (old_sure, old_right), groups, seed=seed)
    return curve, before, after, gap


def _verdict(which: Metric | Curve, gap: Difference, p: float) -> str:
    if p > CERTAIN or not gap.change:
        return "no difference shown"
    if which.better == 0:
        return "different"
    return "better" if gap.change * which.better > 0 else "worse"
