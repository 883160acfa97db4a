"""Conversations as files and answers as text: each quote with its source, and nothing live."""

import html
import json
import re
from dataclasses import replace
from datetime import date

import pytest
from markdown_it import MarkdownIt

from index.types import Article, Chunk, Filters, Passage
from qa.types import Answer, Citation
from ui.conversations import StoredTurn
from ui.conversations.export import answer_as_text, as_json, as_markdown, pieces
from ui.conversations.stale import SAID, changed
from ui.restored import answer_from

ARTICLE = Article("a.txt", "Talks", "Talks begin at nine.", "CNN", None, "/c/a.txt", "f" * 64)
ONE = Citation(
    1, "a.txt", "f" * 64, "Talks", "CNN", date(2018, 6, 5), "/c/a.txt", 0, 20, ARTICLE.text
)
TWO = replace(ONE, number=2, start=30, end=45, quote="Nobody\n  came [1].")
ANSWER = Answer(
    question="When?",
    standalone="When do the talks begin?",
    answered=True,
    text="Talks begin at nine. [1] Nobody came [1]. [2]",
    short="nine",
    citations=(ONE, TWO),
    confidence=0.876,
)
TURN = StoredTurn(7, "2026-11-22T23:05:59.000+00:00", "When?", None, ANSWER, "000001")
NEAR = Passage(Chunk("", "b.txt", 0, 3, 8), "b.txt", "", "", None, "quote", 1.5)
REFUSAL = replace(
    ANSWER, answered=False, text="The corpus does not say.", short="", citations=(), nearest=(NEAR,)
)


def same(citation: Citation) -> str:
    del citation
    return "same"


def test_a_conversation_as_markdown_is_as_written_here() -> None:
    turns = [
        replace(TURN, filters=Filters(sources=("CNN",))),
        replace(TURN, question="And who?", answer=REFUSAL),
        replace(TURN, question="Lost?", answer=None),
    ]
    assert as_markdown("The talks", turns, same) == (
        "# The talks\n\n"
        "## When?\n\n"
        "*Asked 22 November 2026, 23:05 UTC · understood as: When do the talks begin? · "
        "only articles from CNN · confidence 88 %*\n\n"
        "**nine**\n\n"
        "Talks begin at nine.[^1] Nobody came \\[1\\].[^2]\n\n"
        "## And who?\n\n"
        "*Asked 22 November 2026, 23:05 UTC · understood as: When do the talks begin?*\n\n"
        "The corpus does not say.\n\n"
        "The nearest passages are in\n\n"
        "- b.txt (no outlet or date stated)\n\n"
        "## Lost?\n\n"
        "*Asked 22 November 2026, 23:05 UTC*\n\n"
        "No answer was given.\n\n"
        "[^1]: Talks (CNN · 5 June 2018). “Talks begin at nine.”\n\n"
        "[^2]: Talks (CNN · 5 June 2018). “Nobody came \\[1\\].”\n"
    )


def test_a_span_has_one_footnote_in_the_whole_conversation() -> None:
    other = replace(ONE, start=50, end=60, quote="Another.")
    later = replace(ANSWER, text="Another. [1] Nobody came [1]. [2]", citations=(other, TWO))
    written = as_markdown("", [TURN, replace(TURN, answer=later)], same)
    assert re.findall(r"\[\^\d\](?!:)", written) == ["[^1]", "[^2]", "[^3]", "[^2]"]
    assert re.findall(r"^\[\^(\d)\]:", written, re.MULTILINE) == ["1", "2", "3"]


@pytest.mark.parametrize("standing", ["changed", "gone"])
def test_a_footnote_says_that_its_article_is_not_what_it_was(standing: str) -> None:
    written = as_markdown("", [TURN], lambda c: standing if c.number == 2 else "same")
    first, second = re.findall(r"^\[\^\d\]:.*$", written, re.MULTILINE)
    assert first.endswith("“Talks begin at nine.”")
    assert second.endswith(f"” *{SAID[standing]}*")


