"""Examples to arrays: tokens, windows, and which tokens may start or end the answer."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.reader.rows import Example
from qa.reader.windows import (
    Offsets,
    Specials,
    Window,
    layout,
    padded,
    room,
    token_range,
    window,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MOST_ROWS = 96
_SORTED_TOGETHER = 1_500


@dataclass(frozen=True, slots=True)
class Item:
    """A window with the ranges of positions (first, last) that answer; none means null."""

    window: Window
    answers: tuple[tuple[int, int], ...]
    evidence: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Arrays of (rows, length); `start` and `end` mark every right position, null being 0."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    types: NDArray[np.int64]
    start: NDArray[np.bool_]
    end: NDArray[np.bool_]
    answered: NDArray[np.float32]


def items(
    examples: Sequence[Example], tokenizer: "Tokenizer", specials: Specials, *, seed: int
) -> list[Item]:
    """One window of each example; a long passage is cut where a random window holds its answer."""
    rng = random.Random(seed)

    def encode(texts: list[str]) -> list[tuple[list[int], Offsets]]:
        found = tokenizer.encode_batch(texts, add_special_tokens=False)
        return [(encoding.ids, encoding.offsets) for encoding in found]

    questions = encode([example.question for example in examples])
    titles = encode([example.title for example in examples])
    passages = encode([example.passage for example in examples])
    return [
        _item(example, layout(question[0], title[0], specials), passage, specials, rng)
        for example, question, title, passage in zip(
            examples, questions, titles, passages, strict=True
        )
    ]


def _item(
    example: Example,
    prefix: tuple[tuple[int, ...], int],
    passage: tuple[list[int], Offsets],
    specials: Specials,
    rng: random.Random,
) -> Item:
    ids, offsets = passage
    size = room(prefix)
    found = [token_range(offsets, start, end) for start, end in example.spans]
    # An answer longer than a window is learnt from its beginning.
    ranges = sorted({(a, min(b, a + size - 1)) for a, b in filter(None, found)})
    low = 0
    if len(ids) > size:
        top = len(ids) - size
        if ranges:
            first, last = ranges[0]
            low = rng.randint(min(top, max(0, last - size + 1)), min(top, first))
        else:
            low = rng.randint(0, top)
    made = window(prefix, ids, low, specials)
    shift = made.first - low
    inside = tuple((a + shift, b + shift) for a, b in ranges if a >= low and b < made.high)
    return Item(window=made, answers=inside, evidence=example.evidence, answered=bool(inside))


def batch(rows: Sequence[Item], specials: Specials) -> Batch:
    """The rows as one padded batch."""
    ids, mask, types = padded([row.window for row in rows], specials)
    start = np.zeros(ids.shape, dtype=np.bool_)
    end = np.zeros(ids.shape, dtype=np.bool_)
    for number, row in enumerate(rows):
        for first, last in row.answers:
            start[number, first : last + 1 if row.evidence else first + 1] = True
            end[number, first if row.evidence else last : last + 1] = True
        if not row.answered:
            start[number, 0] = end[number, 0] = True
    answered = np.array([row.answered for row in rows], dtype=np.float32)
    return Batch(ids=ids, mask=mask, types=types, start=start, end=end, answered=answered)


def batches(rows: Sequence[Item], *, tokens: int, seed: int) -> Iterator[list[Item]]:
    """Groups of rows of like length, at most `tokens` padded tokens each, in a seeded order."""
    rng = random.Random(seed)
    groups: list[list[Item]] = []
    for low in range(0, len(rows), _SORTED_TOGETHER):
        group: list[Item] = []
        for row in sorted(rows[low : low + _SORTED_TOGETHER], key=lambda r: len(r.window.ids)):
            if group and (
                len(group) == _MOST_ROWS or (len(group) + 1) * len(row.window.ids) > tokens
            ):
                groups.append(group)
                group = []
            group.append(row)
        groups.append(group)
    rng.shuffle(groups)
    yield from groups
