"""Answers against accepted strings, with figures worked out by hand."""

import pytest

from evals.answers import contains, exact, normalised, rouge_l, token_f1, token_recall, word_count


def test_normalising_follows_squad_and_treats_news_quotes_as_ascii() -> None:
    assert normalised("The “Libya model” of a U.S. aide [2]") == "libya model of us aide"


def test_an_answer_is_held_only_as_whole_words() -> None:
    assert contains("It begins on June 12, at 9 a.m. [1]", ["12 June", "June 12"])
    assert not contains("It begins on June 120.", ["June 12"])
    assert not contains("anything", ["", "the"])


def test_a_marker_does_not_tear_an_answer_apart() -> None:
    assert contains("held in Hanoi [1], Vietnam [2]", ["Hanoi, Vietnam"])


def test_exact_match_ignores_case_articles_and_punctuation() -> None:
    assert exact("The Capella Hotel.", ["capella hotel"]) == 1.0
    assert exact("Capella", ["Capella Hotel"]) == 0.0


def test_token_f1_by_hand() -> None:
    # ours: capella hotel singapore; wanted: capella hotel -> precision 2/3, recall 1, F1 .8
    assert token_f1("the Capella Hotel, Singapore", ["Capella Hotel"]) == pytest.approx(0.8)
    # a repeated word counts as often as both have it: 2 * 1 / (3 + 1)
    assert token_f1("no no no", ["no"]) == pytest.approx(0.5)
    assert token_f1("", ["no"]) == 0.0


def test_the_best_of_several_accepted_answers_counts() -> None:
    assert token_f1("June 12", ["12", "June 12"]) == 1.0
    assert token_recall("he said June", ["June 12", "June 12 2018"]) == pytest.approx(0.5)


def test_rouge_l_by_hand() -> None:
    # longest common subsequence of "kim met trump" and "trump met kim": 1 of 3 and 3 words
    assert rouge_l("Kim met Trump", ["Trump met Kim"]) == pytest.approx(1 / 3)
    # "b c d" and "b x c d": 3 words in order -> 2 * 3 / (3 + 4)
    assert rouge_l("b c d", ["b x c d"]) == pytest.approx(6 / 7)


def test_words_are_counted_without_markers() -> None:
    assert word_count("Two words. [1]") == 2
