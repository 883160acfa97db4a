from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from index.types import Chunk, Passage, Span
from qa.evidence import EvidenceSettings, rank, sentences_of, word_scores
from qa.reader.spans import FakeReader

TEXT = "The hotel opens. Kim stays there. Nobody else came."
SPANS = [Span(0, 16), Span(17, 33), Span(34, 51)]


def passage(start: int, end: int, score: float = 1.0, article: str = "a") -> Passage:
    chunk = Chunk(f"{article}{start}", article, 0, start, end)
    return Passage(chunk, article, "", "", None, TEXT[start:end], score)


def no_similarity(question: str, texts: Sequence[str]) -> NDArray[np.float64]:
    return np.zeros(len(texts))


def test_sentences_of_overlapping_passages_come_once_and_are_spans_of_the_article() -> None:
    found = sentences_of([passage(0, 33), passage(17, 51)], lambda _: SPANS)
    assert [(s.start, s.end) for s in found] == [(0, 16), (17, 33), (34, 51)]
    assert all(TEXT[s.start : s.end] == s.text for s in found)


def test_text_between_the_spans_is_never_evidence() -> None:
    found = sentences_of([passage(0, 51)], lambda _: [SPANS[0], SPANS[2]])
    assert [s.text for s in found] == ["The hotel opens.", "Nobody else came."]


def test_a_sentence_that_outlasts_its_passage_is_cut_where_the_passage_ends() -> None:
    (found,) = sentences_of([passage(0, 9)], lambda _: SPANS)
    assert (found.start, found.end, found.text) == (0, 9, "The hotel")


def test_word_scores_are_bm25_with_the_weights_given() -> None:
    # Two texts of two content words each, so length plays no part: tf 1 scores its weight,
    # tf 2 scores weight * 2 * 2.2 / (2 + 1.2) = 1.375 * weight.
    scores, overlap = word_scores(["hotel opens", "hotel hotel"], {"hotel": 2.0, "kim": 6.0})
    assert scores == pytest.approx([2.0, 2.75])
    assert overlap == pytest.approx([0.25, 0.25])


def test_no_known_word_scores_nought() -> None:
    scores, overlap = word_scores(["hotel"], {})
    assert scores.tolist() == [0.0]
    assert overlap.tolist() == [0.0]


def test_the_sentence_with_the_rare_words_comes_first() -> None:
    best, *_ = rank(
        "Who stays?",
        sentences_of([passage(0, 51)], lambda _: SPANS),
        weights={"stay": 3.0},
        similarity=no_similarity,
        readings={},
        settings=EvidenceSettings(),
    )
    assert best.text == "Kim stays there."
    assert best.overlap == 1.0


def test_a_better_passage_lifts_its_sentences() -> None:
    sentences = sentences_of([passage(0, 16, 0.1, "a"), passage(0, 16, 2.0, "b")], lambda _: SPANS)
    settings = EvidenceSettings()
    best, other = rank(
        "Which hotel?",
        sentences,
        weights={},
        similarity=no_similarity,
        readings={},
        settings=settings,
    )
    assert (best.passage.article_id, other.passage.article_id) == ("b", "a")
    assert best.score - other.score == pytest.approx(settings.passage * 1.9)


def test_a_heading_is_evidence_only_where_there_is_nothing_else() -> None:
    text = "On and off summit\n\nIt almost failed."
    whole = Passage(Chunk("c", "a", 0, 0, len(text)), "a", "", "", None, text, 1.0)
    spans = [Span(0, 17), Span(19, 36)]
    assert [s.text for s in sentences_of([whole], lambda _: spans)] == ["It almost failed."]
    assert [s.text for s in sentences_of([whole], lambda _: spans[:1])] == ["On and off summit"]


def test_a_sentence_with_a_date_answers_when_rather_than_one_without() -> None:
    text = "The summit is planned. The summit is on Feb. 27 in Hanoi."
    whole = Passage(Chunk("c", "a", 0, 0, len(text)), "a", "", "", None, text, 1.0)
    best, other = rank(
        "When is the summit?",
        sentences_of([whole], lambda _: [Span(0, 22), Span(23, len(text))]),
        weights={},
        similarity=no_similarity,
        readings={},
        settings=EvidenceSettings(),
    )
    assert best.text.endswith("Hanoi.")
    assert (best.expected, other.expected) == (True, False)


def test_the_sentence_in_which_the_reader_finds_the_answer_comes_first_with_its_span() -> None:
    whole = passage(0, 51)
    reader = FakeReader({"Where is it?": "there"})
    (reading,) = reader.read("Where is it?", [("", whole.text)])
    best, *others = rank(
        "Where is it?",
        sentences_of([whole], lambda _: SPANS),
        weights={},
        similarity=no_similarity,
        readings={whole.chunk.id: reading},
        settings=EvidenceSettings(),
    )
    assert best.text == "Kim stays there."
    assert best.span is not None
    assert TEXT[best.span.start : best.span.end] == "there"
    assert best.margin == 5.0
    assert all(other.span is None for other in others)


def test_spans_are_in_the_articles_offsets_where_the_passage_begins_later() -> None:
    later = passage(17, 51)
    (reading,) = FakeReader({"?": "Nobody"}).read("?", [("", later.text)])
    best, *_ = rank(
        "?",
        sentences_of([later], lambda _: SPANS),
        weights={},
        similarity=no_similarity,
        readings={later.chunk.id: reading},
        settings=EvidenceSettings(),
    )
    assert best.span == Span(34, 40)
    assert TEXT[34:40] == "Nobody"


def test_no_sentence_gives_no_evidence() -> None:
    assert not rank(
        "?", [], weights={}, similarity=no_similarity, readings={}, settings=EvidenceSettings()
    )
