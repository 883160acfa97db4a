from datetime import date

import pytest

from index.types import Filters
from ui.words import byline, count, day, limits, named, sentence, shortened


def test_an_article_without_a_title_is_called_by_its_file() -> None:
    assert named("  A title ", "news/a.txt", "a") == "A title"
    assert named(" ", "news/a.txt", "a") == "a.txt"
    assert named("", "", "a") == "a"


def test_a_date_is_written_with_its_month_in_words() -> None:
    assert day(date(2018, 6, 5)) == "5 June 2018"
    assert day(date(2018, 12, 31), brief=True) == "31 Dec 2018"


@pytest.mark.parametrize(
    ("source", "published", "said"),
    [
        ("CNN", date(2018, 6, 5), "CNN · 5 June 2018"),
        ("CNN", None, "CNN · no date stated"),
        ("", date(2018, 6, 5), "5 June 2018 · no outlet stated"),
        (" ", None, "no outlet or date stated"),
    ],
)
def test_what_an_article_does_not_state_is_said_to_be_missing(
    source: str, published: date | None, said: str
) -> None:
    assert byline(source, published) == said


def test_a_count_agrees_with_its_noun() -> None:
    assert [count(n, "article") for n in (0, 1, 1200)] == [
        "0 articles",
        "1 article",
        "1,200 articles",
    ]


def test_a_long_text_is_cut_at_a_word() -> None:
    assert shortened("one two three", 13) == "one two three"
    assert shortened("one two three", 10) == "one two …"
    assert shortened("x" * 5_000_000, 10) == "x" * 10 + " …"
    assert shortened("one\n\n  two", 20) == "one two"


def test_an_error_becomes_one_sentence() -> None:
    assert sentence("nothing has been indexed\nin x") == "Nothing has been indexed in x."
    assert sentence("Stop!") == "Stop!"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (None, ""),
        (Filters(), ""),
        (Filters(sources=("CNN",)), "only articles from CNN"),
        (Filters(sources=("CNN", "", "AP")), "only articles from CNN, no stated outlet and AP"),
        (Filters(since=date(2018, 6, 1)), "only articles since 1 June 2018"),
        (Filters(until=date(2018, 6, 5)), "only articles until 5 June 2018"),
        (Filters(date(2018, 6, 1), date(2018, 6, 1)), "only articles of 1 June 2018"),
        (
            Filters(date(2018, 6, 1), date(2018, 6, 5), ("CNN", "AP")),
            "only articles from CNN and AP of 1 June 2018 to 5 June 2018",
        ),
    ],
)
def test_what_was_searched_alone_is_said_in_words(filters: Filters | None, said: str) -> None:
    assert limits(filters) == said
