"""The nearest of a few vectors, found by comparing each of them."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Hit = tuple[str, float]  # chunk id and cosine
DIGITS = 6  # of a cosine, which is computed in 32 bits


def nearest(
    ids: Sequence[str], stored: NDArray[np.float32], vector: NDArray[np.float32], k: int
) -> list[Hit]:
    """Return the k rows of `stored`, shape (len(ids), dimension), most similar to a vector.

    All vectors are of length 1. Best first, equal cosines in the order of their ids.
    """
    if not ids or k < 1:
        return []
    cosines = np.round((stored @ vector).astype(np.float64), DIGITS)
    least = np.partition(cosines, -k)[-k] if k < len(ids) else cosines.min()
    near = np.flatnonzero(cosines >= least).tolist()
    return best([(ids[i], float(cosines[i])) for i in near], k)


def best(hits: Iterable[Hit], k: int) -> list[Hit]:
    """Return the k hits of the highest cosines, equal ones in the order of their ids."""
    return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]
