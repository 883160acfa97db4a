"""Measure corpus-qa beside its peers: `python -m evals.speed --data DIR`."""

import argparse
import signal
import sys
from pathlib import Path

from evals.errors import EvalError
from evals.speed.bench import Bench, chosen
from evals.speed.contestants import ALL
from evals.speed.plan import Size, subjects
from evals.speed.report import write_reports
from index.errors import LockedError, StoreError
from index.lock import writing

INTERRUPTED = 130


def _options() -> argparse.Namespace:
    usual = Size()
    parser = argparse.ArgumentParser(prog="python -m evals.speed", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, help="the folder of public sets, with scifact/ in it")
    add("--out", type=Path, default=Path("results/speed"), help="where the results go")
    add("--cache", type=Path, default=Path(".cache/bench"), help="where the environments are")
    add("--only", nargs="+", default=[], metavar="NAME", help="contestants: all without this")
    add("--rounds", type=int, default=usual.rounds)
    add("--limit", type=int, default=usual.limit, help="abstracts indexed in every round")
    add("--no-full", action="store_true", help="ask of these abstracts alone, not of all")
    add("--questions", type=int, default=usual.questions, help="asked in every round")
    add("--load", type=int, default=usual.load, help="questions of one asker; more for several")
    add("--prepare", action="store_true", help="make environments and indexes, and no more")
    add("--report", action="store_true", help="write the report of what is measured, no more")
    return parser.parse_args()


def main() -> int:
    """Run the bench and write its report; an error is one sentence on stderr."""
    options = _options()
    # Also where a shell has told its background jobs to ignore Ctrl-C: no process is left behind.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    size = Size(options.rounds, options.limit, not options.no_full, options.questions, options.load)
    try:
        if not options.report:
            _measure(options, size)
        if options.prepare:
            return 0
        write_reports(options.out)
    except (EvalError, LockedError, StoreError) as error:
        _tell(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        _tell("Interrupted; the same command goes on with what is not measured yet.")
        return INTERRUPTED
    _tell(f"The report is {options.out / 'report.html'}.")
    return 0


def _measure(options: argparse.Namespace, size: Size) -> None:
    if options.data is None:
        raise EvalError("Say by --data DIR where the public sets are; scifact/ must be in it.")
    if min(size.rounds, size.limit, size.questions, size.load) < 1:
        raise EvalError("Rounds, limit, questions and load must be at least 1.")
    contestants, out = chosen(options.only, ALL), options.out.absolute()
    options.cache.mkdir(parents=True, exist_ok=True)
    with writing(options.cache):  # two at once would measure each other
        given = subjects(options.data, out / "articles", size)
        bench = Bench(out, options.cache.absolute(), size, given, _tell)
        bench.run(contestants, only_prepare=options.prepare)


def _tell(said: str) -> None:
    sys.stderr.write(said + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
