"""One case and one outcome -> scores, and why a case was lost."""

import hashlib

import pytest

from evals.cases import Case, Gold
from evals.metrics import figures
from evals.rows import Row
from evals.score import Outcome, Unit, score
from index.types import Chunk, Passage
from qa.types import Answer, Citation

TEXT = "The talks begin at nine. The hotel is the Capella. It rained."
TEXTS = {"a.txt": TEXT, "b.txt": "Other things."}
CASE = Case("one", "Which hotel?", "fact", (("Capella",),), (Gold("a.txt", 25, 50),))
NONE = Case("two", "Who paid?", "near-miss")


def answer(*spans: tuple[int, int], text: str = "", sure: float = 0.8) -> Answer:
    cited = tuple(
        Citation(n, "a.txt", hashlib.sha256(TEXT.encode()).hexdigest(), "", "", None, "", s, e,
                 TEXT[s:e])
        for n, (s, e) in enumerate(spans, 1)
    )  # fmt: skip
    said = text or " ".join(f"{item.quote} [{item.number}]" for item in cited)
    return Answer("q", "q", bool(cited), said, "Capella" if cited else "", cited, sure)


def passage(article: str, start: int, end: int) -> Passage:
    chunk = Chunk(f"{article}{start}", article, 0, start, end)
    return Passage(chunk, article, "", "", None, TEXTS[article][start:end], 1.0)


def scored(case: Case, outcome: Outcome, unit: Unit = "span") -> Row:
    return score(case, outcome, TEXTS, unit=unit, corpus="c")


def test_a_right_answer_with_its_citation() -> None:
    found = [passage("b.txt", 0, 13), passage("a.txt", 0, 61)]
    row = scored(CASE, Outcome(answer((25, 50), (51, 61)), found))
    assert row.scores["right"] == row.scores["correct"] == row.scores["first_quote"] == 1.0
    assert row.scores["em"] == row.scores["f1"] == row.scores["citation_recall"] == 1.0
    assert (row.scores["cited_hit"], row.scores["cited_judged"]) == (1, 2)
    assert (row.scores["recall@1"], row.scores["recall@3"], row.rank) == (0.0, 1.0, 2)
    assert row.scores["words"] == 7  # The hotel is the Capella. It rained.
    assert row.why == ""


def test_a_refusal_is_right_only_where_there_is_no_answer() -> None:
    refusal = answer(text="The corpus does not answer this, not even about the Capella.")
    lost, won = scored(CASE, Outcome(refusal, [])), scored(NONE, Outcome(refusal))
    assert (lost.scores["correct"], won.scores["right"]) == (0.0, 1.0)
    assert "words" not in lost.scores
    assert lost.why == (
        "It refused to answer, and the search had no right passage among its first 10."
    )


def test_an_answer_to_what_has_none_is_wrong_and_its_citation_shows_nothing() -> None:
    row = scored(NONE, Outcome(answer((25, 50))))
    assert row.scores["right"] == 0.0
    assert (row.scores["cited_hit"], row.scores["cited_judged"]) == (0, 1)
    assert row.why.startswith("It gave an answer although")


def test_a_case_that_failed_scores_zero_in_all_that_a_case_that_did_not_scores_in() -> None:
    failed = scored(CASE, Outcome(None, None, "KeyError: 'x'"))
    won = scored(CASE, Outcome(answer((25, 50)), [passage("a.txt", 0, 61)]))
    assert set(won.scores) - set(failed.scores) == {"words"}
    kept = {name for name, value in failed.scores.items() if value}
    assert kept == {"error", "cited", "cited_judged"}
    assert failed.why == "It failed: KeyError: 'x'"
    overall = figures([failed, won])
    assert overall["correct"].value == overall["recall@1"].value == 0.5
    assert overall["citation_precision"].value == overall["quotes_verified"].value == 0.5


def test_copying_an_article_is_right_and_long() -> None:
    row = scored(CASE, Outcome(answer((0, 61))))
    assert (row.scores["correct"], row.scores["cited_hit"]) == (1.0, 1)
    assert row.scores["words"] == 12
    assert row.scores["f1"] == 1.0  # of the short form, which copying does not help


def test_every_part_must_be_named() -> None:
    case = Case(
        "l", "When and where?", "list", (("nine", "9"), ("Capella",)),
        (Gold("a.txt", 0, 24, 0), Gold("a.txt", 25, 50, 1)),
    )  # fmt: skip
    row = scored(case, Outcome(answer((0, 24)), [passage("a.txt", 0, 24)]))
    assert (row.scores["parts_named"], row.scores["correct"]) == (0.5, 0.0)
    assert row.scores["citation_recall"] == row.scores["recall@10"] == 0.5
    assert "em" not in row.scores
    assert row.why == (
        "The answer does not name 'Capella'; only some of the sentences that answer are cited."
    )


def test_naming_a_known_wrong_answer_spoils_a_right_one() -> None:
    case = Case("w", "?", "fact", (("Capella",),), (Gold("a.txt", 25, 50),), wrong=("nine",))
    row = scored(case, Outcome(answer((0, 50))))
    assert (row.scores["parts_named"], row.scores["correct"]) == (1.0, 0.0)
    assert row.scores["wrong_named"] == 1.0


def test_an_article_counts_once_at_its_best_passage() -> None:
    found = [passage("b.txt", 0, 5), passage("b.txt", 5, 13), passage("a.txt", 51, 61)]
    row = scored(CASE, Outcome(answer((25, 50)), found), unit="article")
    assert row.rank == 2
    assert row.scores["mrr"] == 0.5


def test_a_long_answer_is_right_with_half_of_the_words() -> None:
    case = Case("l", "?", "fact", (("The hotel is a place by the sea",),), long=True)
    row = scored(case, Outcome(answer((25, 50))))
    # wanted: hotel is place by sea, of which hotel and is: 2 of 5
    assert row.scores["correct"] == 0.0
    assert row.scores["text_f1"] == pytest.approx(2 * 2 / (3 + 5))


def test_a_rewrite_is_judged_beside_doing_nothing() -> None:
    case = Case("r", "and there?", "follow-up", rewrite="Which hotel is there?")
    given = Answer("and there?", "Which hotel is there", False, "", "", (), 0.0)
    row = scored(case, Outcome(given))
    assert row.scores == {
        "error": 0.0, "rewrite_f1": 1.0, "last_turn_f1": pytest.approx(2 / 6),
    }  # fmt: skip
    assert row.why == ""


def test_a_set_that_is_only_searched_has_no_scores_of_answers() -> None:
    case = Case("s", "claim", "claim", evidence=(Gold("a.txt", 0, 61),))
    row = scored(case, Outcome(None, [passage("a.txt", 0, 24)], asked=False))
    assert row.scores["recall@1"] == 1.0
    assert "right" not in row.scores
    failed = scored(case, Outcome(None, None, "OSError: x", asked=False))
    assert failed.scores["recall@1"] == 0.0
    assert failed.scores["error"] == 1.0


def test_a_row_is_the_same_after_writing_and_reading() -> None:
    row = scored(CASE, Outcome(answer((25, 50)), [passage("a.txt", 0, 61)]))
    assert Row.from_json(row.to_json()) == row
