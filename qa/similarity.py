"""How similar texts are to a question, by an embedding model, with a bounded memory."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder

REMEMBERED = 4096  # vectors; 6 MB at 384 floats each


class Similarity:
    """Cosines of texts to a question; a text's vector is computed once while it is remembered.

    Safe for several threads. A vector depends on its text and the model alone, so what is
    remembered never goes stale.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._lock = threading.Lock()
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def __call__(self, question: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the cosine of each text to the question, shape (n,)."""
        vector = self.embedder.embed([question], kind="query")[0]
        if not texts:
            return np.zeros(0)
        result: NDArray[np.float64] = (self._vectors(texts) @ vector).astype(np.float64)
        return result

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found |= zip(missing, self.embedder.embed(missing), strict=True)
        with self._lock:
            for text in texts:
                self._known[text] = found[text]
                self._known.move_to_end(text)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])
