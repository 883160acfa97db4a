"""Every figure of a report, one definition each, as two sums over the rows.

A figure is the sum of `top` over the sum of `bottom`. For a mean, `bottom` counts the cases that
the figure is about; a case that failed is among them with a score of zero. Curves (risk and
coverage, calibration) are no such ratios: they are in `evals.curves` and computed here last.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.curves import calibration_error, coverage_at_risk, risk_area, separation
from evals.intervals import Interval, Statistic, interval, interval_of, ratio
from evals.rows import Row

Floats = NDArray[np.float64]
RISK = 0.1


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: `better` is 1 where more is better, -1 where less is, 0 where neither.

    `top` and `bottom` are what one row adds to the two sums. `about` says in a sentence what the
    figure is, for readers who have not seen it before. `needs` says which row must be among the
    cases for the figure to mean anything.
    """

    name: str
    label: str
    better: int
    about: str
    top: Callable[[Row], float]
    bottom: Callable[[Row], float]
    needs: Callable[[Row], bool] = lambda row: True


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure that needs all cases at once: a function of confidence and being right.

    `rows` chooses the cases that it is about; `points` gives a case's confidence and its 0 or 1.
    """

    name: str
    label: str
    better: int
    about: str
    rows: Callable[[Row], bool]
    points: Callable[[Row], tuple[float, float]]
    statistic: Statistic


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's value with its 95 % interval and the number of cases that it is about."""

    name: str
    value: float
    interval: Interval
    cases: int


def _mean(name: str, label: str, better: int, about: str, score: str = "") -> Metric:
    key = score or name
    return Metric(
        name,
        label,
        better,
        about,
        top=lambda row: row.scores.get(key, 0.0),
        bottom=lambda row: float(key in row.scores),
    )


def _asked(row: Row) -> bool:
    return row.judged and ("right" in row.scores)


def _refused(row: Row) -> bool:
    return _asked(row) and not row.error and not row.answered


def _without_answer(row: Row) -> bool:
    return _asked(row) and not row.answerable


def _refused_well(row: Row) -> bool:
    return _refused(row) and not row.answerable


METRICS: tuple[Metric, ...] = (
    _mean("right", "right overall", 1,
          "Answers that hold what was asked for, and refusals where the corpus has no answer."),
    _mean("correct", "answers right", 1,
          "Of the questions that have an answer: the answer names everything accepted."),
    _mean("parts_named", "parts named", 1,
          "Of what an answer must name, the share that it does name."),
    _mean("first_quote", "first quote holds it", 1,
          "The first citation's quote holds an accepted answer."),
    _mean("em", "short answer exact", 1,
          "The short form is an accepted answer, word for word (SQuAD's exact match)."),
    _mean("f1", "short answer F1", 1,
          "Shared words of the short form and the nearest accepted answer (SQuAD's F1)."),
    _mean("text_f1", "long answer F1", 1,
          "Shared words of the answer and the gold answer, for answers in whole sentences."),
    _mean("rouge_l", "long answer ROUGE-L", 1,
          "Longest common subsequence of words with the gold answer."),
    _mean("wrong_named", "wrong answer named", -1,
          "The answer names something that is known to be wrong."),
    Metric("citation_precision", "citations that show it", 1,
           "Of all citations shown, those that show gold evidence; every citation of a question "
           "without an answer counts against it.",
           top=lambda row: row.scores.get("cited_hit", 0.0),
           bottom=lambda row: row.scores.get("cited_judged", 0.0)),
    _mean("citation_recall", "evidence cited", 1,
          "Of the gold evidence that an answer needs, the share that is cited."),
    Metric("quotes_verified", "quotes verified", 1,
           "Citations whose quote is, character for character, that range of the article.",
           top=lambda row: row.scores.get("cited_verified", 0.0),
           bottom=lambda row: row.scores.get("cited", 0.0)),
    Metric("refusal_precision", "refusals that are right", 1,
           "Of all refusals, those where the corpus has no answer.",
           top=lambda row: float(_refused_well(row)),
           bottom=lambda row: float(_refused(row)),
           needs=_without_answer),
    Metric("refusal_recall", "unanswerable refused", 1,
           "Of the questions without an answer, those that were refused.",
           top=lambda row: float(_refused_well(row)),
           bottom=lambda row: float(_without_answer(row))),
    Metric("refusal_f1", "refusal F1", 1,
           "The harmonic mean of the two figures above.",
           top=lambda row: 2.0 * _refused_well(row),
           bottom=lambda row: float(_refused(row)) + float(_without_answer(row)),
           needs=_without_answer),
    Metric("over_refusal", "answerable refused", -1,
           "Of the questions with an answer, those that were refused.",
           top=lambda row: float(_refused(row) and row.answerable),
           bottom=lambda row: float(_asked(row) and row.answerable)),
    _mean("recall@1", "recall@1", 1, "Gold evidence shown by the first passage found."),
    _mean("recall@3", "recall@3", 1, "Gold evidence shown by the first 3 passages found."),
    _mean("recall@5", "recall@5", 1, "Gold evidence shown by the first 5 passages found."),
    _mean("recall@10", "recall@10", 1, "Gold evidence shown by the first 10 passages found."),
    _mean("mrr", "MRR@10", 1, "One over the rank of the first passage with gold evidence."),
    _mean("ndcg@10", "nDCG@10", 1, "Gold evidence in the first 10, high ranks counting more."),
    _mean("rewrite_f1", "rewrite F1", 1,
          "Shared words of the question as it was understood and a person's rewrite of it."),
    _mean("last_turn_f1", "… unchanged question", 0,
          "The same for the last question left as it was: what doing nothing scores."),
    _mean("words", "words an answer", 0,
          "How long answers are: copying everything would win most other figures."),
    _mean("error", "failed", -1, "Cases in which the product raised an error; they score zero."),
)  # fmt: skip