OURS = {"h1", "h2", "p", "em", "strong"}
HOSTILE = (
    "# x",
    "- x",
    "1. x",
    "[x](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "<script>alert(1)</script>",
    "http://evil.example www.evil.example a@evil.example",
    "*a* _b_ `c` ~~d~~ | e | $5 and $6 [^1]: {{x}}",
    "a\n\n# b\u202e\x00\udcff",
    "=== x",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_nothing_but_text_in_markdown(text: str) -> None:
    citation = replace(ONE, title=text, source=text, quote=text)
    answer = replace(ANSWER, text=f"{text} [1]", short=text[:3], citations=(citation,))
    turn = replace(TURN, question=text, answer=answer, filters=Filters(sources=(text,)))
    written = as_markdown(text, [turn], same)
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    page = reader.render(written)
    assert {"h1", "h2", "p", "em"} <= set(re.findall(r"</?(\w+)", page)) <= OURS
    shown = re.sub("[\x00\u202e\ud800-\udfff]", "\ufffd", " ".join(text.split()))
    assert html.unescape(re.sub(r"</?\w+>", "", page)).count(shown) == 7
    assert not re.search(r"[^\\]://|www\.|[^\\]@|[^\\]\$", written)


def test_a_conversation_as_json_holds_everything_and_how_its_citations_stand() -> None:
    turn = replace(TURN, filters=Filters(since=date(2018, 1, 1)), thumb="down", comment="no")
    lost = replace(TURN, answer=None)
    value = json.loads(as_json("T\udcff", [turn, lost], lambda c: "gone"))
    first, second = value["turns"]
    assert (value["format"], value["title"]) == (1, "T\udcff")
    assert first["filters"] == {"since": "2018-01-01", "until": None, "sources": []}
    assert (first["thumb"], first["comment"], first["generation"]) == ("down", "no", "000001")
    assert [citation.pop("standing") for citation in first["answer"]["citations"]] == ["gone"] * 2
    assert answer_from(first["answer"]) == ANSWER
    assert (second["answer"], second["filters"]) == (None, None)
    assert as_json("T\udcff", [turn], same).encode()


def test_an_answer_as_text_has_its_sources_by_number() -> None:
    assert answer_as_text(ANSWER) == (
        "nine\n\n"
        "Talks begin at nine. [1] Nobody came [1]. [2]\n\n"
        "Sources\n"
        "[1][2] Talks (CNN · 5 June 2018).\n"
    )


def test_a_quote_that_the_text_does_not_show_stands_with_its_source() -> None:
    told = replace(ANSWER, text="They begin at nine [1] without guests [2].")
    assert answer_as_text(told).endswith(
        "Sources\n"
        "[1] Talks (CNN · 5 June 2018). “Talks begin at nine.”\n"
        "[2] Talks (CNN · 5 June 2018). “Nobody came [1].”\n"
    )


def test_a_refusal_as_text_names_the_nearest_articles_and_no_source() -> None:
    assert answer_as_text(REFUSAL) == (
        "The corpus does not say.\n\n"
        "The nearest passages are in\n"
        "- b.txt (no outlet or date stated)\n"
    )


def test_what_a_language_model_wrote_is_told_with_its_note() -> None:
    told = replace(ANSWER, wrote="tiny_model", removed=1, note="One sentence was *removed*.")
    written = as_markdown("", [replace(TURN, answer=told)], same)
    assert " · written by tiny\\_model*\n" in written
    assert "\n\n*One sentence was \\*removed\\*.*\n\n" in written
    assert "\n\nOne sentence was *removed*.\n\nSources" in answer_as_text(told)


def test_a_short_form_that_is_a_whole_quote_stands_once() -> None:
    whole = replace(ANSWER, short="Talks begin at nine.")
    assert answer_as_text(whole).count("Talks begin at nine.") == 1


def test_only_markers_of_citations_cut_a_text() -> None:
    found = list(pieces("A [1], B [3] [2][1] end.", (ONE, TWO)))
    assert [(text, c.number if c else None) for text, c in found] == [
        ("A ", 1),
        (", B [3] ", 2),
        ("", 1),
        (" end.", None),
    ]


def articles(article_id: str) -> Article:
    return {ARTICLE.id: ARTICLE}[article_id]


def test_a_citation_stands_as_its_article_does() -> None:
    assert changed(ONE, articles) == "same"
    assert changed(replace(ONE, sha256="0" * 64), articles) == "changed"
    assert changed(replace(ONE, article_id="b.txt"), articles) == "gone"
