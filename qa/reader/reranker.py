"""Rerankers: a cross-encoder's opinion of each passage, which marks no span (torch)."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from index.chunks import indexed_text
from index.foreign import first_line, limit_threads, offsets
from index.models import ModelFiles
from index.search import standardised
from qa.errors import ReaderError
from qa.reader.loading import prepare
from qa.reader.spans import Reading
from qa.reader.windows import encodable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

SCALE = 3.0
"""The margin of a passage one deviation above the mean: about as far as a reader's margins lie."""
_UNKNOWN_WINDOW = 512
_BATCH = 8


@dataclass(frozen=True, slots=True, eq=False)
class Ranked(Reading):
    """The opinion of a whole passage: it has an empty span and holds for each of its sentences."""

    def within(self, start: int, end: int) -> "Ranked":
        """Itself: of a part no more is known."""
        return self


class Reranker:
    """A cross-encoder in float32 on any device of torch's, for the order of passages alone.

    Models differ in the scale of their scores, so `score` is the z-score among the passages read
    together, times `SCALE`: it orders them and says nothing on whether any of them answers.
    `answerable` is the raw logit. A passage longer than the model's window is read in pieces that
    overlap, and the best one counts. Calls from several threads wait for each other.
    """

    calibration = "plain"

    def __init__(self, model: "CrossEncoder", name: str) -> None:
        self._model = model
        self._one_at_a_time = Lock()
        longest = model.max_seq_length
        known = longest is not None and longest < 1_000_000
        self._window = int(longest) if longest is not None and known else _UNKNOWN_WINDOW
        self._logits([("Who opened the library?", "Ann Low opened the library.")])
        self.fingerprint = f"rerank {name}/float32/{self._window}"

    @classmethod
    def open(cls, files: ModelFiles, *, device: str = "cpu", threads: int | None = None) -> Self:
        """Load the model of a folder; raises ReaderError where it cannot be used as a reranker."""
        model = _load(files, device)
        limit_threads(threads)
        return cls(model, f"{files.name}@{files.digest()[:16]}")

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each passage (title, text), in their order; every span is empty."""
        if not passages:
            return []
        asked = encodable(question)
        with self._one_at_a_time:
            cut = [self._pieces(asked, title, encodable(text)) for title, text in passages]
            logits = iter(self._logits([(asked, piece) for pieces in cut for piece in pieces]))
        raw = np.array([max(next(logits) for _ in pieces) for pieces in cut])
        scores = SCALE * standardised(np.round(raw, 5))
        places, none = np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.float32)
        return [
            Ranked(0, 0, float(score), float(logit), places, none, none)
            for score, logit in zip(scores, raw, strict=True)
        ]

    def _pieces(self, question: str, title: str, text: str) -> list[str]:
        """The passage under its title, in as many pieces as the model needs to see all of it."""
        tokenizer: Any = self._model.tokenizer
        head = encodable(title)
        special = 8  # tokens, at most
        used = len(offsets(tokenizer, question)) + len(offsets(tokenizer, head)) + special
        room = max(self._window - used, self._window // 4)
        places = offsets(tokenizer, text)
        lows = range(0, max(1, len(places) - room // 4), max(1, room - room // 4))
        if len(places) <= room:
            return [indexed_text(head, text)]
        ends = [places[min(low + room, len(places)) - 1][1] for low in lows]
        return [
            indexed_text(head, text[places[low][0] : end])
            for low, end in zip(lows, ends, strict=True)
        ]

    def _logits(self, pairs: list[tuple[str, str]]) -> list[float]:
        import torch

        try:
            found: NDArray[np.float32] = np.asarray(
                self._model.predict(
                    pairs,
                    batch_size=_BATCH,
                    activation_fn=torch.nn.Identity(),
                    show_progress_bar=False,
                )
            )
        except (RuntimeError, ValueError, TypeError, LookupError) as error:
            raise ReaderError(
                f"The reranker cannot read a question and a passage ({first_line(error)})."
            ) from error
        if found.shape != (len(pairs),):
            raise ReaderError(
                f"The reranker gives {found.shape[-1]} scores for a pair where one is needed: "
                "give a cross-encoder that was trained to rank."
            )
        return [float(score) for score in found]


def _load(files: ModelFiles, device: str) -> "CrossEncoder":
    prepare()
    from sentence_transformers import CrossEncoder
    from transformers import AutoConfig

    try:
        kinds = AutoConfig.from_pretrained(files.folder, local_files_only=True).architectures
        model: CrossEncoder = CrossEncoder(
            str(files.folder),
            device=device,
            local_files_only=True,
            model_kwargs={"dtype": "float32"},
        )
    except Exception as error:  # those of transformers, tokenizers and safetensors share no base
        raise ReaderError(
            f"The reranker in {files.folder} cannot be loaded on {device!r} ({first_line(error)}): "
            "give the folder of a cross-encoder, and a device that torch has here."
        ) from error
    # Of any other model the library would make a cross-encoder with a head of random weights.
    kind = (kinds or ["model of an unnamed kind"])[0]
    if not kind.endswith(("ForSequenceClassification", "ForCausalLM")):
        raise ReaderError(
            f"The model in {files.folder} is a {kind} and no cross-encoder: give one that was "
            "trained to rank."
        )
    # Of a folder without a vocabulary the library makes a tokenizer that knows no word.
    tokenizer: Any = model.tokenizer
    if not tokenizer.is_fast or len(tokenizer) <= len(tokenizer.all_special_ids):
        raise ReaderError(
            f"The tokenizer in {files.folder} is missing, or cannot say where its tokens stand in "
            "the text: give a model that has a tokenizer.json."
        )
    return model
