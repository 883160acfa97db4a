"""Texts into vectors: what an embedder is, the one for the CPU, and an exact fake."""

import os
import re
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.models import DEFAULT_MODEL, locate
from index.recipe import NotExportable

if TYPE_CHECKING:
    from index.export import Export

__all__ = ["DEFAULT_MODEL", "Embedder", "FakeEmbedder", "Kind", "OnnxEmbedder", "open_embedder"]

Kind = Literal["document", "query"]


class Embedder(Protocol):
    """Turns texts into vectors; one may be shared by all threads of a process.

    `name` is for people. `fingerprint` names the model, the digest of its files and the way of
    computing: vectors of one fingerprint can be compared. `window` is the most tokens of a text
    that are read, the special ones included and the model's own prompt left out.
    """

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def window(self) -> int: ...

    def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
        """Vectors (len(texts), dimension) of unit length, in the order of the texts.

        `kind` chooses the prompt of models that have one for questions and one for documents.
        What is beyond the window is left out.
        """
        ...

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        """The start and end, in characters, of each of a text's tokens, however long it is."""
        ...


def open_embedder(
    name: str,
    data: Path,
    *,
    device: str = "cpu",
    threads: int | None = None,
    offline: bool = True,
) -> Embedder:
    """The embedder of a packaged model, a folder, an installed package or a hub name.

    On the CPU it runs an 8-bit ONNX export, made once per model in `data/models/`; on any other
    device, and where the model is no BERT-like encoder with mean or CLS pooling, it is run by
    sentence-transformers. `threads` are all cores by default. The network is touched only to fetch
    a hub model, and only where `offline` is False. Raises ModelError, StoreError.
    """
    files = locate(name, offline=offline)
    if device == "cpu":
        from index.export import exported

        try:
            return OnnxEmbedder(exported(files, data), threads=threads)
        except NotExportable:
            pass
    from index.original import TorchEmbedder

    return TorchEmbedder(files, device=device, threads=threads)


class OnnxEmbedder:
    """An embedder on the CPU: one text at a time on each of `threads` cores.

    A text's vector is the same byte for byte, alone or among others and in any order. It would not
    be in batches: 8-bit activations are scaled by the largest value of a batch, and batches of 8
    were measured to move vectors by .005 in cosine, and by .013 at most, as much as 8 bits do.
    """

    def __init__(self, export: "Export", *, threads: int | None = None) -> None:
        from index.encoder import Encoder

        self._encode = Encoder(export.graph, export.tokenizer)
        self._prompts = export.prompts
        self._threads = threads or _cores()
        # An answer needs its question's vector twice: for the passages and for their sentences.
        self._question = lru_cache(maxsize=256)(self._question_vector)
        self._pool = ThreadPoolExecutor(max(self._threads - 1, 1), "embed")
        self.name = export.fingerprint.partition("@")[0]
        self.fingerprint = export.fingerprint
        self.dimension = self._encode.dimension
        self.window = export.window - len(self._prompt_tokens())

    def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
        """See `Embedder`; the calling thread works too, so one text never waits for other calls."""
        if kind == "query" and len(texts) == 1:
            return self._question(texts[0])[np.newaxis].copy()
        return self._embedded([self._prompts[kind] + text for text in texts])

    def _embedded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # The longest first, so that no thread is left with a long text when the others are done.
        waiting = deque(sorted(range(len(texts)), key=lambda i: -len(texts[i])))

        def work() -> None:
            while waiting:
                try:
                    number = waiting.popleft()
                except IndexError:
                    return  # another thread took the last one
                vectors[number] = self._encode(texts[number])

        others = min(self._threads, len(texts)) - 1
        helpers = [self._pool.submit(work) for _ in range(others)]
        try:
            work()
            for helper in helpers:
                helper.result()
        finally:
            waiting.clear()  # after an error or Ctrl-C the helpers stop at their present text
        return vectors

    def _question_vector(self, question: str) -> NDArray[np.float32]:
        return self._encode(self._prompts["query"] + question)

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        """See `Embedder`."""
        return self._encode.tokens(text)

    def _prompt_tokens(self) -> Sequence[tuple[int, int]]:
        prompt = self._prompts["document"]
        return self.tokens(prompt) if prompt else ()


def _cores() -> int:
    """The cores that this process may use, where the system tells, else all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class FakeEmbedder:
    """A bag of words instead of a model: each lower-case word adds 1 at CRC-32 modulo `dimension`.

    The sum is scaled to unit length; a text without a word is the first unit vector. Exact, and
    the same in every process. Tokens are words.
    """

    name = "fake"

    def __init__(self, dimension: int = 64, window: int = 256) -> None:
        self.dimension, self.window = dimension, window
        self.fingerprint = f"fake@bag-of-words/{dimension}"

    def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
        """See `Embedder`; `kind` changes nothing."""
        counts = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(counts, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[crc32(word.encode()) % self.dimension] += 1
            if not row.any():
                row[0] = 1
        scaled: NDArray[np.float32] = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return scaled

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        """See `Embedder`."""
        return [found.span() for found in re.finditer(r"\w+", text)]
