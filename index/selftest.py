"""The last check of a generation before anyone may see it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedError
from index.layers import LayeredVectors
from index.library import Library
from index.terms import Terms

_SAMPLE = 20
_SAME = 0.999


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a generation holds, agreed by all of its stores."""

    articles: int
    chunks: int


def check(library: Library, vectors: LayeredVectors, terms: Terms) -> Counts:
    """Return the counts of a generation that is sound.

    The three stores must hold the same number of chunks and, in a graph that was written for this
    generation, the vectors of sampled chunks, the newest among them, must be found by themselves.
    Raises DamagedError.
    """
    articles, chunks = library.counts()
    if not chunks == vectors.count() == terms.count():
        raise DamagedError(
            f"the new index does not add up ({chunks} chunks, {vectors.count()} vectors, "
            f"{terms.count()} lexical entries) and was not published: "
            "run corpus-qa index --rebuild"
        )
    if not vectors.shares_graph:  # else it was tested when it was written
        _check_vectors(vectors, library.sample(_SAMPLE))
    return Counts(articles, chunks)


def _check_vectors(vectors: LayeredVectors, ids: Sequence[str]) -> None:
    stored = vectors.get(ids)
    lost = [name for name in ids if name not in stored or not _finds_itself(vectors, stored[name])]
    # The search is approximate: at a million vectors one in a thousand misses its own entry.
    if len(lost) * 10 > len(ids):
        raise DamagedError(
            f"{len(lost)} of {len(ids)} sampled vectors of the new index are not found again "
            "and it was not published: run corpus-qa index --rebuild"
        )


def _finds_itself(vectors: LayeredVectors, vector: NDArray[np.float32]) -> bool:
    # Equal texts have equal vectors, so that the one found may be another's.
    hits = vectors.search(vector, 1)
    return bool(hits) and hits[0][1] > _SAME
