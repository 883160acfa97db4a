"""Putting questions to a bot and timing it: the only place where its failures become rows."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from evals.cases import Case
from evals.corpus import CaseSet, Corpus, written
from evals.errors import EvalError
from evals.score import Outcome
from index.errors import IndexFailure
from index.types import Passage
from qa.errors import QAError
from qa.types import Answer, Turn


class Asked(Protocol):
    """What an evaluation needs of a bot; `qa.Bot` is one."""

    def ask(self, question: str, *, history: tuple[Turn, ...] = ()) -> Answer: ...

    def search(self, question: str, k: int = 10) -> Sequence[Passage]: ...

    def close(self) -> None: ...


Build = Callable[[Sequence[Path], Path], Asked]


def build_bot(paths: Sequence[Path], data: Path) -> Asked:
    """Index these files into that data folder and open a bot on it, as the product does."""
    from qa.bot import Bot

    return Bot.build(paths, data) if paths else Bot.open(data)


def opened(corpus: Corpus, folder: Path, build: Build) -> tuple[Asked, Path, float]:
    """A bot on the corpus, its data folder, and the seconds that it took to have it.

    An opened corpus is built with no paths. Raises EvalError where it cannot be indexed.
    """
    data = corpus.opened or folder
    paths = () if corpus.opened else written(corpus, folder / "articles")
    started = time.perf_counter()
    try:
        bot = build(paths, data)
    except (IndexFailure, QAError) as error:
        raise EvalError(f"The corpus {corpus.name!r} cannot be asked: {error}") from error
    return bot, data, time.perf_counter() - started


def ask(bot: Asked, case: Case, chosen: CaseSet) -> Outcome:
    """Put one case to the bot. A failure of any kind is an outcome: it must not leave the count."""
    answer, passages, error = None, None, ""
    started = time.perf_counter()
    seconds = 0.0
    try:
        if chosen.asks:
            answer = bot.ask(case.question, history=case.history)
            seconds = time.perf_counter() - started
        if chosen.searches and case.evidence:
            query = answer.standalone if answer else case.question
            passages = bot.search(query, k=chosen.depth)
    except Exception as failure:  # noqa: BLE001 - whatever the product raises scores zero
        answer, passages = None, None
        error = f"{type(failure).__name__}: {failure}"
    return Outcome(answer, passages, error, seconds, chosen.asks)


def cold_start(data: Path, question: str) -> float:
    """Seconds from starting a new process to its first answer; NaN where it fails."""
    program = "import sys; from qa import Bot; Bot.open(sys.argv[1]).ask(sys.argv[2])"
    command = [sys.executable, "-c", program, str(data.absolute()), question]
    started = time.perf_counter()
    try:
        subprocess.run(
            command, cwd=Path(__file__).parents[1], capture_output=True, timeout=120, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return float("nan")
    return time.perf_counter() - started
