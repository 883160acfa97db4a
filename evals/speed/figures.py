"""Every figure of a bench, one definition each, by contestant and round; medians and ratios."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from evals.retrieval import ranking_scores
from evals.speed.plan import ASKERS, SOME
from evals.speed.results import Measured

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several rounds, with the lowest and the highest."""

    median: float
    low: float
    high: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: from which step and corpus it is, and how its result becomes a number."""

    name: str
    label: str
    step: str
    corpus: str
    of: Callable[[Values], float]
    more_is_better: bool = False
    digits: int = 1


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 100) of the values do not exceed, interpolated."""
    return float(np.percentile(np.asarray(seconds, dtype=np.float64), share))


def _a_second(values: Values, *, what: str) -> float:
    return float(values[what] / values["wall"])


def _disk(values: Values) -> float:
    """KiB a chunk of all that the index takes, the model's export aside: that is there once."""
    files = {name: size for name, size in values["disk"].items() if name != "models"}
    return float(sum(files.values()) / 1024 / values["chunks"])


def _milliseconds(values: Values, *, what: str, share: float) -> float:
    return 1000 * percentile(values[what], share)


def _processor(values: Values, *, what: str) -> float:
    return float(1000 * values[f"{what}_cpu"] / len(values[what]))


def _tail(values: Values, *, what: str) -> float:
    return percentile(values[what], 95) / percentile(values[what], 50)


def _load(values: Values, *, what: str, askers: int) -> Values:
    found: Values = next(load for load in values[what] if load["askers"] == askers)
    return found


def _throughput(values: Values, *, what: str, askers: int) -> float:
    load = _load(values, what=what, askers=askers)
    return float(len(load["seconds"]) / load["wall"])


def _wait(values: Values, *, what: str, askers: int) -> float:
    return 1000 * percentile(_load(values, what=what, askers=askers)["seconds"], 50)


def _longest(values: Values, *, what: str, askers: int) -> float:
    """The longest wait over the median one; a question that failed counts as never answered."""
    load = _load(values, what=what, askers=askers)
    if load["failed"]:
        return float("inf")
    return float(max(load["seconds"]) / percentile(load["seconds"], 50))


def _failed(values: Values, *, what: str, askers: int) -> float:
    return float(_load(values, what=what, askers=askers)["failed"])


def _gain(values: Values, *, what: str) -> float:
    """The throughput of the most askers over that of one."""
    most = _throughput(values, what=what, askers=ASKERS[-1])
    return most / _throughput(values, what=what, askers=ASKERS[0])


def _indexing(corpus: str, *, prefix: str, label: str) -> list[Figure]:
    # fmt: off
    rates = [
        ("chunks_s", "chunks", "chunks", 1),
        ("articles_s", "articles", "articles", 1),
        ("tokens_s", "tokens", "tokens read by the model", 0),
    ]
    others: list[tuple[str, str, int, Callable[[Values], float]]] = [
        ("chunk_cpu", "processor ms a chunk", 1, lambda v: 1000 * v["cpu"] / v["chunks"]),
        ("to_bare", "over the bare embedding calls, on the wall", 3,
         lambda v: v["wall"] / v["bare_wall"]),
        ("to_bare_cpu", "over the bare embedding calls, processor time", 3,
         lambda v: v["cpu"] / v["bare_cpu"]),
        ("chunk_tokens", "tokens a chunk, as the model reads it", 0,
         lambda v: v["tokens"] / v["chunks"]),
        ("index_memory", "peak memory, MiB", 0, lambda v: v["memory_mib"]),
        ("disk", "disk a chunk, KiB", 1, _disk),
    ]
    # fmt: on
    rated = [
        Figure(
            prefix + name,
            f"{label}: {said} a second",
            "index",
            corpus,
            partial(_a_second, what=what),
            more_is_better=True,
            digits=digits,
        )
        for name, what, said, digits in rates
    ]
    return rated + [
        Figure(prefix + name, f"{label}: {said}", "index", corpus, of, digits=digits)
        for name, said, digits, of in others
    ]


