"""How a question and a passage become the reader's input, the same in training and in use.

`[CLS] question [SEP] title [SEP] passage [SEP]`; an empty title leaves out its part. A passage
longer than the window is read through several windows that overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.errors import ReaderError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WINDOW = 320
OVERLAP = 96
QUESTION_TOKENS = 64
TITLE_TOKENS = 24

Offsets = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Specials:
    """The ids of the special tokens."""

    cls: int
    sep: int
    pad: int


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the network: passage tokens `low:high` stand at `first:first + high - low`."""

    ids: tuple[int, ...]
    split: int
    first: int
    low: int
    high: int


def open_tokenizer(path: Path) -> tuple["Tokenizer", Specials]:
    """The tokenizer of a `tokenizer.json`, without truncation or padding, and its special ids.

    Raises `ReaderError` where it lacks one of them.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises no narrower one
        raise ReaderError(f"{path} is not a tokenizer; install the package again.") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    cls, sep, pad = (_special(tokenizer, name) for name in ("[CLS]", "[SEP]", "[PAD]"))
    return tokenizer, Specials(cls=cls, sep=sep, pad=pad)


def _special(tokenizer: "Tokenizer", name: str) -> int:
    found = tokenizer.token_to_id(name)
    if found is None:
        raise ReaderError(f"The reader's tokenizer lacks {name}: it is not a BERT model's.")
    return found


def encodable(text: str) -> str:
    """The text with a character in place of each lone surrogate, which no tokenizer can take.

    As each stand-in is one character too, offsets stay as they are.
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def layout(
    question: Sequence[int], title: Sequence[int], specials: Specials
) -> tuple[tuple[int, ...], int]:
    """The ids before the passage, and how many of them are of token type 0."""
    head = (specials.cls, *question[:QUESTION_TOKENS], specials.sep)
    titled = (*title[:TITLE_TOKENS], specials.sep) if title else ()
    return head + titled, len(head)


def window(
    prefix: tuple[tuple[int, ...], int], passage: Sequence[int], low: int, specials: Specials
) -> Window:
    """The window that begins at the passage's token `low`."""
    head, split = prefix
    high = min(len(passage), low + room(prefix))
    ids = (*head, *passage[low:high], specials.sep)
    return Window(ids=ids, split=split, first=len(head), low=low, high=high)


def room(prefix: tuple[tuple[int, ...], int]) -> int:
    """How many passage tokens a window holds after the prefix."""
    return WINDOW - len(prefix[0]) - 1


def windows(
    prefix: tuple[tuple[int, ...], int], passage: Sequence[int], specials: Specials
) -> list[Window]:
    """The windows that together cover the passage; an empty passage has none."""
    size = room(prefix)
    step = max(1, size - OVERLAP)
    lows = range(0, max(1, len(passage) - OVERLAP) if len(passage) > size else 1, step)
    return [window(prefix, passage, low, specials) for low in lows] if passage else []


def token_range(offsets: Offsets, start: int, end: int) -> tuple[int, int] | None:
    """The first and last token that touch the characters `start:end`, or None where none does."""
    touched = [n for n, (low, high) in enumerate(offsets) if low < end and high > start]
    return (touched[0], touched[-1]) if touched else None


def padded(
    inputs: Sequence[Window], specials: Specials
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Token ids, mask and token types of the windows, each (windows, longest)."""
    longest = max(len(item.ids) for item in inputs)
    ids = np.full((len(inputs), longest), specials.pad, dtype=np.int64)
    mask = np.zeros_like(ids)
    types = np.zeros_like(ids)
    for row, item in enumerate(inputs):
        ids[row, : len(item.ids)] = item.ids
        mask[row, : len(item.ids)] = 1
        types[row, item.split : len(item.ids)] = 1
    return ids, mask, types
