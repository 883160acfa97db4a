from dataclasses import replace

import pytest

from index.types import Chunk, Passage, Span
from qa.compose import ComposeSettings, answer_text, choose, repeats, short_answer
from qa.types import Citation, Evidence

SETTINGS = ComposeSettings(drop=0.8, drop_list=2.0, same=0.8)


def evidence(article: str, start: int, text: str, score: float) -> Evidence:
    passage = Passage(Chunk(article, article, 0, 0, 999), article, "", "", None, "", score)
    return Evidence(passage, start, start + len(text), text, score, 0.5, 0.5)


def citation(number: int, quote: str) -> Citation:
    return Citation(number, "a", "", "", "", None, "", 0, len(quote), quote)


def test_a_sentence_far_below_the_best_one_is_left_out() -> None:
    near = evidence("a", 50, "Lunch followed the meeting.", 1.3)
    far = evidence("a", 90, "Nobody commented on the matter.", 1.1)
    best = evidence("a", 0, "The talks begin at nine.", 2.0)
    assert choose([best, near, far], "fact", SETTINGS) == (best, near)


def test_a_question_for_a_list_gets_more_sentences_but_never_more_than_three() -> None:
    items = [
        evidence("a", 0, "He visited Hanoi.", 3.0),
        evidence("a", 30, "She flew towards Singapore.", 2.0),
        evidence("a", 60, "They drove through Seoul.", 1.5),
        evidence("a", 90, "We walked around Tokyo.", 1.4),
    ]
    assert choose(items, "list", SETTINGS) == tuple(items[:3])
    assert choose(items, "fact", SETTINGS) == (items[0],)


def test_sentences_of_one_article_stand_in_its_order_and_the_best_article_comes_first() -> None:
    late = evidence("b", 80, "The second day brings lunch.", 2.0)
    other = evidence("a", 5, "Officials confirmed a venue.", 1.9)
    early = evidence("b", 10, "Translators joined them alone.", 1.8)
    assert choose([late, other, early], "fact", SETTINGS) == (early, late, other)


def test_a_near_duplicate_is_dropped() -> None:
    best = evidence("a", 0, "Talks begin on June 12 at the Capella Hotel.", 2.0)
    copy = evidence("b", 0, "Talks begin June 12 at the Capella hotel", 1.9)
    assert choose([best, copy], "fact", SETTINGS) == (best,)


def test_repetition_is_measured_against_the_shorter_sentence() -> None:
    assert repeats("Kim met Trump.", "Kim met Trump in Singapore on Tuesday.", 0.8)
    assert not repeats("Kim met Trump.", "Lavrov met Pompeo.", 0.8)


def test_nothing_is_chosen_from_nothing() -> None:
    assert choose([], "fact", SETTINGS) == ()


def test_each_quote_is_followed_by_its_marker() -> None:
    text = answer_text([citation(1, "It begins at nine."), citation(2, "It ends\nat noon.")])
    assert text == "It begins at nine. [1] It ends at noon. [2]"


def test_a_quote_from_the_middle_of_a_sentence_shows_an_ellipsis() -> None:
    assert answer_text([citation(1, "and Kim agreed,")]) == "… and Kim agreed, … [1]"


def test_the_short_answer_is_the_readers_span_when_it_is_surely_ahead() -> None:
    best = evidence("a", 10, "Talks begin at nine.", 2.0)
    sure = replace(best, margin=1.5, span=Span(25, 29))
    assert short_answer(sure) == "nine"
    assert short_answer(replace(sure, margin=0.5)) == "Talks begin at nine."
    assert short_answer(best) == "Talks begin at nine."


@pytest.mark.parametrize(
    ("text", "span", "short"),
    [
        ("It is at the Capella Hotel on Sentosa.", "Capella", "Capella Hotel"),
        (
            "The press secretary Sarah Huckabee Sanders spoke.",
            "Huckabee",
            "Sarah Huckabee Sanders",
        ),
        ("They start at 9 a.m. local time.", "9 a.m", "9 a.m."),
        (
            "He cited “open hostility” from Pyongyang.",
            "open hostility",
            "open hostility",
        ),
        ("On Monday, Trump met Kim.", "Monday", "Monday"),
        ("Kim’s Singapore visit ended.", "Singapore", "Singapore"),
        ("They meet Feb. 27 and 28 in Hanoi.", "Feb. 27", "Feb. 27 and 28"),
        ("It is 28 and sunny.", "28", "28"),
        ("They meet in May and 28 come.", "May", "May"),
    ],
)
def test_a_short_answer_is_whole_words_and_whole_names(text: str, span: str, short: str) -> None:
    start = text.index(span)
    best = replace(evidence("a", 0, text, 1.0), margin=5.0, span=Span(start, start + len(span)))
    assert short_answer(best) == short
