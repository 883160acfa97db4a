from dataclasses import replace

from index.types import Chunk, Passage
from qa.joining import joined, passages_of, together
from qa.types import Answer, Citation, Evidence, Findings

PASSAGE = Passage(Chunk("c", "a", 0, 0, 40), "a", "Summit", "", None, "They meet. In Hanoi.", 1.0)


def cited(number: int, quote: str, start: int) -> Citation:
    return Citation(number, "a", "sha", "Summit", "", None, "a", start, start + len(quote), quote)


def answer(question: str, short: str, *citations: Citation, sure: float = 0.9) -> Answer:
    return Answer(question, question, True, "…", short, citations, sure)


def refusal(question: str) -> Answer:
    return Answer(question, question, False, "The corpus does not answer this.", "", (), 0.1)


WHEN = answer("When?", "June 12", cited(1, "They meet June 12.", 0))
WHERE = answer("Where?", "Hanoi", cited(1, "In Hanoi they meet.", 50), sure=0.6)


def test_the_answers_of_all_parts_are_cited_in_order_under_new_numbers() -> None:
    found = joined("When and where?", [WHEN, WHERE])
    assert found.text == "They meet June 12. [1] In Hanoi they meet. [2]"
    assert [citation.number for citation in found.citations] == [1, 2]
    assert found.short == "June 12; Hanoi"
    assert found.confidence == 0.6
    assert (found.question, found.note) == ("When and where?", "")


def test_a_span_that_answers_two_parts_is_cited_once() -> None:
    same = replace(WHERE, citations=WHEN.citations)
    assert len(joined("When and where?", [WHEN, same]).citations) == 1


def test_the_part_that_is_not_answered_is_named() -> None:
    found = joined("When and why?", [WHEN, refusal("Why?")])
    assert found.answered
    assert found.note == "The corpus does not answer “Why?”"
    assert found.confidence == 0.9


def test_where_no_part_is_answered_the_whole_is_refused() -> None:
    found = joined("Who and why?", [refusal("Who?"), refusal("Why?")])
    assert not found.answered
    assert found.question == "Who and why?"


def test_one_part_is_the_answer_as_it_is() -> None:
    assert joined("When?", [WHEN]) == WHEN


def test_the_best_evidence_of_each_part_comes_first() -> None:
    texts = ("one", "two", "three")
    one, two, three = (Evidence(PASSAGE, 0, len(t), t, 1.0, 0.5, 0.5) for t in texts)
    both = together(
        [Findings((PASSAGE,), (one, two), {}, 0.4), Findings((PASSAGE,), (three,), {}, 0.7)]
    )
    assert [item.text for item in both.evidence] == ["one", "three", "two"]
    assert both.chance == 0.7
    assert both.passages == (PASSAGE,)


def test_a_passage_that_two_parts_find_is_kept_once() -> None:
    again = replace(PASSAGE, score=0.2)
    assert passages_of([[PASSAGE], [again]]) == (PASSAGE,)
