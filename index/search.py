"""A question in, passages out: both legs, normalised, added up, filtered, neighbours merged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder
from index.generations import Generation
from index.types import Chunk, Filters, Passage


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How the two legs are weighed.

    `candidates` are taken from each leg. `dense` (0 to 1) is the weight of the vector leg in the
    sum of z-scores, the rest is the lexical leg's; 0 and 1 switch one leg off. At most `merge`
    neighbouring chunks become one passage.
    """

    candidates: int = 50
    dense: float = 0.5
    merge: int = 2


_WHITE = 8  # characters between neighbours: the end of a paragraph, but no notice or link crumb


class Search(Protocol):
    """Anything that finds passages for a question."""

    def __call__(
        self, question: str, k: int = 10, *, filters: Filters | None = None
    ) -> list[Passage]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk's raw scores in both legs and their normalised sum."""

    chunk_id: str
    cosine: float
    bm25: float
    score: float


def search(
    generation: Generation,
    embedder: Embedder,
    question: str,
    k: int = 10,
    *,
    filters: Filters | None = None,
    settings: SearchSettings | None = None,
) -> list[Passage]:
    """Return the `k` best passages of a generation, best first.

    Deterministic: equal scores are ordered by chunk id. Raises StoreError where the generation
    cannot be read.
    """
    chosen = settings or SearchSettings()
    candidates = find(generation, embedder, question, filters=filters, settings=chosen)
    return passages(generation, candidates, k, merge=chosen.merge)


def find(
    generation: Generation,
    embedder: Embedder,
    question: str,
    *,
    filters: Filters | None,
    settings: SearchSettings,
) -> list[Candidate]:
    """Return every candidate of both legs with its scores, best first."""
    vector = embedder.embed([question], kind="query")[0]
    cosines: dict[str, float] = {}
    if settings.dense > 0:
        cosines = dict(generation.nearest(vector, settings.candidates, filters=filters))
    bm25: dict[str, float] = {}
    if settings.dense < 1:
        bm25 = dict(generation.terms.search(question, settings.candidates, filters=filters))
    # A chunk that only the lexical leg found still has an exact cosine: its vector is stored.
    unseen = [chunk_id for chunk_id in bm25 if chunk_id not in cosines]
    if unseen:
        stored = generation.vectors.get(unseen)
        cosines |= {chunk_id: float(stored[chunk_id] @ vector) for chunk_id in unseen}
    return fuse(cosines, bm25, dense=settings.dense)


def fuse(cosines: dict[str, float], bm25: dict[str, float], *, dense: float) -> list[Candidate]:
    """Add up the z-scores of both legs: `dense * z(cosine) + (1 - dense) * z(bm25)`.

    A convex combination of normalised scores (Bruch et al., "An Analysis of Fusion Functions for
    Hybrid Retrieval", 2023): reciprocal-rank fusion measured worse at rank 1 than BM25 alone on
    SQuAD. A chunk that the lexical leg did not return scores 0 there.
    """
    ids = sorted(cosines)
    if not ids:
        return []
    cosine = np.array([cosines[chunk_id] for chunk_id in ids])
    lexical = np.array([bm25.get(chunk_id, 0.0) for chunk_id in ids])
    # Rounded, so that the last bits of a sum never decide an order.
    score = np.round(dense * standardised(cosine) + (1 - dense) * standardised(lexical), 9)
    order = sorted(range(len(ids)), key=lambda i: (-score[i], ids[i]))
    return [Candidate(ids[i], float(cosine[i]), float(lexical[i]), float(score[i])) for i in order]


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return z-scores: mean 0, deviation 1; all zeros where the values do not differ."""
    deviation = float(values.std())
    if deviation < 1e-9:
        return np.zeros_like(values)
    result: NDArray[np.float64] = (values - values.mean()) / deviation
    return result


def passages(
    generation: Generation, candidates: Sequence[Candidate], k: int, *, merge: int
) -> list[Passage]:
    """Turn candidates, best first, into at most `k` passages, neighbours merged."""
    wanted = candidates[: k * merge]
    spans = generation.library.chunks([candidate.chunk_id for candidate in wanted])
    groups: list[list[tuple[Candidate, Chunk]]] = []
    for candidate in wanted:
        chunk = spans[candidate.chunk_id]
        group = next((g for g in groups if len(g) < merge and _beside(g, chunk)), None)
        if group is not None:
            group.append((candidate, chunk))
        elif len(groups) < k:
            groups.append([(candidate, chunk)])
    return [_passage(generation, group) for group in groups]


def _beside(group: Sequence[tuple[Candidate, Chunk]], chunk: Chunk) -> bool:
    """Tell whether a chunk is next to one of the group and only white space lies between."""
    return any(
        member.article_id == chunk.article_id
        and abs(member.ordinal - chunk.ordinal) == 1
        and max(member.start, chunk.start) - min(member.end, chunk.end) <= _WHITE
        for _, member in group
    )


def _passage(generation: Generation, group: Sequence[tuple[Candidate, Chunk]]) -> Passage:
    best, chunk = group[0]
    start = min(member.start for _, member in group)
    end = max(member.end for _, member in group)
    article = generation.library.article(chunk.article_id)
    return Passage(
        chunk=replace(chunk, start=start, end=end),
        article_id=article.id,
        title=article.title,
        source=article.source,
        published=article.published,
        text=article.text[start:end],
        score=best.score,
        cosine=best.cosine,
        bm25=best.bm25,
    )
