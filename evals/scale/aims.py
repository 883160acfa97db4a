"""What the figures of several sizes should show, and whether they do."""

from collections.abc import Mapping
from typing import TypedDict

Figures = dict[str, float]

GROWTH, MEMORY_MB, RECALL, ADD_SECONDS = 2.0, 4000.0, 0.97, 2.0
ADDED_TO = 100_000


class Verdict(TypedDict):
    """One aim: the figure, its bound, whether it holds, and all of that as a line."""

    aim: str
    value: float
    bound: float
    holds: bool
    said: str


def verdicts(results: Mapping[str, Figures]) -> list[Verdict]:
    """Judge every aim that the sizes measured allow to judge."""
    sizes = sorted(results, key=int)
    if not sizes:
        return []
    first, last = results[sizes[0]], results[sizes[-1]]
    found = []
    if len(sizes) > 1:
        growth = last["question_p50_ms"] / first["question_p50_ms"]
        found.append(_at_most(f"p50 of a question, {sizes[-1]} to {sizes[0]}", growth, GROWTH))
    found.append(_at_most("memory of the serving process, MB", last["serving_mb"], MEMORY_MB))
    found.append(
        _at_least("recall@10 of the vector leg", min(r["recall"] for r in results.values()), RECALL)
    )
    if str(ADDED_TO) in results:
        added = results[str(ADDED_TO)]["add_seconds"]
        found.append(_at_most(f"seconds for one article into {ADDED_TO}", added, ADD_SECONDS))
    return found


def _at_most(aim: str, value: float, bound: float) -> Verdict:
    return _verdict(aim, value, bound, holds=value <= bound, sign="at most")


def _at_least(aim: str, value: float, bound: float) -> Verdict:
    return _verdict(aim, value, bound, holds=value >= bound, sign="at least")


def _verdict(aim: str, value: float, bound: float, *, holds: bool, sign: str) -> Verdict:
    said = f"{'holds ' if holds else 'MISSED'}  {aim}: {value:.4g} ({sign} {bound:g})"
    return Verdict(aim=aim, value=value, bound=bound, holds=holds, said=said)
