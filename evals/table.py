"""The summary as tables for a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evals.compare import Comparison
from evals.summary import Summary
from evals.wording import in_short, label, seconds, shown, shown_range

KIND_COLUMNS = ("right", "correct", "citation_recall", "citation_precision", "recall@3", "words")


def render(summary: Summary) -> RenderableType:
    """Everything a terminal shows of a run; `rich.console.Console.print` takes it."""
    parts: list[RenderableType] = [
        Text(summary.about["title"], style="bold"),
        *(Text(sentence) for sentence in in_short(summary)),
        _figures(summary),
    ]
    if len(summary.kinds) > 1:
        parts.append(_kinds(summary))
    if summary.comparison:
        parts.append(_changes(summary.comparison))
    times = summary.timings
    parts.append(
        Text(
            f"ask p50 {seconds(times.ask_p50)}, p95 {seconds(times.ask_p95)}; "
            f"cold start {seconds(times.cold)}; index {seconds(times.index)}; "
            f"whole run {seconds(times.total)}; peak memory {times.peak_memory_mib:.0f} MiB"
        )
    )
    parts.append(Text(f"Report: {summary.report}"))
    return Group(*parts)


def _figures(summary: Summary) -> Table:
    table = Table("figure", "value", "95 % interval", "cases")
    for name, figure in summary.figures.items():
        table.add_row(
            label(name), shown(name, figure.value), shown_range(figure), str(figure.cases)
        )
    return table


def _kinds(summary: Summary) -> Table:
    columns = [name for name in KIND_COLUMNS if name in summary.figures]
    table = Table("kind", "cases", *(label(name) for name in columns))
    counts = {kind: sum(row.kind == kind for row in summary.rows) for kind in summary.kinds}
    for kind, found in summary.kinds.items():
        cells = [shown(name, found[name].value) if name in found else "–" for name in columns]
        table.add_row(kind, str(counts[kind]), *cells)
    return table


def _changes(comparison: Comparison) -> Table:
    table = Table(
        "figure", "before", "now", "verdict",
        title=f"against {comparison.old_name}: {len(comparison.won)} cases won, "
        f"{len(comparison.lost)} lost",
    )  # fmt: skip
    for item in comparison.changes:
        table.add_row(
            label(item.name), shown(item.name, item.old), shown(item.name, item.new), item.verdict
        )
    return table
