"""Reading passages: the best span of each, its margin over "no answer", and how sure that is.

The network runs as int8 ONNX on the CPU, one window at a time: dynamic quantisation takes its scale
from the whole batch, so a batch would let one passage's score depend on its neighbours. Each thread
runs whole windows, 17 ms for 170 tokens; two threads inside one window waited for each other on a
busy machine and used twice the processor time.
"""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from index.foreign import first_line
from qa.errors import ReaderError
from qa.reader.files import OUTPUTS, checked, manifest_of, session_of
from qa.reader.windows import (
    OVERLAP,
    WINDOW,
    Specials,
    Window,
    encodable,
    layout,
    open_tokenizer,
    padded,
    windows,
)

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

LONGEST_ANSWER = 30
NOTHING = -30.0
"""The margin and answerability of a passage without a token: below any that the network gives."""

WEIGHTS = Path(__file__).parent / "weights"
_UNFIT = "The reader's network is of another shape and cannot read with the tokenizer beside it"

Floats = NDArray[np.float32]
Logits = tuple[Floats, Floats, float]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the reader found in one passage: `text[start:end]` is its best answer.

    `score` is the margin: the best span's start and end logits minus the null's; above zero the
    network prefers the span to "no answer". `answerable` is the logit of its second opinion, from
    a head of its own. `places` (tokens, 2) are the tokens' character offsets; `starts` and `ends`
    (tokens,) their logits less the null's. A passage without a token has an empty span at 0.
    """

    start: int
    end: int
    score: float
    answerable: float
    places: NDArray[np.int64]
    starts: Floats
    ends: Floats

    def within(self, start: int, end: int) -> "Reading":
        """The reading of the characters `start:end` alone, for instance of one sentence.

        Its span lies inside and its score is the best margin of a span inside; `NOTHING` where no
        token does.
        """
        inside = (self.places[:, 0] >= start) & (self.places[:, 1] <= end)
        return reading(self.places[inside], self.starts[inside], self.ends[inside], self.answerable)


def reading(places: NDArray[np.int64], starts: Floats, ends: Floats, answerable: float) -> Reading:
    """The reading whose span of at most `LONGEST_ANSWER` tokens has the highest sum of logits."""
    if not len(places):
        return Reading(0, 0, NOTHING, answerable, places, starts, ends)
    best, first, last = -np.inf, 0, 0
    for more in range(min(LONGEST_ANSWER, len(places))):
        sums = starts[: len(starts) - more] + ends[more:]
        place = int(sums.argmax())
        if sums[place] > best:
            best, first, last = float(sums[place]), place, place + more
    start, end = int(places[first, 0]), int(places[last, 1])
    return Reading(start, end, best, answerable, places, starts, ends)


class Reader(Protocol):
    """Finds the best answer to a question in each of several passages."""

    @property
    def fingerprint(self) -> str:
        """Names the weights and the way of reading, for what is stored beside its results."""
        ...

    @property
    def calibration(self) -> str:
        """Which model of `qa/confidence.json` suits its margins; "plain" looks at none."""
        ...

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each passage (title, text), in their order; offsets are in the text."""
        ...


