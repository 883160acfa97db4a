"""The report of a run as one HTML page that needs nothing else."""

from collections.abc import Mapping, Sequence

from evals.compare import Comparison
from evals.errors import ResultsError
from evals.html import Raw, joined, page, pairs, table, tag
from evals.lost import comparison_cases, lost_cases
from evals.metrics import LABELS, Figure
from evals.plots import latency_plot, recall_plot, reliability_plot, risk_plot
from evals.results import REPORT
from evals.rows import Row
from evals.summary import Summary
from evals.wording import in_short, label, seconds, shown, shown_range

TILES = (
    "right",
    "correct",
    "citation_precision",
    "refusal_f1",
    "recall@3",
    "ndcg@10",
    "rewrite_f1",
)
KIND_COLUMNS = (
    "right", "correct", "first_quote", "citation_recall", "citation_precision", "recall@3",
    "over_refusal", "words",
)  # fmt: skip

RISK = (
    "Wrong answers if only the surest were given; lower is better. The dot is where the bot itself "
    "draws the line: beyond it are the questions that it refuses."
)
RELIABILITY = (
    "How sure the bot said it was, and how often it was right. On the dashed line the two agree; "
    "the numbers count answers."
)
RECALL = "How much of the evidence the search brings among its first passages."


def write_report(summary: Summary) -> None:
    """Write `report.html` into the run's folder; raises ResultsError."""
    path = summary.folder / REPORT
    try:
        path.write_text(render(summary), encoding="utf-8")
    except OSError as error:
        raise ResultsError(f"{path} cannot be written: {error.strerror}.") from error


def render(summary: Summary) -> str:
    """The report as a page."""
    title = summary.about["title"]
    return page(
        f"corpus-qa: {title}",
        tag("p", "How well corpus-qa answers", cls="soft"),
        tag("h1", title),
        tag("p", *(f"{sentence} " for sentence in in_short(summary))),
        _tiles(summary),
        _comparison(summary.comparison) if summary.comparison else "",
        _kinds(summary),
        _plots(summary),
        lost_cases(summary.rows),
        _figures(summary),
        _splits(summary),
        _provenance(summary),
    )


def _tiles(summary: Summary) -> Raw:
    tiles = [
        (shown(name, summary.figures[name].value), label(name))
        for name in TILES
        if name in summary.figures
    ]
    tiles.append((seconds(summary.timings.ask_p50), "an answer (median)"))
    items = [
        tag("li", tag("b", value), tag("small", name)) for value, name in tiles if value != "–"
    ]
    return tag("ul", *items, cls="tiles")


def _comparison(found: Comparison) -> Raw:
    rows = [
        (
            label(item.name),
            shown(item.name, item.old),
            shown(item.name, item.new),
            _range(item.name, item.difference.interval.low, item.difference.interval.high),
            f"{item.p:.3f}",
            tag(
                "span",
                item.verdict,
                cls=item.verdict if item.verdict in ("better", "worse") else "",
            ),
        )
        for item in sorted(found.changes, key=lambda item: item.verdict == "no difference shown")
    ]
    left = f" {found.left_out} cases are in one run only and left out." if found.left_out else ""
    return joined(
        (
            tag("h2", "What changed"),
            tag(
                "p",
                f"Against {found.old_name}, over the {found.cases} cases of both: "
                f"{len(found.won)} cases won, {len(found.lost)} lost.{left} A figure counts as "
                "better or worse where chance is no likely reason: of such verdicts fewer than one "
                "in twenty are expected to be wrong (paired bootstrap over the same questions, "
                "corrected for looking at many figures).",
                cls="soft",
            ),
            table(
                ("figure", "before", "now", "change, 95 % interval", "p", "verdict"),
                rows,
                range(1, 5),
            ),
            comparison_cases(found),
        )
    )


