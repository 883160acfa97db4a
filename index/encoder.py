"""One text into one vector on one core: the only file that runs ONNX graphs of embedding models."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.tokens import Tokens


class Encoder:
    """A graph of `index.bert` with its tokenizer (JSON, whose truncation is the model's window).

    May be called from any number of threads at once. Each call takes one text and runs on one core:
    a chunk is 10 ms of work, too little to share. Raises ModelError where either cannot be loaded.
    """

    def __init__(self, graph: bytes, tokenizer: str) -> None:
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
        self._tokens = Tokens(tokenizer)
        self.dimension: int = self._session.get_outputs()[0].shape[0]

    def __call__(self, text: str) -> NDArray[np.float32]:
        """The vector (dimension,) of unit length; what is beyond the window is left out."""
        vector: NDArray[np.float32]
        (vector,) = self._session.run(None, {"input_ids": self._tokens.ids(text)})
        return vector

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        """The offsets, in characters of `text`, of all its tokens without the special ones."""
        return self._tokens.offsets(text)
