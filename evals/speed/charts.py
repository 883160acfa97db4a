"""The pictures of a bench as inline SVG: each contestant a bar, with the spread of the rounds."""

from collections.abc import Mapping
from typing import Any

from evals.plots import INK, OLD, OURS, Plot
from evals.speed import contestants
from evals.speed.figures import Table, spread
from evals.speed.plan import ASKERS

BARS = (
    ("chunks_s", "chunks a second", "Indexing: chunks a second. Longer is better."),
    ("first_scifact", "seconds", "A cold process to its first answer (peers: to first passages)."),
    ("passages_p50", "milliseconds", "A question to its passages, median of a warm process."),
    ("index_memory", "MiB", "The most memory that indexing takes."),
)


def charts(figures: Table, names: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each picture with the sentence under it."""
    drawn = [(_bars(figures, names, name, across), text) for name, across, text in BARS
             if figures[name]]  # fmt: skip
    loads = [what for what in ("passages", "answer") if figures[f"{what}_1"]]
    if loads:
        text = "What corpus-qa answers in a second, over what it answers to one who asks alone."
        drawn.append((_loads(figures, loads), text))
    return drawn


def _bars(figures: Table, names: Mapping[str, Any], name: str, across: str) -> str:
    plot = Plot(f"speed-{name}", across, across=across, up="")
    held = [n for n in reversed(list(names)) if n in figures[name]]
    for place, contestant in enumerate(held):
        found = spread(list(figures[name][contestant].values()))
        colour = OURS if contestant == contestants.OURS.name else OLD
        around = [[found.median - found.low], [found.high - found.median]]
        plot.axes.barh(place, found.median, color=colour, xerr=around, ecolor=INK, height=0.6)
    plot.axes.set_yticks(range(len(held)), [names[n]["title"] for n in held])
    plot.axes.figure.subplots_adjust(left=0.22)
    return plot.svg()


def _loads(figures: Table, kinds: list[str]) -> str:
    plot = Plot(
        "speed-load", "Throughput", across="asking at once", up="throughput over that of one"
    )
    labels = {"passages": "passages by HTTP", "answer": "answers of its own server"}
    plot.axes.axhline(1, color=INK, linewidth=1, linestyle="--")
    for what, colour in zip(kinds, (OLD, OURS), strict=False):
        points = []
        for askers in ASKERS:
            held = figures[f"{what}_{askers}"].get(contestants.OURS.name)
            if held:
                points.append((askers, spread(list(held.values())).median))
        if points:
            across, up = zip(*points, strict=True)
            gains = [value / up[0] for value in up]
            plot.axes.plot(across, gains, "o-", color=colour, label=labels[what])
    plot.axes.set(xticks=list(ASKERS))
    plot.axes.set_ylim(bottom=0)
    return plot.svg()
