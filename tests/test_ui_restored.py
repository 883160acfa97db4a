"""JSON back into answers and filters: what went in comes out, and a fault is named."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from index.types import Chunk, Filters, Passage
from qa.types import Answer, Citation
from ui.restored import answer_from, filters_from, filters_object
from ui.shapes import answer_object

CITATION = Citation(1, "a", "f" * 64, "Títle", "CNN", date(2018, 6, 5), "a.txt", 3, 8, "quote")
UNDATED = replace(CITATION, number=2, source="", published=None)
NEAR = Passage(Chunk("a-3", "a", 2, 3, 8), "a", "Títle", "", None, "quote", 1.5, 0.4, 7.0)
ANSWER = Answer(
    question="q",
    standalone="s",
    answered=True,
    text="quote [1] quote [2]",
    short="quote",
    citations=(CITATION, UNDATED),
    confidence=0.5,
    missing=("x", "y"),
    wrote="a-model",
    removed=2,
    note="The model was slow.",
    timings={"search": 0.25, "total": 1.0},
)


def sent(answer: Answer) -> Any:
    return json.loads(json.dumps(answer_object(answer)))


def test_an_answer_comes_back_as_it_was() -> None:
    found = answer_from(sent(ANSWER))
    assert found == ANSWER
    assert found.timings == ANSWER.timings


def test_the_nearest_passages_come_back_without_their_chunks_id_and_raw_scores() -> None:
    (near,) = answer_from(sent(replace(ANSWER, nearest=(NEAR,)))).nearest
    assert near == replace(NEAR, chunk=Chunk("", "a", 0, 3, 8), cosine=0.0, bm25=0.0)


def test_every_field_of_an_answer_is_one_of_the_object() -> None:
    fields = set(Answer.__dataclass_fields__)
    assert set(answer_object(ANSWER)) == fields


def test_an_answer_of_before_there_were_language_models_comes_back() -> None:
    value = sent(ANSWER)
    for later in ("wrote", "removed", "note"):
        del value[later]
    assert answer_from(value) == replace(ANSWER, wrote="", removed=0, note="")


def test_a_field_that_is_not_known_is_left_out() -> None:
    value = {**sent(ANSWER), "mood": "good"}
    value["citations"][0]["colour"] = "red"
    assert answer_from(value) == ANSWER


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": 7}, "the answer's text cannot be '7'"),
        ({"answered": "yes"}, "the answer's answered cannot be 'yes'"),
        ({"confidence": True}, "the answer's confidence cannot be 'True'"),
        ({"missing": ["x", 1]}, "the answer's missing cannot be"),
        ({"timings": {"total": "1"}}, "the answer's timings cannot be '1'"),
        ({"citations": {}}, "the answer's citations cannot be"),
        ({"citations": ["x"]}, "the citation is no object but str"),
        ({"nearest": [{}]}, "the passage has no article_id"),
    ],
)
def test_a_value_of_another_kind_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        answer_from({**sent(ANSWER), **change})


@pytest.mark.parametrize(
    ("field", "value"), [("start", -1), ("end", True), ("number", "1"), ("published", "5 June")]
)
def test_a_citation_that_is_no_span_is_named(field: str, value: object) -> None:
    sent_citation = {**sent(ANSWER)["citations"][0], field: value}
    with pytest.raises(ValueError, match=f"the citation's {field} cannot be"):
        answer_from({**sent(ANSWER), "citations": [sent_citation]})


def test_what_is_missing_is_named() -> None:
    value = sent(ANSWER)
    del value["standalone"]
    with pytest.raises(ValueError, match="the answer has no standalone"):
        answer_from(value)
    with pytest.raises(ValueError, match="the answer is no object but list"):
        answer_from([])


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(date(2018, 1, 1), date(2018, 12, 31), ("CNN", "")),
        Filters(since=date.max),
    ],
)
def test_filters_come_back_as_they_were(filters: Filters) -> None:
    assert filters_from(json.loads(json.dumps(filters_object(filters)))) == filters