def _selective(row: Row) -> tuple[float, float]:
    # A refusal gives no answer that could be right, so refusals come after every answer.
    if row.error or not row.answered:
        return row.confidence - 2.0, 0.0
    return row.confidence, row.scores["right"]


CURVES: tuple[Curve, ...] = (
    Curve("risk_area", "risk-coverage area", -1,
          "The mean share of wrong answers when only the surest are given, over all coverages.",
          _asked, _selective, risk_area),
    Curve("coverage_at_risk", "coverage at 10 % risk", 1,
          "The share of questions that can be answered with at most one answer in ten wrong.",
          _asked, _selective, lambda sure, right: coverage_at_risk(sure, right, RISK)),
    Curve("calibration_error", "calibration error", -1,
          "How far the stated confidence is from the share of answers that are right.",
          lambda row: _asked(row) and row.answered,
          lambda row: (row.confidence, row.scores["right"]), calibration_error),
    Curve("separation", "answerable told apart (AUC)", 1,
          "The chance that a question with an answer gets more confidence than one without.",
          _asked, lambda row: (row.confidence, float(row.answerable)), separation),
)  # fmt: skip

LABELS: dict[str, Metric | Curve] = {
    **{metric.name: metric for metric in METRICS},
    **{curve.name: curve for curve in CURVES},
}


def sums(metric: Metric, rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """What each row adds to the metric's two sums, in the rows' order."""
    top = np.array([metric.top(row) for row in rows], dtype=np.float64)
    return top, np.array([metric.bottom(row) for row in rows], dtype=np.float64)


def curve_points(curve: Curve, rows: Sequence[Row]) -> tuple[list[float], list[float], list[str]]:
    """Confidence, being right and group of every case that the curve is about."""
    chosen = [row for row in rows if curve.rows(row)]
    points = [curve.points(row) for row in chosen]
    return [p[0] for p in points], [p[1] for p in points], [row.group for row in chosen]


def figures(rows: Sequence[Row], *, seed: int = 0, curves: bool = True) -> dict[str, Figure]:
    """Every figure that applies to these rows, by name, in the order of a report."""
    groups = [row.group for row in rows]
    found = {}
    for metric in METRICS:
        top, bottom = sums(metric, rows)
        value = ratio(top, bottom)
        if not math.isnan(value) and any(map(metric.needs, rows)):
            spread = interval(top, bottom, groups, seed=seed)
            found[metric.name] = Figure(metric.name, value, spread, int((bottom > 0).sum()))
    for curve in CURVES if curves else ():
        sure, good, members = curve_points(curve, rows)
        value = curve.statistic(sure, good) if sure else math.nan
        if not math.isnan(value):
            spread = interval_of(curve.statistic, sure, good, members, seed=seed)
            found[curve.name] = Figure(curve.name, value, spread, len(sure))
    return found


def by_kind(rows: Sequence[Row], *, seed: int = 0) -> dict[str, dict[str, Figure]]:
    """The figures of each kind of question, without curves, in the order in which kinds come."""
    kinds = dict.fromkeys(row.kind for row in rows)
    return {
        kind: figures([row for row in rows if row.kind == kind], seed=seed, curves=False)
        for kind in kinds
    }