def _asking() -> list[Figure]:
    found = []
    for corpus in ("scifact", "seeds"):
        found += [
            Figure(f"first_{corpus}", f"cold process to first answer, {corpus}, s", "first",
                   corpus, lambda v: v["first_wall"], digits=2),
            Figure(f"first_cpu_{corpus}", f"the same, processor s, {corpus}", "first",
                   corpus, lambda v: v["process_cpu"], digits=2),
            Figure(f"first_passages_{corpus}", f"cold process to first passages, {corpus}, s",
                   "passages", corpus, lambda v: v["first_wall"], digits=2),
        ]  # fmt: skip
    for what, label in (("passages", "question to passages"), ("answers", "question to answer")):
        for share in (50, 95):
            of = partial(_milliseconds, what=what, share=share)
            found.append(Figure(f"{what}_p{share}", f"{label}, p{share}, ms", "ask", "scifact", of))
        found.append(
            Figure(f"{what}_tail", f"{label}, p95 over p50", "ask", "scifact",
                   partial(_tail, what=what), digits=2)
        )  # fmt: skip
        found.append(
            Figure(f"{what}_cpu", f"{label}, processor ms", "ask", "scifact",
                   partial(_processor, what=what))
        )  # fmt: skip
    found.append(
        Figure("ask_memory", "asking: peak memory, MiB", "ask", "scifact",
               lambda v: v["memory_mib"], digits=0)
    )  # fmt: skip
    return found


def _serving() -> list[Figure]:
    found = []
    kinds = (
        ("passages", "serve", "passages by HTTP"),
        ("answer", "server", "answers of its own server"),
    )
    for what, step, label in kinds:
        for askers in ASKERS:
            given: dict[str, Any] = {"what": what, "askers": askers}
            at = f"{label}, {askers} asking"
            found += [
                Figure(f"{what}_{askers}", f"{at}: a second", step, "scifact",
                       partial(_throughput, **given), more_is_better=True),
                Figure(f"{what}_{askers}_p50", f"{at}: median wait, ms", step, "scifact",
                       partial(_wait, **given), digits=0),
                Figure(f"{what}_{askers}_longest", f"{at}: longest wait over the median", step,
                       "scifact", partial(_longest, **given)),
            ]  # fmt: skip
        label_failed = f"{label}, {ASKERS[-1]} asking: questions that failed"
        of = partial(_failed, what=what, askers=ASKERS[-1])
        found.append(Figure(f"{what}_failed", label_failed, step, "scifact", of, digits=0))
        found.append(
            Figure(f"{what}_gain", f"{label}: {ASKERS[-1]} asking over one, throughput", step,
                   "scifact", partial(_gain, what=what), more_is_better=True, digits=2)
        )  # fmt: skip
    return found


# The indexes that are asked may be made at any time, beside other work: their seconds say little.
_ANY_LOAD = {"whole_chunk_cpu", "whole_to_bare_cpu", "whole_index_memory", "whole_disk"}
FIGURES = (
    *_indexing(SOME, prefix="", label="indexing"),
    *_asking(),
    *_serving(),
    *(
        figure
        for figure in _indexing("scifact", prefix="whole_", label="the index that is asked")
        if figure.name in _ANY_LOAD
    ),
)

Table = dict[str, dict[str, dict[int, float]]]
"""By figure, contestant and round."""


def table(found: Sequence[Measured]) -> Table:
    """All figures that were measured; a figure that a contestant lacks is not there."""
    filled: Table = {figure.name: {} for figure in FIGURES}
    for figure in FIGURES:
        for part in found:
            if (part.step, part.corpus) == (figure.step, figure.corpus):
                try:
                    value = figure.of(part.values)
                except (KeyError, StopIteration, IndexError, ZeroDivisionError):
                    continue
                filled[figure.name].setdefault(part.contestant, {})[part.round] = value
    return filled


def spread(values: Sequence[float]) -> Spread:
    """The spread of at least one value."""
    return Spread(statistics.median(values), min(values), max(values), len(values))


def over_fastest(
    one: Mapping[int, float], others: Sequence[Mapping[int, float]], *, more_is_better: bool
) -> Spread | None:
    """How many times better one is than the best of the others, each time in the same round."""
    ratios = []
    for number, value in one.items():
        rivals = [other[number] for other in others if number in other]
        if rivals and value:
            ratios.append(value / max(rivals) if more_is_better else min(rivals) / value)
    return spread(ratios) if ratios else None


def ndcg(found: Sequence[Measured], judged: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """The mean nDCG@10 of each contestant's rankings of articles; a missing ranking counts 0."""
    means = {}
    for part in found:
        rankings = part.values.get("rankings") if part.step == "ask" else None
        if rankings and part.corpus == "scifact":
            scores = [_ndcg(rankings.get(name, ()), gold) for name, gold in judged.items()]
            means[part.contestant] = statistics.fmean(scores)
    return means


def _ndcg(articles: Sequence[str], gold: Sequence[str]) -> float:
    parts = {name: part for part, name in enumerate(gold)}
    found = [
        frozenset([parts[article]]) if article in parts else frozenset[int]()
        for article in dict.fromkeys(articles)
    ]
    return ranking_scores(found, frozenset(parts.values()))["ndcg@10"]
