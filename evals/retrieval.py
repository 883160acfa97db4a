"""Rankings against gold: recall in the first k, reciprocal rank and nDCG, by ir-measures."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ir_measures import ScoredDoc

CUTOFFS = (1, 3, 5, 10)
DEPTH = max(CUTOFFS)


def ranking_scores(found: Sequence[frozenset[int]], parts: Set[int]) -> dict[str, float]:
    """Score one ranking; `found[i]` are those of the gold `parts` shown at rank i + 1.

    Recall@k is the share of parts found in the first k; the reciprocal rank and nDCG are cut at
    10. Computed by ir-measures on a run in which each part is a relevant document where it is
    found first, and every result that brings nothing new is a document that is not relevant.
    """
    import ir_measures
    from ir_measures import RR, SetR, nDCG

    qrels = [ir_measures.Qrel("q", f"part{part}", 1) for part in sorted(parts)]
    scores = {
        f"recall@{k}": ir_measures.calc_aggregate([SetR], qrels, _run(found[:k]))[SetR]
        for k in CUTOFFS
    }
    measured = ir_measures.calc_aggregate([RR @ DEPTH, nDCG @ DEPTH], qrels, _run(found[:DEPTH]))
    scores["mrr"], scores["ndcg@10"] = measured[RR @ DEPTH], measured[nDCG @ DEPTH]
    return {name: float(value) for name, value in scores.items()}


def _run(found: Sequence[frozenset[int]]) -> list[ScoredDoc]:
    from ir_measures import ScoredDoc

    names: list[str] = []
    for rank, parts in enumerate(found):
        new = [f"part{part}" for part in sorted(parts) if f"part{part}" not in names]
        names += new or [f"other{rank}"]
    return [ScoredDoc("q", name, float(len(names) - place)) for place, name in enumerate(names)]
