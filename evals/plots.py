"""The report's plots as inline SVG that follows the page's colours, light or dark."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evals.curves import reliability, risk_coverage
from evals.metrics import CURVES, curve_points
from evals.retrieval import CUTOFFS
from evals.rows import Row
from evals.summary import latencies

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"  # replaced by the page's text colour; no plot uses it for anything else
OURS, OLD = "#2f81c7", "#d9822b"  # both readable on white and on near-black

_RISK = next(curve for curve in CURVES if curve.name == "risk_area")
_CALIBRATION = next(curve for curve in CURVES if curve.name == "calibration_error")


class Plot:
    """One plot: draw on `axes`, then take `svg`, which is the same for the same drawing.

    `name` keeps the ids of several SVGs on one page apart; `about` is read out by screen readers.
    """

    def __init__(self, name: str, about: str, *, across: str, up: str) -> None:
        from matplotlib.figure import Figure

        self._name, self._about = name, about
        self._figure = Figure(figsize=(4.6, 3.1))
        self._figure.subplots_adjust(left=0.13, right=0.97, bottom=0.16, top=0.95)
        self.axes: Axes = self._figure.subplots()
        self.axes.set_xlabel(across, color=INK)
        self.axes.set_ylabel(up, color=INK)
        self.axes.tick_params(colors=INK)
        self.axes.patch.set_alpha(0)
        self._figure.patch.set_alpha(0)
        for side, spine in self.axes.spines.items():
            spine.set_color(INK)
            spine.set_visible(side in ("left", "bottom"))

    def svg(self) -> str:
        """The plot as an SVG element."""
        import matplotlib as mpl

        if self.axes.get_legend_handles_labels()[0]:
            self.axes.legend(frameon=False, labelcolor=INK, fontsize=9)
        out = io.StringIO()
        with mpl.rc_context({"svg.hashsalt": self._name, "svg.fonttype": "none"}):
            self._figure.savefig(out, format="svg", metadata={"Date": None})
        drawn = out.getvalue()
        drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn[drawn.index("<svg") :], flags=re.S)
        drawn = re.sub(r'id="([A-Za-z0-9.]+_[0-9]+)"', rf'id="{self._name}-\1"', drawn)
        return drawn.replace(INK, "currentColor").replace(
            "<svg ", f'<svg role="img" aria-label="{self._about}" ', 1
        )


def risk_plot(rows: Sequence[Row], old: Sequence[Row]) -> str:
    """Risk against coverage, with a dot where the bot itself draws the line."""
    plot = Plot(
        "risk", "Share of wrong answers against share of questions answered",
        across="share of questions answered, surest first", up="share of these that are wrong",
    )  # fmt: skip
    for part, colour, name in ((old, OLD, "before"), (rows, OURS, "this run")):
        sure, right, _ = curve_points(_RISK, part)
        if not sure:
            continue
        coverage, risk = risk_coverage(sure, right)
        plot.axes.plot(coverage, risk, color=colour, label=name if old else None)
        answered = sum(row.answered for row in part if _RISK.rows(row))
        if answered:
            plot.axes.plot(coverage[answered - 1], risk[answered - 1], "o", color=colour)
    plot.axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    return plot.svg()


def recall_plot(rows: Sequence[Row], old: Sequence[Row]) -> str:
    """Recall in the first 1, 3, 5 and 10 passages."""
    plot = Plot(
        "recall", "Share of the evidence in the first passages found",
        across="passages looked at", up="share of the evidence found",
    )  # fmt: skip
    for part, colour, name in ((old, OLD, "before"), (rows, OURS, "this run")):
        ranked = [row.scores for row in part if "recall@1" in row.scores]
        if not ranked:
            continue
        means = [sum(scores[f"recall@{k}"] for scores in ranked) / len(ranked) for k in CUTOFFS]
        plot.axes.plot(CUTOFFS, means, "o-", color=colour, label=name if old else None)
    plot.axes.set(ylim=(0, 1.02), xticks=CUTOFFS)
    return plot.svg()


def latency_plot(rows: Sequence[Row]) -> str:
    """How the seconds of an answer are spread, with lines at the median and the 95th of 100."""
    plot = Plot(
        "latency", "How long answers take",
        across="milliseconds an answer", up="questions",
    )  # fmt: skip
    taken = [1000 * row.seconds for row in rows if row.seconds]
    middle, high = latencies(rows)
    if taken and not math.isnan(middle):
        edge = 1.5 * 1000 * high  # a few slow ones must not squeeze the rest into one bar
        plot.axes.hist([min(value, edge) for value in taken], bins=30, color=OURS)
        for value, name in ((1000 * middle, "median"), (1000 * high, "95 of 100")):
            plot.axes.axvline(value, color=INK, linestyle="--", linewidth=1)
            plot.axes.text(
                value, 1.0, f" {name}", color=INK, fontsize=9, rotation=90, va="top", ha="right",
                transform=plot.axes.get_xaxis_transform(),
            )  # fmt: skip
    return plot.svg()


def reliability_plot(rows: Sequence[Row]) -> str:
    """Stated confidence against the share that is right; on the line they agree."""
    plot = Plot(
        "reliability", "Share of right answers against stated confidence",
        across="stated confidence", up="share of answers that are right",
    )  # fmt: skip
    sure, right, _ = curve_points(_CALIBRATION, rows)
    plot.axes.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle="--")
    for one in reliability(sure, right) if sure else ():
        plot.axes.bar(one.low + 0.05, one.accuracy, width=0.09, color=OURS)
        plot.axes.text(
            one.low + 0.05, one.accuracy + 0.01, str(one.count), color=INK, fontsize=8, ha="center"
        )
    plot.axes.set(xlim=(0, 1), ylim=(0, 1.08))
    return plot.svg()
