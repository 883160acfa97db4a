"""Readers of others: any extractive question answering model that transformers can load (torch).

A model trained on questions without an answer points at its first special token where it finds
none, as in Devlin et al. 2019, section 4.3: the margin is the best span less that null. One trained
on answerable questions alone has no such opinion, and its null logits mean nothing. Which of the
two a model is, is found out by asking it what the text plainly does not say.
"""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from index.foreign import first_line, limit_threads
from index.models import ModelFiles
from qa.errors import ReaderError
from qa.reader.loading import prepare
from qa.reader.spans import NOTHING, Reading, joined, reading
from qa.reader.windows import QUESTION_TOKENS, Window, encodable

if TYPE_CHECKING:
    import torch

LONGEST_WINDOW = 384  # what the published recipes for SQuAD train with
LEAST_WINDOW = 32
_ABSENT = (
    ("Who painted the ceiling of the chapel?", "Bread rises because yeast gives off gas."),
    ("When did the war with Sweden end?", "The bus stops twice in our street, near the bakery."),
    ("How many people live in Chile?", "Ann Low opened the library. It rained all day."),
    ("Which river flows through Vienna?", "A violin has four strings, tuned in fifths."),
    ("Why was the bridge closed?", "Penguins cannot fly, but they swim very well."),
)

Floats = NDArray[np.float32]
Offsets = NDArray[np.int64]