def _range(name: str, low: float, high: float) -> str:
    bare = shown(name, low).removesuffix(" %"), shown(name, high)
    return " to ".join(part if part.startswith("-") else f"+{part}" for part in bare)


def _kinds(summary: Summary) -> Raw:
    columns = [name for name in KIND_COLUMNS if name in summary.figures]
    if not columns or not summary.kinds:
        return Raw("")
    counts = {kind: sum(row.kind == kind for row in summary.rows) for kind in summary.kinds}
    rows: list[tuple[object, ...]] = [
        (kind, counts[kind], *_cells(found, columns)) for kind, found in summary.kinds.items()
    ]
    rows.append((tag("b", "all"), len(summary.rows), *_cells(summary.figures, columns)))
    head = ("kind", "cases", *(label(name) for name in columns))
    return joined((tag("h2", "By kind of question"), table(head, rows, range(1, len(head)))))


def _cells(found: Mapping[str, Figure], columns: Sequence[str]) -> list[str]:
    return [shown(name, found[name].value) if name in found else "–" for name in columns]


def _plots(summary: Summary) -> Raw:
    rows, old = summary.rows, _old_rows(summary)
    drawn: list[tuple[str, str]] = []
    if "risk_area" in summary.figures:
        drawn += [(risk_plot(rows, old), RISK), (reliability_plot(rows), RELIABILITY)]
    if "recall@1" in summary.figures:
        drawn.append((recall_plot(rows, old), RECALL))
    if any(row.seconds for row in rows):
        drawn.append((latency_plot(rows), "How long an answer takes, from question to answer."))
    figures = [tag("figure", Raw(svg), tag("figcaption", text)) for svg, text in drawn]
    return joined((tag("h2", "Curves"), tag("div", *figures, cls="plots"))) if drawn else Raw("")


def _old_rows(summary: Summary) -> tuple[Row, ...]:
    return summary.comparison.old_rows if summary.comparison else ()


def _figures(summary: Summary) -> Raw:
    rows = [
        (label(name), shown(name, found.value), shown_range(found), found.cases, LABELS[name].about)
        for name, found in summary.figures.items()
    ]
    return joined(
        (
            tag("h2", "All figures"),
            table(("figure", "value", "95 % interval", "cases", "what it is"), rows, range(1, 4)),
        )
    )


def _splits(summary: Summary) -> Raw:
    if not summary.splits:
        return Raw("")
    columns = [name for name in KIND_COLUMNS if name in summary.figures]
    counts = {split: sum(r.split == split for r in summary.rows) for split in summary.splits}
    rows = [
        (split, counts[split], *_cells(found, columns)) for split, found in summary.splits.items()
    ]
    head = ("half", "cases", *(label(name) for name in columns))
    said = "Nothing may be tuned on the half called report; figures that count are those."
    return joined(
        (tag("h2", "By half"), tag("p", said, cls="soft"), table(head, rows, range(1, len(head))))
    )


def _provenance(summary: Summary) -> Raw:
    held, times = summary.provenance, summary.timings
    items: list[tuple[object, object]] = [
        ("questions", f"{summary.about['source']} ({summary.about['licence']})"),
        ("traps", summary.about["traps"]),
        ("cold start", seconds(times.cold)),
        ("ask, median and 95 of 100", f"{seconds(times.ask_p50)}, {seconds(times.ask_p95)}"),
        ("index", seconds(times.index)),
        ("whole run", seconds(times.total)),
        ("peak memory", f"{times.peak_memory_mib:.0f} MiB"),
        *((name, held[name]) for name in ("set_digest", "seed", "limit", "split", "label")),
        ("commit", held["commit"] or "none"),
        ("code digest", held["code"]),
        *((f"index {one['corpus']}", _listed(one)) for one in held["indexes"]),
        ("machine", _listed(held["machine"])),
        ("versions", _listed(held["versions"])),
    ]
    return joined((tag("h2", "What these figures depend on"), pairs(items)))


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
