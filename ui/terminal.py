"""Answers, passages and status as lines for a terminal; nothing in an article can steer it."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from index.types import Passage
from qa.types import Answer, Citation
from ui.words import byline, count, day, named, shortened

if TYPE_CHECKING:
    from index.build import Report
    from index.status import Status

NAMES = 20  # of articles listed in a report; the rest is counted

# Bytes below 32 and 127 to 159 can move the cursor, set the window's title or feed the keyboard
# buffer; the bidirectional controls can show a line in another order than it is written.
_VISIBLE = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
    **dict.fromkeys((0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F)), "\ufffd"),
    **dict.fromkeys(range(0x2066, 0x206A), "\ufffd"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}


def harmless(text: str) -> str:
    """The text in one line, every control character replaced by a visible one."""
    return " ".join(text.split()).translate(_VISIBLE)


def answer_lines(answer: Answer, width: int) -> Iterator[str]:
    """An answer with its numbered citations, or what is missing and the nearest passages."""
    if answer.standalone != answer.question:
        yield typer.style(f"understood as: {harmless(answer.standalone)}", dim=True)
    short = harmless(answer.short)
    if answer.answered and short and short not in harmless(answer.text):
        yield from _wrapped(short, width, bold=True)
        yield ""
    for paragraph in filter(None, map(harmless, answer.text.splitlines())):
        yield from _wrapped(paragraph, width, bold=not answer.answered)
    if answer.wrote:
        yield typer.style(f"written by {harmless(answer.wrote)}", dim=True)
    if answer.note:
        yield from _wrapped(f"note: {harmless(answer.note)}", width)
    if answer.answered:
        for citation in answer.citations:
            yield ""
            yield from citation_lines(citation, width)
    else:
        yield from _refusal_lines(answer, width)


def citation_lines(citation: Citation, width: int) -> Iterator[str]:
    """A citation: its number, title, outlet and date, then the quote."""
    title = harmless(named(citation.title, citation.path, citation.article_id))
    head = f"[{citation.number}] {title} ({harmless(byline(citation.source, citation.published))})"
    yield from _wrapped(head, width, bold=True, indent="    ", first="")
    yield from _wrapped(f"“{harmless(citation.quote)}”", width, indent="    ")


def _refusal_lines(answer: Answer, width: int) -> Iterator[str]:
    unnamed = [harmless(name) for name in answer.missing if name not in answer.text]
    if unnamed:
        yield from _wrapped(f"Not found: {', '.join(unnamed)}", width)
    if answer.nearest:
        yield ""
        yield "The nearest passages:"
    for passage in answer.nearest:
        title = harmless(named(passage.title, "", passage.article_id))
        yield from _wrapped(
            f"- {title}: “{harmless(shortened(passage.text, 200))}”", width, indent="  ", first=""
        )


def show_passages(passages: Sequence[Passage]) -> None:
    """Print the passages of a search as a table: score, article, outlet and date, text."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, header_style="bold")
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("article", ratio=1)
    table.add_column("passage", ratio=2)
    for passage in passages:
        article = Text(harmless(named(passage.title, "", passage.article_id)), style="bold")
        article.append("\n" + harmless(byline(passage.source, passage.published)), style="not bold")
        text = Text(harmless(shortened(passage.text, 300)))
        table.add_row(f"{passage.score:.3f}", article, text)
    Console(highlight=False, markup=False).print(table)


def status_lines(status: "Status") -> Iterator[str]:
    """What is indexed, with which model, since when."""
    built = datetime.fromisoformat(status.built).astimezone()
    dated = " to ".join(map(day, dict.fromkeys(status.dates))) if status.dates else "none stated"
    outlets = sorted(status.sources.items(), key=lambda item: (-item[1], item[0]))
    stated = [f"{harmless(name)} ({number:,})" for name, number in outlets if name]
    yield f"articles    {status.articles:,}"
    yield f"chunks      {status.chunks:,}"
    yield f"outlets     {', '.join(stated[:NAMES]) or 'none stated'}"
    yield f"dates       {dated}"
    yield f"model       {harmless(status.model)}"
    yield f"generation  {status.generation}, built {day(built.date())} at {built:%H:%M}"
    for root in status.roots:
        yield f"read from   {harmless(root)}"


def report_lines(report: "Report") -> Iterator[str]:
    """What a sync did: the articles by name, what failed and why, and the figures."""
    for verb, names in (
        ("added", report.added),
        ("changed", report.changed),
        ("removed", report.removed),
        ("kept as it was", report.kept),
    ):
        yield from (f"{verb}: {harmless(name)}" for name in names[:NAMES])
        if len(names) > NAMES:
            yield f"{verb}: {len(names) - NAMES:,} more"
    for failed in report.failed:
        yield f"failed: {harmless(failed.name)}: {harmless(failed.reason)}"
    published = f"generation {report.generation}" if report.generation else "nothing has changed"
    yield (
        f"{count(report.articles, 'article')}, {count(report.chunks, 'chunk')}, "
        f"{report.embedded:,} embedded in {report.seconds:.1f} s; {published}"
    )


def _wrapped(
    text: str, width: int, *, bold: bool = False, indent: str = "", first: str | None = None
) -> Iterator[str]:
    lines = textwrap.wrap(
        text,
        max(width, 20),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    for line in lines:
        yield typer.style(line, bold=True) if bold else line