class TransformerReader:
    """A question answering model in float32, one window at a time, on any device of torch's.

    The input is question and passage, without the title: that is how these models were trained.
    `nulls` tells whether the model was trained to say "no answer". If not, a margin is the log of
    the span's probability among all spans of the passages read, plus log 4: above zero for a span
    that has more than a quarter of it, above `qa.compose.SURE` for one with more than two thirds.
    Its size tells spans apart and never whether the corpus answers. `answerable` is the passage's
    best margin. Calls from several threads wait for each other.
    """

    calibration = "plain"

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._one_at_a_time = Lock()
        self._window = _window(tokenizer, model.config)
        self.nulls = True
        margins = [self.read(question, [("", text)])[0].score for question, text in _ABSENT]
        self.nulls = tokenizer.cls_token_id is not None and float(np.median(margins)) < 0
        self.fingerprint = f"{name}/float32/{'null' if self.nulls else 'no null'}/{self._window}"

    @classmethod
    def open(cls, files: ModelFiles, *, device: str = "cpu", threads: int | None = None) -> Self:
        """Load the model of a folder; raises ReaderError where it cannot be used as a reader."""
        model, tokenizer = _load(files, device)
        limit_threads(threads)
        return cls(model, tokenizer, f"{files.name}@{files.digest()[:16]}")

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each passage (title, text), in their order; offsets are in the text."""
        if not passages:
            return []
        with self._one_at_a_time:
            asked = self._short(encodable(question))
            found = [self._passage(asked, encodable(text)) for _, text in passages]
        return found if self.nulls else _shared(found)

    def _short(self, question: str) -> str:
        """The question, cut so that a passage fits beside it."""
        most = min(QUESTION_TOKENS, self._window // 3)
        offsets = self._tokenizer(
            question, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )["offset_mapping"]
        return question[: offsets[most - 1][1]] if len(offsets) > most else question

    def _passage(self, question: str, text: str) -> Reading:
        if not text.strip():
            return reading(np.zeros((0, 2), np.int64), *_none(), NOTHING)
        overlap = self._window // 4
        encoded = self._tokenizer(
            question,
            text,
            truncation="only_second",
            max_length=self._window,
            stride=overlap,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            verbose=False,
        )
        places: list[tuple[int, int]] = []
        parts, logits = [], []
        for row in range(len(encoded["input_ids"])):
            inside = [n for n, part in enumerate(encoded.sequence_ids(row)) if part == 1]
            low = max(0, len(places) - overlap) if row else 0
            places += [encoded["offset_mapping"][row][n] for n in inside[len(places) - low :]]
            parts.append(Window(ids=(), split=0, first=1, low=low, high=low + len(inside)))
            start, end = (
                self._part(each, inside, encoded, row) for each in self._run(encoded, row)
            )
            logits.append((start, end, NOTHING))
        return _worded(joined(parts, logits, places), text)

    def _part(self, logits: Floats, inside: list[int], encoded: Any, row: int) -> Floats:
        """The null's logit, or 0 where there is none, and then those of the passage's tokens."""
        ids = encoded["input_ids"][row]
        first = self._tokenizer.cls_token_id
        null = logits[ids.index(first)] if self.nulls and first in ids else 0.0
        return np.concatenate([[null], logits[inside]]).astype(np.float32)

    def _run(self, encoded: Any, row: int) -> tuple[Floats, Floats]:
        import torch

        names = [name for name in self._tokenizer.model_input_names if name in encoded]
        fed = {
            name: torch.tensor([encoded[name][row]], device=self._model.device) for name in names
        }
        try:
            with torch.inference_mode():
                output = self._model(**fed)
            start, end = (_numbers(each) for each in (output.start_logits, output.end_logits))
        except (RuntimeError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise ReaderError(
                f"The reader's model, a {type(self._model).__name__}, cannot read a question and "
                f"a passage ({first_line(error)})."
            ) from error
        tokens = len(encoded["input_ids"][row])
        if not start.shape == end.shape == (tokens,):
            raise ReaderError(
                f"The reader's model, a {type(self._model).__name__}, gives {start.shape} logits "
                f"for {tokens} tokens: it is no model for extractive question answering."
            )
        return start, end


def _numbers(logits: "torch.Tensor") -> Floats:
    return np.asarray(logits[0].float().cpu().numpy(), np.float32)


def _none() -> tuple[Floats, Floats]:
    return np.zeros(0, np.float32), np.zeros(0, np.float32)


def _worded(found: Reading, text: str) -> Reading:
    """The reading with tokens cut to what they show: some tokenizers give them the space before."""
    places = [_trimmed(text, int(start), int(end)) for start, end in found.places]
    array = np.array(places, dtype=np.int64).reshape(-1, 2)
    shown = array[:, 0] < array[:, 1]
    best = reading(array[shown], found.starts[shown], found.ends[shown], NOTHING)
    return replace(best, answerable=best.score)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _shared(found: Sequence[Reading]) -> list[Reading]:
    """The readings with margins by probability: one softmax over the tokens of all passages.

    As in Clark and Gardner, "Simple and Effective Multi-Paragraph Reading Comprehension" (2018):
    apart, each passage's best span would look equally sure.
    """
    starts, ends = ([getattr(r, name) for r in found] for name in ("starts", "ends"))
    if not sum(len(each) for each in starts):
        return list(found)
    begin, finish = (np.logaddexp.reduce(np.concatenate(each)) for each in (starts, ends))
    half = np.float32(np.log(2.0))  # of log 4, for each of start and end
    moved = [
        reading(r.places, r.starts - begin + half, r.ends - finish + half, NOTHING) for r in found
    ]
    return [replace(r, answerable=r.score) for r in moved]


def _window(tokenizer: Any, config: Any) -> int:
    """How many tokens one window holds, special ones included."""
    places = getattr(config, "max_position_embeddings", None)
    # RoBERTa and its kin begin to count after the padding's place, and keep two more than they use.
    known = [places - 2] if isinstance(places, int) and places > 2 else []
    window = min([LONGEST_WINDOW, int(min(tokenizer.model_max_length, 10**6)), *known])
    if window < LEAST_WINDOW:
        raise ReaderError(
            f"The reader's model reads {window} tokens at a time, fewer than the {LEAST_WINDOW} "
            "that a question and a passage need."
        )
    return window


def _load(files: ModelFiles, device: str) -> tuple[Any, Any]:
    prepare()
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(files.folder, local_files_only=True)
        model, report = AutoModelForQuestionAnswering.from_pretrained(
            files.folder, local_files_only=True, dtype=torch.float32, output_loading_info=True
        )
        model = model.to(device).eval()
    except Exception as error:  # those of transformers, tokenizers and safetensors share no base
        raise ReaderError(
            f"The reader in {files.folder} cannot be loaded on {device!r} ({first_line(error)}): "
            "give the folder of a question answering model, and a device that torch has here."
        ) from error
    lacking = sorted({*report["missing_keys"], *(key for key, *_ in report["mismatched_keys"])})
    if lacking:
        raise ReaderError(
            f"The model in {files.folder} is not one for question answering: it lacks the weights "
            f"{', '.join(lacking[:3])}."
        )
    # Of a folder without a vocabulary the library makes a tokenizer that knows no word.
    if not tokenizer.is_fast or len(tokenizer) <= len(tokenizer.all_special_ids):
        raise ReaderError(
            f"The tokenizer in {files.folder} is missing, or cannot say where its tokens stand in "
            "the text: give a model that has a tokenizer.json."
        )
    tokenizer.truncation_side = "right"
    return model, tokenizer
