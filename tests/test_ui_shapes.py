import json
from datetime import date

from index.types import Chunk, Passage
from qa.types import Answer, Citation
from ui.shapes import answer_object, passage_objects, written

CITATION = Citation(1, "a", "f" * 64, "Títle", "CNN", date(2018, 6, 5), "a.txt", 3, 8, "quote")
PASSAGE = Passage(Chunk("c", "a", 2, 3, 8), "a", "Títle", "", None, "quote", 1.5, 0.4, 7.0)


def test_an_answer_has_the_documented_keys_in_their_order() -> None:
    answer = Answer(
        question="q",
        standalone="s",
        answered=True,
        text="quote [1]",
        short="quote",
        citations=(CITATION,),
        confidence=0.5,
        nearest=(PASSAGE,),
        missing=("x",),
        timings={"search": 0.1, "read": 0.2, "compose": 0.0, "total": 0.3},
    )
    found = answer_object(answer)
    assert list(found) == [
        "question",
        "standalone",
        "answered",
        "text",
        "short",
        "confidence",
        "citations",
        "nearest",
        "missing",
        "wrote",
        "removed",
        "note",
        "timings",
    ]
    assert found["citations"] == [
        {
            "number": 1,
            "article_id": "a",
            "version": "f" * 64,
            "title": "Títle",
            "source": "CNN",
            "published": "2018-06-05",
            "path": "a.txt",
            "start": 3,
            "end": 8,
            "quote": "quote",
        }
    ]
    assert found["timings"]["total"] == 0.3


def test_a_passage_has_the_documented_keys_and_null_for_no_date() -> None:
    assert passage_objects([PASSAGE]) == [
        {
            "article_id": "a",
            "title": "Títle",
            "source": "",
            "published": None,
            "start": 3,
            "end": 8,
            "text": "quote",
            "score": 1.5,
        }
    ]


def test_json_is_readable_where_the_encoding_allows_and_valid_everywhere() -> None:
    assert "é" in written({"a": "é"}, "utf-8")
    assert written({"a": "é"}, "ascii").isascii()
    assert json.loads(written({"a": "é\udcff"}, "utf-8")) == {"a": "é\udcff"}
