"""Models as sentence-transformers runs them: any kind of model, and any device that torch knows."""

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embed import Kind
from index.errors import ModelError
from index.foreign import first_line, limit_threads, offsets, quietly
from index.models import ModelFiles

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# What loading raises for a folder that holds no model, one of another kind, or a device that is
# not there; the library narrows it no further.
_LOADING = (
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    AssertionError,
    ImportError,
)
_BATCH = {"cpu": 8}
_BATCH_ON_DEVICE = 128
_UNKNOWN_WINDOW = 512


class TorchEmbedder:
    """An embedder that sentence-transformers runs in float32, on any device that torch knows.

    Vectors of one text computed in different batches agree to about 1e-7, not byte for byte. Calls
    from several threads wait for each other. Raises ModelError where the model cannot be loaded.
    """

    def __init__(
        self, files: ModelFiles, *, device: str = "cpu", threads: int | None = None
    ) -> None:
        self.name = files.name
        self.fingerprint = f"{files.name}@{files.digest()[:16]}/float32"
        self._model = _load(files.folder, device)
        limit_threads(threads)
        self._batch = _BATCH.get(device, _BATCH_ON_DEVICE)
        self._one_at_a_time = Lock()
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        longest = self._model.max_seq_length
        # A tokenizer without a limit states it as 1e30.
        within = _UNKNOWN_WINDOW if longest is None or longest > 1_000_000 else int(longest)
        self.window = within - len(self.tokens(self._model.prompts.get("document") or ""))

    def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
        """See `index.embed.Embedder`."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        how = self._model.encode_query if kind == "query" else self._model.encode_document
        with self._one_at_a_time:
            found = how(
                list(texts),
                batch_size=self._batch,
                show_progress_bar=False,
                normalize_embeddings=True,
            )
        return np.asarray(found, np.float32)

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        """See `index.embed.Embedder`."""
        return offsets(self._model.tokenizer, text)


def _load(folder: Path, device: str) -> "SentenceTransformer":
    try:
        quietly()
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(
            "This model needs torch and sentence-transformers, which are not installed: "
            "pip install sentence-transformers."
        ) from error
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    try:
        return SentenceTransformer(
            str(folder), device=device, local_files_only=True, model_kwargs={"dtype": "float32"}
        )
    except _LOADING as error:
        raise ModelError(
            f"The model in {folder} cannot be loaded on {device!r} ({first_line(error)}): give the "
            "folder of a sentence-transformers model, and a device that torch has here."
        ) from error
