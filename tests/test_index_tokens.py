"""Tokens put together from the pieces between spaces are those of the whole text."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

from index import tokens
from index.models import DEFAULT_MODEL, locate
from index.tokens import Tokens, load_tokenizer

SEEDS = [path.read_text("utf-8") for path in sorted(Path("seeds").rglob("*.txt"))]
WINDOW = 32
ODD = st.text(
    st.sampled_from(
        "aBéE\u0301ßİΣς한中ไ🚢.,-'[]#½ﬁ\u00ad\u200b\ufeff\ufffd\x00  \xa0\u3000\n\t\x0b\x1c\x85"
    )
)


def _json(*added: AddedToken) -> str:
    tokenizer = Tokenizer.from_file(str(locate(DEFAULT_MODEL).folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(WINDOW)
    tokenizer.add_tokens(list(added))
    return str(tokenizer.to_str())


REMEMBERING = Tokens(_json())
CUTTING, WHOLE = load_tokenizer(_json()), load_tokenizer(_json())
WHOLE.no_truncation()


def check(text: str) -> None:
    encoding = WHOLE.encode(text, add_special_tokens=False)
    for _ in range(2):  # the second time every piece is known
        assert list(REMEMBERING.offsets(text)) == encoding.offsets
        assert REMEMBERING.ids(text).tolist() == CUTTING.encode(text).ids


@settings(deadline=None)
@given(st.one_of(ODD, st.text(), st.lists(ODD).map(" ".join)))
@example("")
@example(" two  spaces ")
@example("[SEP] [SE P] a[CLS]b [UNK]")
@example("x" * 70 + " " + "y" * 101 + " short")
@example("a " * 2 * WINDOW)
def test_any_text_has_the_tokens_that_its_tokenizer_gives_it(text: str) -> None:
    check(text)


def test_articles_have_the_tokens_that_the_tokenizer_gives_them() -> None:
    assert SEEDS
    for text in SEEDS:
        check(text)
        for line in text.splitlines():
            check(line)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_REMEMBERED", 20)
    few = Tokens(_json())
    for number in range(100):
        text = f"word{number} and word{number + 1} " + "z" * 100
        assert few.ids(text).tolist() == CUTTING.encode(text).ids
        assert few._known is not None
        assert 0 < len(few._known) <= 20
        assert max(map(len, few._known)) <= 64


def test_eight_threads_share_one_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_REMEMBERED", 50)
    shared = Tokens(_json())
    lines = [line for text in SEEDS for line in text.splitlines()]
    expected = [CUTTING.encode(line).ids for line in lines]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: [shared.ids(line).tolist() for line in lines], range(8)):
            assert found == expected


def test_a_token_with_a_space_in_it_is_found() -> None:
    spec = _json(AddedToken("New York", normalized=False))
    text = "A ferry to New York leaves at noon."
    assert Tokens(spec).ids(text).tolist() == load_tokenizer(spec).encode(text).ids
    assert (11, 19) in Tokens(spec).offsets(text)


def test_a_tokenizer_that_joins_spaces_to_words_is_given_whole_texts() -> None:
    vocabulary = {c: i for i, c in enumerate(["<s>", "a", "b", "Ġ", "Ġa"])}
    tokenizer = Tokenizer(BPE(vocabulary, [("Ġ", "a")]))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.enable_truncation(3)
    found = Tokens(tokenizer.to_str())
    assert found.ids("a a b b").tolist() == [1, 4, 3]
    assert list(found.offsets("a a b")) == [(0, 1), (1, 3), (3, 4), (4, 5)]


def test_words_in_capitals_keep_their_own_tokens_where_case_counts() -> None:
    spec = json.loads(_json())
    spec["normalizer"]["lowercase"] = False
    cased = json.dumps(spec)
    for text in ("The Quay the quay QUAY", "the quay The Quay"):
        assert Tokens(cased).ids(text).tolist() == load_tokenizer(cased).encode(text).ids
