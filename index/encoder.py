"""One text into one vector on one core: the only file that runs ONNX graphs of embedding models."""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer


_SHORT = 500  # characters


class Encoder:
    """A graph of `index.bert` with its tokenizer (JSON, whose truncation is the model's window).

    May be called from any number of threads at once. Each call takes one text and runs on one core:
    a chunk is 10 ms of work, too little to share. Raises ModelError where either cannot be loaded.
    """

    def __init__(self, graph: bytes, tokenizer: str) -> None:
        # Texts come one at a time: a pool of threads inside the tokenizer would only be in the way.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        state = onnxruntime.capi.onnxruntime_pybind11_state
        failures = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf)
        try:
            self._session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except (*failures, state.NotImplemented, state.RuntimeException) as error:
            raise ModelError(f"The exported model cannot be loaded: {error}.") from error
        self._json = tokenizer
        # A title is measured three times while its article is cut; longer texts are not kept.
        self._short = lru_cache(maxsize=64)(self._offsets)
        self._cutting = load_tokenizer(tokenizer)
        self._whole: Tokenizer | None = None
        self.dimension: int = self._session.get_outputs()[0].shape[0]

    def __call__(self, text: str) -> NDArray[np.float32]:
        """The vector (dimension,) of unit length; what is beyond the window is left out."""
        # Of the tokenizer's calls only those for a batch let other threads run meanwhile.
        ids = self._cutting.encode_batch_fast([text])[0].ids
        vector: NDArray[np.float32]
        (vector,) = self._session.run(None, {"input_ids": np.array(ids, np.int64)})
        return vector

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        """The offsets, in characters of `text`, of all its tokens without the special ones."""
        return self._short(text) if len(text) <= _SHORT else self._offsets(text)

    def _offsets(self, text: str) -> Sequence[tuple[int, int]]:
        if self._whole is None:
            whole = load_tokenizer(self._json)
            whole.no_truncation()
            self._whole = whole
        (encoding,) = self._whole.encode_batch([text], add_special_tokens=False)
        return tuple(encoding.offsets)


def load_tokenizer(json: str) -> "Tokenizer":
    """A tokenizer from the text of its tokenizer.json; raises ModelError."""
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(json)
    except Exception as error:  # the library raises nothing narrower
        raise ModelError(f"The model's tokenizer cannot be loaded: {error}.") from error
