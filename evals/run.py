"""The runner: a question set and a bot -> a results folder with figures and a report."""

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals import provenance
from evals.asking import Asked, Build, ask, build_bot, cold_start, opened
from evals.cases import Case
from evals.compare import check_comparable, compare
from evals.corpus import CaseSet, Corpus
from evals.errors import EvalError
from evals.report import write_report
from evals.results import SUMMARY, Results, write
from evals.rows import Row
from evals.score import score
from evals.sets import open_set
from evals.summary import Summary, Timings, all_figures, latencies
from index.errors import IndexFailure


@dataclass(frozen=True, slots=True)
class Options:
    """How much of a set is run, and against what.

    `limit` draws that many cases by `seed`, which also drives the bootstrap. `split` keeps only
    the cases marked "tune" or "report". `compare` is the folder of an earlier run. `label` names
    what is special about the bot; runs with a label have an index of their own.
    """

    limit: int | None = None
    seed: int = 0
    split: str | None = None
    compare: Path | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """How far a run is: `stage` is "index" or "ask", `done` of `total` cases are answered."""

    stage: str
    corpus: str
    done: int
    total: int


Progress = Callable[[Tick], None]


@dataclass(frozen=True, slots=True)
class _Plan:
    chosen: CaseSet
    cases: dict[str, tuple[Case, ...]]
    digest: str
    indexes: Path
    build: Build
    progress: Progress

    @property
    def total(self) -> int:
        return sum(map(len, self.cases.values()))


def run(
    target: str | CaseSet = "seeds",
    *,
    out: Path,
    data: Path | None = None,
    options: Options | None = None,
    build: Build = build_bot,
    progress: Progress | None = None,
) -> Summary:
    """Run a question set and write its results to the folder `out`; return the same as a value.

    `target` is the name of a set (`evals.sets.NAMES`), a file of cases ending in .jsonl, or a
    CaseSet; `data` is what `open_set` says. Indexes are kept in `indexes` beside `out` and used
    again while the code of `index` is the same. `build` makes the bot from paths and a data
    folder; it is closed when its corpus is done. A start with the same arguments goes on where an
    interrupted one stopped.
    Raises CaseError, SetError, ResultsError, or EvalError where a corpus cannot be indexed.
    """
    started, wanted = time.perf_counter(), options or Options()
    chosen = target if isinstance(target, CaseSet) else open_set(target, data)
    cases = _picked(chosen, wanted)
    digest = provenance.set_digest(chosen.cases, chosen)
    if wanted.compare:
        check_comparable(wanted.compare, digest)
    name = _slug(chosen.name), provenance.code_digest("index")[:8] + _slug(wanted.label)
    plan = _Plan(
        chosen, cases, digest, out.parent / "indexes" / name[0] / name[1], build, progress or _mute
    )
    with Results(out, _identity(plan, wanted)) as results:
        indexes, index_seconds, cold = _ask_all(plan, results)
        rows = tuple(results.done[case.id] for part in cases.values() for case in part)
    timings = Timings(
        *latencies(rows), cold, index_seconds, time.perf_counter() - started,
        provenance.peak_memory_mib(),
    )  # fmt: skip
    return _finished(plan, wanted, rows, timings, indexes, out=out)


def _finished(
    plan: _Plan,
    options: Options,
    rows: tuple[Row, ...],
    timings: Timings,
    indexes: list[dict[str, Any]],
    *,
    out: Path,
) -> Summary:
    overall, kinds, splits = all_figures(rows, options.seed)
    comparison = None
    if options.compare:
        comparison = compare(rows, options.compare, digest=plan.digest, seed=options.seed)
    chosen = plan.chosen
    summary = Summary(
        name=chosen.name,
        folder=out,
        rows=rows,
        figures=overall,
        kinds=kinds,
        splits=splits,
        timings=timings,
        about={
            "title": chosen.title,
            "source": chosen.source,
            "licence": chosen.licence,
            "traps": chosen.traps,
        },
        provenance=_provenance(plan, options, indexes),
        comparison=comparison,
    )
    write_report(summary)
    write(out / SUMMARY, summary.to_json())
    return summary


def _ask_all(plan: _Plan, results: Results) -> tuple[list[dict[str, Any]], float, float]:
    indexes, spent, cold = [], 0.0, float("nan")
    for corpus in plan.chosen.corpora:
        left = [case for case in plan.cases[corpus.name] if case.id not in results.done]
        plan.progress(Tick("index", corpus.name, len(results.done), plan.total))
        bot, data, seconds = opened(corpus, plan.indexes / _slug(corpus.name), plan.build)
        spent += seconds
        indexes.append(_index(corpus, data))
        try:
            _ask_corpus(plan, corpus, left, bot, results)
        finally:
            bot.close()
        if plan.build is build_bot and plan.chosen.asks and plan.cases[corpus.name]:
            cold = cold_start(data, plan.cases[corpus.name][0].question)
    return indexes, spent, cold


def _ask_corpus(
    plan: _Plan, corpus: Corpus, left: Sequence[Case], bot: Asked, results: Results
) -> None:
    texts = corpus.texts
    for case in left:
        outcome = ask(bot, case, plan.chosen)
        results.add(score(case, outcome, texts, unit=plan.chosen.unit, corpus=corpus.name))
        plan.progress(Tick("ask", corpus.name, len(results.done), plan.total))


def _picked(chosen: CaseSet, options: Options) -> dict[str, tuple[Case, ...]]:
    """The cases to run by corpus, in the order of the set."""
    kept = [case.id for case in chosen.cases if options.split in (None, case.split)]
    if not kept:
        raise EvalError(f"The set {chosen.name!r} has no case to run with split {options.split!r}.")
    if options.limit is not None:
        if options.limit < 1:
            raise EvalError(f"The limit is {options.limit}; it must be at least 1.")
        kept = random.Random(options.seed).sample(kept, min(options.limit, len(kept)))
    names = set(kept)
    return {c.name: tuple(case for case in c.cases if case.id in names) for c in chosen.corpora}


def _identity(plan: _Plan, options: Options) -> dict[str, Any]:
    """What must be the same for a run to be resumed."""
    return {
        "set": plan.chosen.name,
        "set_digest": plan.digest,
        "limit": options.limit,
        "seed": options.seed,
        "split": options.split,
        "label": options.label,
        "code": provenance.code_digest("index", "qa"),
    }


def _provenance(plan: _Plan, options: Options, indexes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        **_identity(plan, options),
        "commit": provenance.commit(),
        "indexes": indexes,
        "versions": provenance.versions(),
        "machine": provenance.machine(),
    }


def _index(corpus: Corpus, data: Path) -> dict[str, Any]:
    """What the index says of itself: its generation, its model and that model's fingerprint."""
    from index.manifest import read_manifest

    try:
        live = (data / "CURRENT").read_text(encoding="utf-8").strip()
        held = read_manifest(data / "generations" / live)
    except (OSError, IndexFailure):  # a bot that needs no index has none to describe
        return {"corpus": corpus.name, "articles": len(corpus.documents)}
    return {
        "corpus": corpus.name,
        "articles": held.articles,
        "chunks": held.chunks,
        "generation": held.name,
        "built": held.created,
        **asdict(held.settings),
    }


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)


def _mute(tick: Tick) -> None:
    del tick
