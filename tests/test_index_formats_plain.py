from datetime import date
from pathlib import Path

import pytest

from index.articles import Failed, Loaded, read_corpus
from index.formats.headline import headline
from index.types import Article

PROSE = "The ministers met on Monday and agreed on little. They will meet again in May."


def markdown(tmp_path: Path, text: str) -> Article | str:
    path = tmp_path / "2001-01-01-name-of-the-file.md"
    path.write_bytes(text.encode())
    (outcome,) = list(read_corpus([path]))
    return outcome.article if isinstance(outcome, Loaded) else outcome.reason


def article(tmp_path: Path, text: str) -> Article:
    found = markdown(tmp_path, text)
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    "title",
    [
        "Ministers meet in Rome",
        "Reuters: ministers meet in Rome",
        "Ministers’ meeting: what do we know?",
        "“We agreed,” minister says after Rome talks",
        "Envoy returns to the U.S.",
        "iPhone sales fall 5% in China",
        "al-Shabab attack kills four",
        "By land and sea, thousands reach the border",
        "部長們在羅馬會面",
        "Министры встретились в Риме",
        "5 things to know for Monday",
    ],
)
@pytest.mark.parametrize("break_", ["\n\n", "\n", "\r\n", "\r\n\r\n"])
def test_a_headline_is_the_title(title: str, break_: str) -> None:
    assert headline(title + break_ + PROSE) == title
    assert headline(break_ + "  " + title + " " + break_ + PROSE + break_ + PROSE) == title


def test_a_headline_said_three_times_is_the_title() -> None:
    title = "Ministers meet in Rome"
    assert headline(f"{title}\n\n{title}\n\n{title}\n\n{PROSE}") == title
    assert headline(f"{title}\n{title}\n{PROSE}") == title


@pytest.mark.parametrize(
    "first",
    [
        PROSE,
        "The ministers met in Rome.",
        "“The ministers met in Rome.”",
        "The ministers met in Rome。",
        "The ministers met. They agreed on little",
        "The ministers met in Rome,",
        "Story highlights:",
        "Politics",
        "By Jane Doe",
        "BY JANE DOE AND JOHN ROE",
        "By: Jane Doe, Rome",
        "Title: Ministers meet in Rome",
        "February 27, 2019",
        "Published February 27, 2019",
        "Updated: 27 Feb 2019 16:35 GMT",
        "ROME (Reuters) - The ministers met on Monday and agreed on little else",
        "© 2019 The Paper",
        "Copyright 2019 The Paper",
        "The Paper, all rights reserved",
        "https://paper.example/ministers meet",
        "write to desk@paper.example today",
        "- a point of a list",
        "1. a point of a list",
        "* * * * *",
        "Ministers meet " * 20,
    ],
)
def test_a_first_line_of_another_kind_is_no_title(first: str) -> None:
    assert headline(f"{first}\n\n{PROSE}") == ""


@pytest.mark.parametrize("width", [45, 60, 72, 80])
def test_the_first_line_of_wrapped_text_is_no_title(width: int) -> None:
    lines = [""]
    for word in (PROSE.replace("on Monday", "Italy") + " " + PROSE.upper()).split():
        fits = len(lines[-1]) + 1 + len(word) <= width
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if fits else [*lines, word]
    assert headline("\n".join(lines)) == ""
    assert headline("\n".join(lines) + "\n\n" + "\n".join(lines)) == ""


def test_a_headline_over_wrapped_text_is_the_title() -> None:
    text = (
        "The ministers met on Monday and agreed on\nlittle. They will meet again in May and\ntalk."
    )
    assert headline("Ministers meet\n" + text) == "Ministers meet"
    assert headline("Ministers meet\n\n" + text) == "Ministers meet"


def test_a_line_with_no_prose_after_it_is_no_title() -> None:
    assert headline("Ministers meet in Rome") == ""
    assert headline("Ministers meet in Rome\n\nMinisters meet in Rome\n") == ""
    assert headline("Milk and bread\nEggs\nTwelve apples\n") == ""


def test_the_title_of_a_text_stays_in_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"Ministers meet\n\n{PROSE}")
    (outcome,) = list(read_corpus([path]))
    assert isinstance(outcome, Loaded)
    assert outcome.article.title == "Ministers meet"
    assert outcome.article.text.startswith("Ministers meet\n\n")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_is_not_text_and_the_body_is_word_for_word(tmp_path: Path, end: str) -> None:
    front = ["---", "title: 'Rome: the talks'", "outlet: The Paper", "date: 2019-02-27", "---"]
    body = end.join(["", "# Another heading", "", "Text --- with rules.", "---", "More."])
    found = article(tmp_path, end.join(front) + end + body)
    assert found.text == body
    assert (found.title, found.source) == ("Rome: the talks", "The Paper")
    assert found.published == date(2019, 2, 27)


@pytest.mark.parametrize("name", ["source", "outlet", "site", "Source"])
def test_each_name_of_the_outlet_is_read(tmp_path: Path, name: str) -> None:
    found = article(tmp_path, f"---\n{name}: The Paper\npublished: 27 Feb 2019 10:00\n---\nText.")
    assert (found.source, found.published) == ("The Paper", date(2019, 2, 27))


def test_values_that_look_like_numbers_or_switches_stay_text(tmp_path: Path) -> None:
    found = article(tmp_path, "---\ntitle: 1984\nsource: Yes\nurl: /2019/rome/\n---\nText.")
    assert (found.title, found.source, found.url) == ("1984", "Yes", "")


def test_a_heading_is_the_title_and_stays_in_the_text(tmp_path: Path) -> None:
    for text in ("\n# Rome talks #\n\nText.", "Rome talks\n=====\nText.", "#  Rome talks\r\nText."):
        found = article(tmp_path, text)
        assert (found.title, found.text) == ("Rome talks", text)


def test_markdown_without_a_statement_has_no_title_and_no_date(tmp_path: Path) -> None:
    for text in ("Text.", "## Rome talks\n\nText.", "#hashtag\n\nText.", "---\nText\n---\nMore."):
        found = article(tmp_path, text)
        assert (found.title, found.published, found.text) == ("", None, text)


def test_an_empty_front_matter_is_front_matter(tmp_path: Path) -> None:
    assert article(tmp_path, "---\n---\nText.").text == "Text."


def test_front_matter_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    bad = {
        "title: [a": "the front matter is not valid YAML at line",
        "title: [a, b]": "the front matter's title is not a single value",
        "date: soon": "published 'soon' is not a date (use YYYY-MM-DD)",
        "a: " + "[" * 1500: "the front matter is not valid YAML",
    }
    for front, reason in bad.items():
        found = markdown(tmp_path, f"---\n{front}\n---\nText.")
        assert isinstance(found, str)
        assert found.startswith(reason)


def test_yaml_builds_no_objects(tmp_path: Path) -> None:
    found = markdown(tmp_path, "---\ntitle: !!python/object/apply:os.listdir [a]\n---\nText.")
    assert found == "the front matter's title is not a single value"


def test_front_matter_alone_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: Rome\n---\n")
    assert [item.reason for item in read_corpus([path]) if isinstance(item, Failed)] == [
        "has no text"
    ]
