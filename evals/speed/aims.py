"""What corpus-qa wants to be beside its peers, each aim a figure with its bound."""

from collections.abc import Mapping
from dataclasses import dataclass

from evals.speed.contestants import OURS
from evals.speed.figures import Spread, Table, over_fastest, spread


@dataclass(frozen=True, slots=True)
class Aim:
    """An aim: `found` is the figure over the rounds, None where it was not measured."""

    text: str
    bound: float
    at_least: bool
    found: Spread | None

    @property
    def met(self) -> bool:
        """Whether the median is on the right side of the bound."""
        if self.found is None:
            return False
        value = self.found.median
        return value >= self.bound if self.at_least else value <= self.bound


def aims(table: Table, quality: Mapping[str, float]) -> list[Aim]:
    """All aims, measured as far as the bench went."""
    return [
        Aim("Indexing, chunks a second, over the fastest peer", 1.5, True,
            _ahead(table, "chunks_s", more_is_better=True)),
        Aim("Indexing, articles a second, over the fastest peer", 1.5, True,
            _ahead(table, "articles_s", more_is_better=True)),
        Aim("Indexing over the bare embedding calls, on the wall", 1.10, False,
            _own(table, "to_bare")),
        Aim("Indexing over the bare embedding calls, processor time", 1.10, False,
            _own(table, "to_bare_cpu")),
        Aim("The same over all that is asked, made once, processor time", 1.10, False,
            _own(table, "whole_to_bare_cpu")),
        Aim("Cold process to first answer (SciFact) over the fastest peer's first passages", 3.0,
            True, _ahead(table, "first_scifact")),
        Aim("The same on five news articles", 3.0, True, _ahead(table, "first_seeds")),
        Aim("Question to passages, p50, over the fastest peer", 1.0, True,
            _ahead(table, "passages_p50")),
        Aim("nDCG@10 less the best peer's", 0.0, True, _better(quality)),
        Aim("Question to answer, p95 over p50", 3.0, False, _own(table, "answers_tail")),
        Aim("Answers of the server: 16 asking over one, throughput", 1.5, True,
            _own(table, "answer_gain")),
        Aim("Answers of the server: longest wait over the median, 16 asking", 10.0, False,
            _own(table, "answer_16_longest")),
    ]  # fmt: skip


def _own(table: Table, name: str) -> Spread | None:
    held = table[name].get(OURS.name)
    return spread(list(held.values())) if held else None


def _ahead(table: Table, name: str, *, more_is_better: bool = False) -> Spread | None:
    rows = table[name]
    others = [values for contestant, values in rows.items() if contestant != OURS.name]
    return over_fastest(rows.get(OURS.name, {}), others, more_is_better=more_is_better)


def _better(quality: Mapping[str, float]) -> Spread | None:
    others = [value for name, value in quality.items() if name != OURS.name]
    if OURS.name not in quality or not others:
        return None
    return spread([quality[OURS.name] - max(others)])
