"""How far indexing has come: a bar on a terminal, plain lines everywhere else; on stderr."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ui.words import count

if TYPE_CHECKING:
    from index.meter import Progress

EVERY_S = 5.0  # between plain lines


@contextmanager
def progress() -> Iterator["Progress"]:
    """Yield what hears the progress of one sync, shown while the context lasts."""
    if not sys.stderr.isatty():
        now = Now(EVERY_S)
        yield lambda *numbers: _tell(figures(*numbers)) if now() else None
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[left]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("indexing", total=None, left="")

        def advance(
            articles: int, articles_total: int | None, chunks: int, chunks_total: int | None
        ) -> None:
            said = figures(articles, articles_total, chunks, chunks_total)
            # By articles: how many chunks there are is known only when everything was read.
            bars.update(task, completed=articles, total=articles_total, left=said)

        yield advance


class Now:
    """Says yes at most once in so many seconds, and not in the first of them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = time.monotonic()

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def figures(
    articles: int, articles_total: int | None, chunks: int, chunks_total: int | None
) -> str:
    """The numbers done, each with its total where that is known."""
    done = f"{articles:,} of " if articles_total is not None else ""
    cut = f"{chunks:,} of " if chunks_total is not None else ""
    known = articles if articles_total is None else articles_total
    whole = chunks if chunks_total is None else chunks_total
    return f"{done}{count(known, 'article')}, {cut}{count(whole, 'chunk')}"


def _tell(said: str) -> None:
    sys.stderr.write(f"indexing: {said}\n")
    sys.stderr.flush()