class SpanReader:
    """The reading of long and short passages, whatever runs the network.

    Subclasses say how windows become logits.
    """

    calibration = "reader"

    def __init__(self, tokenizer: "Tokenizer", specials: Specials, fingerprint: str) -> None:
        self._tokenizer, self._specials = tokenizer, specials
        self.fingerprint = fingerprint

    def logits(self, inputs: Sequence[Window]) -> list[Logits]:
        """Start and end logits (tokens,) and the answerability logit of each window."""
        raise NotImplementedError

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each passage (title, text), in their order; offsets are in the text."""
        if not passages:
            return []
        asked = self._encode([question])[0].ids
        titles = self._encode([title for title, _ in passages])
        texts = self._encode([text for _, text in passages])
        cut = [
            windows(layout(asked, title.ids, self._specials), text.ids, self._specials)
            for title, text in zip(titles, texts, strict=True)
        ]
        found = iter(self.logits([part for parts in cut for part in parts]))
        return [
            joined(parts, [next(found) for _ in parts], text.offsets)
            for parts, text in zip(cut, texts, strict=True)
        ]

    def _encode(self, texts: list[str]) -> list[Any]:
        safe = [encodable(text) for text in texts]
        return self._tokenizer.encode_batch(safe, add_special_tokens=False)


def joined(
    parts: Sequence[Window], logits: Sequence[Logits], offsets: Sequence[tuple[int, int]]
) -> Reading:
    """One reading of a passage; a token in several windows counts where it has most context."""
    places = np.array(offsets, dtype=np.int64).reshape(-1, 2)
    starts = np.full(len(places), NOTHING, dtype=np.float32)
    ends = np.full(len(places), NOTHING, dtype=np.float32)
    depth = np.full(len(places), -1, dtype=np.int64)
    for part, (start, end, _) in zip(parts, logits, strict=True):
        tokens = np.arange(part.low, part.high)
        context = np.minimum(tokens - part.low, part.high - 1 - tokens)
        better = tokens[context > depth[tokens]]
        places_in = better - part.low + part.first
        depth[better] = context[better - part.low]
        starts[better] = start[places_in] - start[0]
        ends[better] = end[places_in] - end[0]
    answerable = max((gate for _, _, gate in logits), default=NOTHING)
    return reading(places, starts, ends, answerable)


class OnnxReader(SpanReader):
    """The shipped reader: int8 ONNX on the CPU, without torch."""

    def __init__(
        self,
        session: "InferenceSession",
        tokenizer: "Tokenizer",
        marks: tuple[Specials, str],
        threads: int,
    ) -> None:
        super().__init__(tokenizer, *marks)
        self._session = session
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")

    @classmethod
    def open(cls, folder: Path = WEIGHTS, threads: int = 2) -> Self:
        """Load the reader of a folder that `python -m qa.reader.export` wrote.

        `threads` is how many windows are read at once. Raises `ReaderError` where a file lacks, is
        altered, or is of another shape.
        """
        manifest = manifest_of(folder)
        for name, digest in manifest["files"].items():
            checked(folder / name, digest)
        session = session_of(folder / "model.onnx")
        tokenizer, specials = open_tokenizer(folder / "tokenizer.json")
        digests = " ".join(f"{name} {digest}" for name, digest in manifest["files"].items())
        mark = hashlib.sha256(f"{digests} {WINDOW} {OVERLAP}".encode()).hexdigest()[:16]
        fingerprint = f"reader {manifest['version']} {mark}"
        return cls(session, tokenizer, (specials, fingerprint), threads)

    def logits(self, inputs: Sequence[Window]) -> list[Logits]:
        """Start and end logits (tokens,) and the answerability logit of each window."""
        return list(self._pool.map(self._run, inputs))

    def _run(self, item: Window) -> Logits:
        ids, mask, types = padded([item], self._specials)
        fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        try:
            start, end, gate = self._session.run(OUTPUTS, fed)
            found = start[0], end[0], float(gate[0])
        except Exception as error:  # onnxruntime's share no narrower base
            raise ReaderError(f"{_UNFIT} ({first_line(error)}).") from error
        if not found[0].shape == found[1].shape == ids[0].shape:
            raise ReaderError(f"{_UNFIT} (it gives {start.shape} logits for {ids.shape} tokens).")
        return found


class FakeReader:
    """A reader for tests: it knows the answers, `{question: answer}`, and finds their words.

    A passage that holds the answer's words has a margin of 5, any other one of -5 and an empty
    span. Tokens are the words between spaces.
    """

    fingerprint = "fake reader"
    calibration = "reader"

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each passage (title, text), in their order; offsets are in the text."""
        return [self._reading(self._answers.get(question, ""), text) for _, text in passages]

    def _reading(self, answer: str, text: str) -> Reading:
        start = text.find(answer) if answer else -1
        if start < 0:
            places, logits = np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.float32)
            return Reading(0, 0, -5.0, -5.0, places, logits, logits)
        places = np.array([[start, start + len(answer)]], dtype=np.int64)
        logits = np.array([2.5], dtype=np.float32)
        return reading(places, logits, logits, 5.0)
