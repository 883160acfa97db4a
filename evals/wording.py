"""Figures and runs in words, the same in the terminal and in the report."""

import math

from evals.metrics import LABELS, Figure
from evals.summary import Summary

_SCORES = frozenset(
    ("mrr", "ndcg@10", "f1", "text_f1", "rouge_l", "refusal_f1", "rewrite_f1", "last_turn_f1",
     "risk_area", "calibration_error", "separation")
)  # fmt: skip


def shown(name: str, value: float) -> str:
    """A figure's value: a percentage for shares, three decimals for scores, a plain count."""
    if math.isnan(value):
        return "–"
    if name == "words":
        return f"{value:.1f}"
    return f"{value:.3f}" if name in _SCORES else f"{100 * value:.1f} %"


def shown_range(figure: Figure) -> str:
    """A figure's 95 % interval."""
    low, high = figure.interval.low, figure.interval.high
    if math.isnan(low):
        return "–"
    return f"{shown(figure.name, low).removesuffix(' %')} to {shown(figure.name, high)}"


def label(name: str) -> str:
    """What a figure is called."""
    return LABELS[name].label


def seconds(value: float) -> str:
    """A duration: milliseconds below a second, minutes from two on."""
    if math.isnan(value):
        return "–"
    if value < 1:
        return f"{1000 * value:.0f} ms"
    return f"{value:.1f} s" if value < 120 else f"{value / 60:.1f} min"


def in_short(summary: Summary) -> list[str]:
    """The run in a few sentences."""
    said = []
    rows, found = summary.rows, summary.figures
    if "correct" in found:
        answerable = [row for row in rows if "correct" in row.scores]
        right = sum(row.right for row in answerable)
        said.append(f"Of {len(answerable)} questions that have an answer, {right} got it.")
    if "refusal_recall" in found:
        without = [row for row in rows if row.judged and not row.answerable]
        refused = sum(row.right for row in without)
        said.append(f"Of {len(without)} that have none, {refused} were refused.")
    if "citation_precision" in found and "correct" in found:
        said.append(
            f"{shown('citation_precision', found['citation_precision'].value)} of the citations "
            f"show the evidence, {shown('quotes_verified', found['quotes_verified'].value)} of the "
            "quotes are word for word."
        )
    if "recall@3" in found:
        said.append(
            f"The first three passages found hold {shown('recall@3', found['recall@3'].value)} of "
            "the evidence."
        )
    failed = sum(bool(row.error) for row in rows)
    if failed:
        said.append(f"{failed} cases failed and score zero.")
    if not math.isnan(summary.timings.ask_p50):
        said.append(f"An answer takes {seconds(summary.timings.ask_p50)} (median).")
    return said
