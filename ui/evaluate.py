"""Running a question set from the command line: the only place where `ui` meets `evals`."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from evals import Options, Summary, Tick, gate, run
from evals.asking import Asked, Build, build_bot
from evals.results import SUMMARY
from evals.run import Progress
from ui.errors import Incomplete
from ui.options import settings_from
from ui.progress import EVERY_S, Now

_STAGES = {"index": "indexing", "ask": "asking"}


def evaluate(
    target: str,
    *,
    out: Path | None,
    data: Path | None,
    options: Options,
    gated: bool,
    llm: str = "",
) -> None:
    """Run a set, print its tables, and check its figures against the floors where `gated`.

    With `llm` that language model writes the answers.

    Raises Incomplete where a figure is on the wrong side of its bound, and what `evals.run` does.
    """
    with _progress() as progress:
        summary = run(
            target,
            out=out or next_folder(Path("results"), Path(target).stem),
            data=data,
            options=options,
            build=_building(llm) if llm else build_bot,
            progress=progress,
        )
    _print(summary)
    shortfalls = gate.check(summary.name, summary.figures) if gated else ()
    if shortfalls:
        raise Incomplete(" ".join(map(str, shortfalls)))


def _building(llm: str) -> Build:
    from qa import Bot

    settings = settings_from(llm=llm)

    def build(paths: Sequence[Path], data: Path) -> Asked:
        if paths:
            return Bot.build(paths, data, settings=settings)
        return Bot.open(data, settings=settings)

    return build


def next_folder(results: Path, name: str) -> Path:
    """Return the first of NAME, NAME-2, NAME-3 … that holds no complete run.

    An interrupted run is gone on with, a complete one is never written over.
    """
    numbers = count(2)
    folder = results / name
    while (folder / SUMMARY).exists():
        folder = results / f"{name}-{next(numbers)}"
    return folder


def _print(summary: Summary) -> None:
    from rich.console import Console

    from evals.table import render

    Console(highlight=False).print(render(summary))


@contextmanager
def _progress() -> Iterator[Progress]:
    if not sys.stderr.isatty():
        now = Now(EVERY_S)
        yield lambda tick: _tell(tick) if now() else None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def advance(tick: Tick) -> None:
            said = f"{_STAGES[tick.stage]} {tick.corpus}"
            bars.update(task, completed=tick.done, total=tick.total, description=said)

        yield advance


def _tell(tick: Tick) -> None:
    sys.stderr.write(f"{_STAGES[tick.stage]} {tick.corpus}: {tick.done:,} of {tick.total:,}\n")
    sys.stderr.flush()
