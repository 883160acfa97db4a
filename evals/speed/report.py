"""The report of a bench, as one HTML page that needs nothing else and as Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals import html
from evals.errors import ResultsError
from evals.html import Raw, joined, page, tag
from evals.speed.aims import Aim, aims
from evals.speed.charts import charts
from evals.speed.figures import FIGURES, Spread, Table, ndcg, spread, table
from evals.speed.results import FAILURES, RUN, Measured, measured, read

ABOUT = (
    "Each contestant runs in processes and an environment of its own, on the same articles and the "
    "same weights of all-MiniLM-L6-v2, one after the other in an order that changes. Figures are "
    "medians of the rounds with the lowest and the highest. A ratio compares two contestants of "
    "the same round. The peers have no answers without a language model: they are timed to their "
    "first passages."
)
Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    head: tuple[str, ...]
    rows: Rows


def write_reports(out: Path) -> None:
    """Write `report.html` and `report.md` of the bench in `out`; raises ResultsError."""
    about = read(out / RUN)
    failures = read(out / FAILURES) if (out / FAILURES).exists() else {}
    found = measured(out, about["contestants"])
    if not found:
        raise ResultsError(f"{out} holds nothing that was measured yet.")
    figures, quality = table(found), ndcg(found, about["judged"])
    sections = [
        _Section("What was wanted", ("aim", "bound", "found", ""), _aims(aims(figures, quality))),
        _all(figures, quality, about["contestants"]),
        _Section("How they were set up", ("contestant", "how", "versions"), _set_up(about, found)),
        _Section("Not measured", ("what", "why"), [[k, v] for k, v in failures.items()]),
        _Section("On which machine", ("", ""), _machine(about, found)),
    ]
    drawn = charts(figures, about["contestants"])
    filled = [section for section in sections if section.rows]
    try:
        (out / "report.html").write_text(_page(filled, drawn), encoding="utf-8")
        (out / "report.md").write_text(_markdown(filled), encoding="utf-8")
    except OSError as error:
        raise ResultsError(f"The report cannot be written: {error.strerror}.") from error


def _aims(found: Sequence[Aim]) -> Rows:
    return [
        [
            aim.text,
            f"{'at least' if aim.at_least else 'at most'} {aim.bound:g}",
            shown(aim.found, 3 if aim.bound < 2 else 2) if aim.found else "–",
            "met" if aim.met else "missed" if aim.found else "not measured",
        ]
        for aim in found
    ]


def _all(figures: Table, quality: Mapping[str, float], names: Mapping[str, Any]) -> _Section:
    rows = []
    for figure in FIGURES:
        held = figures[figure.name]
        if held:
            spreads = [spread(list(held[n].values())) if n in held else None for n in names]
            rows.append([figure.label, *(shown(s, figure.digits) if s else "–" for s in spreads)])
    ranked = [f"{quality[name]:.3f}" if name in quality else "–" for name in names]
    rows.insert(0, ["nDCG@10 on SciFact", *ranked])
    return _Section("All figures", ("figure", *(names[n]["title"] for n in names)), rows)


def shown(found: Spread, digits: int) -> str:
    """A spread as text: the median, and the range in brackets where there are several rounds."""
    if found.rounds == 1:
        return f"{found.median:,.{digits}f}"
    return f"{found.median:,.{digits}f} [{found.low:,.{digits}f}, {found.high:,.{digits}f}]"


def _set_up(about: Mapping[str, Any], found: Sequence[Measured]) -> Rows:
    rows = []
    for name, told in about["contestants"].items():
        told_by = [p.values for p in found if p.contestant == name and "versions" in p.values]
        versions: dict[str, str] = told_by[0]["versions"] if told_by else {}
        said = ", ".join(f"{package} {version}" for package, version in versions.items())
        rows.append([told["title"], told["how"], said])
    return rows


def _machine(about: Mapping[str, Any], found: Sequence[Measured]) -> Rows:
    loads = [part.values["load"] for part in found if "load" in part.values]
    size = f"{about['rounds']} rounds; {about['limit']} abstracts indexed in each"
    asked = "all of SciFact" if about["full"] else "these abstracts"
    rows = [[name, value] for name, value in about["machine"].items()]
    return [
        *rows,
        [
            "load before a part (1 minute)",
            f"{min(loads):.1f} to {max(loads):.1f}" if loads else "–",
        ],
        ["size", f"{size}; asked of {asked}"],
        ["commit", about["commit"] or "none"],
    ]


def _page(sections: Sequence[_Section], drawn: Sequence[tuple[str, str]]) -> str:
    figures = [tag("figure", Raw(svg), tag("figcaption", text)) for svg, text in drawn]
    plots = joined((tag("h2", "In pictures"), tag("div", *figures, cls="plots"))) if drawn else ""
    parts = [_section(section) for section in sections]
    return page(
        "corpus-qa: speed beside the peers",
        tag("p", "How fast corpus-qa is", cls="soft"),
        tag("h1", "Speed beside the peers"),
        tag("p", ABOUT),
        parts[0],
        plots,
        *parts[1:],
    )


def _section(section: _Section) -> Raw:
    rows = [[_cell(cell) for cell in row] for row in section.rows]
    numbers = range(1, len(section.head)) if section.title == "All figures" else ()
    return joined((tag("h2", section.title), html.table(section.head, rows, numbers)))


def _cell(text: str) -> object:
    marks = {"met": "better", "missed": "worse"}
    return tag("span", text, cls=marks[text]) if text in marks else text


def _markdown(sections: Sequence[_Section]) -> str:
    lines = ["# Speed beside the peers", "", ABOUT, ""]
    for section in sections:
        lines += [
            f"## {section.title}",
            "",
            _line(section.head),
            _line(["---"] * len(section.head)),
        ]
        lines += [*map(_line, section.rows), ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
