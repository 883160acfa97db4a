"""The reader's input: what stands where, and that windows cover every token."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa.reader.windows import (
    OVERLAP,
    WINDOW,
    Specials,
    layout,
    padded,
    room,
    token_range,
    window,
    windows,
)

MARKS = Specials(cls=101, sep=102, pad=0)


def test_the_input_is_question_title_passage_between_separators() -> None:
    prefix = layout([7, 8], [9], MARKS)
    made = window(prefix, [1, 2, 3], 0, MARKS)
    assert made.ids == (101, 7, 8, 102, 9, 102, 1, 2, 3, 102)
    assert (made.split, made.first, made.low, made.high) == (4, 6, 0, 3)


def test_an_empty_title_leaves_no_separator() -> None:
    assert layout([7], [], MARKS) == ((101, 7, 102), 3)


def test_a_long_question_and_title_are_cut_and_leave_room_for_the_passage() -> None:
    prefix = layout([7] * 500, [9] * 500, MARKS)
    assert len(prefix[0]) == 1 + 64 + 1 + 24 + 1
    assert room(prefix) == WINDOW - 92


@given(st.integers(0, 3_000), st.integers(1, 90), st.integers(0, 40))
def test_windows_cover_every_token_in_order_and_fit(tokens: int, asked: int, titled: int) -> None:
    prefix = layout([7] * asked, [9] * titled, MARKS)
    made = windows(prefix, list(range(tokens)), MARKS)
    assert all(len(item.ids) <= WINDOW for item in made)
    assert {t for item in made for t in range(item.low, item.high)} == set(range(tokens))
    for one, other in pairwise(made):
        assert other.low < one.high
        assert one.high - other.low == OVERLAP
    for item in made:
        assert item.ids[item.first : -1] == tuple(range(item.low, item.high))


def test_token_range_finds_the_tokens_that_touch_the_characters() -> None:
    offsets = [(0, 3), (4, 8), (8, 9), (10, 12)]
    assert token_range(offsets, 4, 9) == (1, 2)
    assert token_range(offsets, 5, 6) == (1, 1)
    assert token_range(offsets, 9, 10) is None


def test_padding_is_masked_and_types_begin_after_the_question() -> None:
    long = window(layout([7], [], MARKS), [1, 2], 0, MARKS)
    short = window(layout([7], [], MARKS), [1], 0, MARKS)
    ids, mask, types = padded([long, short], MARKS)
    assert ids.tolist() == [[101, 7, 102, 1, 2, 102], [101, 7, 102, 1, 102, 0]]
    assert mask.tolist() == [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0]]
    assert types.tolist() == [[0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 0]]
