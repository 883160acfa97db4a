"""The figures of all sizes as one picture: time, memory, disk and recall against chunks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.scale.aims import MEMORY_MB, RECALL, Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ASKED = {
    "question_p50_ms": "question, median",
    "question_p95_ms": "question, 95 %",
    "vector_leg_p50_ms": "vector leg, median",
    "lexical_leg_p50_ms": "lexical leg, median",
    "filtered_wide_p50_ms": "filter on 6 in 10, median",
    "filtered_outlet_p50_ms": "filter on 1 in 9, median",
    "filtered_rare_p50_ms": "filter on 1 in 1,000, median",
}
_WRITTEN = {
    "build_seconds": "whole build",
    "add_seconds": "one article added",
    "remove_seconds": "one article removed",
    "open_seconds": "opened, files not in memory",
}
_KEPT = {
    "serving_mb": "memory, serving",
    "build_peak_mb": "memory, building",
    "generation_mb": "disk, one generation",
    "cache_mb": "disk, cache of vectors",
}


def draw(results: Mapping[str, Figures], path: Path) -> None:
    """Draw the figures into an SVG file; raises OSError."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 7.2), layout="constrained")
    panels = figure.subplots(2, 2)
    _panel(panels[0][0], results, _ASKED, "milliseconds")
    _panel(panels[0][1], results, _WRITTEN, "seconds")
    _panel(panels[1][0], results, _KEPT, "megabytes")
    panels[1][0].axhline(MEMORY_MB, color="grey", linestyle=":")
    _panel(panels[1][1], results, {"recall": "recall@10 of the vector leg"}, "share")
    panels[1][1].set_yscale("linear")
    panels[1][1].set_ylim(0.9, 1.005)
    panels[1][1].axhline(RECALL, color="grey", linestyle=":")
    figure.savefig(path, format="svg", metadata={"Date": None})


def _panel(
    axes: "Axes", results: Mapping[str, Figures], names: Mapping[str, str], unit: str
) -> None:
    sizes: Sequence[str] = sorted(results, key=int)
    for name, label in names.items():
        axes.plot([int(n) for n in sizes], [results[n][name] for n in sizes], "o-", label=label)
    axes.set(xscale="log", yscale="log", xlabel="chunks", ylabel=unit)
    axes.legend(fontsize=7)
