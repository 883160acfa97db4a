import re
from dataclasses import replace
from datetime import date

import pytest

from index.types import Chunk, Passage
from qa.types import Answer, Citation
from ui.terminal import answer_lines, harmless, show_passages

QUOTE = "Talks will begin at the Capella Hotel."
CITATION = Citation(1, "a", "f" * 64, "Second day", "CNN", date(2018, 6, 5), "a.txt", 0, 38, QUOTE)
ANSWER = Answer("Where?", "Where?", True, f"{QUOTE} [1]", QUOTE, (CITATION,), 0.9)


def shown(answer: Answer, width: int = 80) -> str:
    return re.sub(r"\x1b\[\d+m", "", "\n".join(answer_lines(answer, width)))


def test_an_answer_is_followed_by_its_numbered_citations() -> None:
    assert shown(ANSWER) == (f"{QUOTE} [1]\n\n[1] Second day (CNN · 5 June 2018)\n    “{QUOTE}”")


def test_a_short_answer_of_its_own_comes_first() -> None:
    assert shown(replace(ANSWER, short="Capella Hotel", text="It was said so. [1]")).startswith(
        "Capella Hotel\n\nIt was said so. [1]"
    )


def test_a_follow_up_is_shown_as_it_was_understood() -> None:
    assert shown(replace(ANSWER, standalone="Where do they meet?")).startswith(
        "understood as: Where do they meet?"
    )


def test_a_refusal_names_what_is_missing_and_the_nearest_passages() -> None:
    passage = Passage(Chunk("c", "a", 0, 0, 4), "a", "Second day", "", None, "Text.", 1.0)
    refusal = Answer("?", "?", False, "Not here.", "", (), 0.1, (passage,), ("Paris",))
    assert shown(refusal) == (
        "Not here.\nNot found: Paris\n\nThe nearest passages:\n- Second day: “Text.”"
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[2J\x1b]0;title\x07",
        "a\x9b31m",
        "a\rb\x08",
        "\u202egnp.exe\u202c",
        "\u2066x\u2069",
        "\ud800",
    ],
)
def test_nothing_in_an_article_steers_the_terminal(hostile: str) -> None:
    citation = replace(CITATION, title=hostile, source=hostile, quote=hostile)
    text = shown(replace(ANSWER, text=hostile, short="", citations=(citation,)))
    assert not set(text) & set("\x1b\x07\x08\r\x9b\u202e\u202c\u2066\u2069\ud800")


def test_a_line_break_of_an_article_makes_no_line_of_its_own() -> None:
    assert harmless("a\n[1] Forged\u2028line\x85end") == "a [1] Forged line end"


def test_lines_keep_to_the_width() -> None:
    long = replace(ANSWER, text=" ".join([QUOTE] * 20))
    assert max(map(len, shown(long, 60).splitlines())) <= 60


def test_passages_are_shown_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    passage = Passage(
        Chunk("c", "a", 0, 0, 4), "a", "[bold]Title[/bold]", "CNN", None, "Text \x1b[2J.", 1.25
    )
    show_passages([passage])
    out = capsys.readouterr().out
    assert "1.250" in out
    assert "[bold]Title[/bold]" in out
    assert "CNN · no date stated" in out
    assert "\x1b[2J" not in out
