import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from index.types import Chunk, Passage
from qa.types import Answer, Citation
from ui.cards import card_html, citation_link
from ui.inert import inert, line
from ui.render import answer_html, error_html, partial_html, question_html, unanswered_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![image](http://evil.example/x.png)",
    "[link](javascript:alert(1))",
    "<http://evil.example/> www.evil.example http://evil.example",
    "{{constructor.constructor('alert(1)')()}} {% raw %} ${alert(1)}",
    "# heading\n- list\n1. one\n```code```\n$$x$$ *b* _i_ ~~s~~ | a | b |",
    '" onmouseover="alert(1)" x="',
    "</span></a></li></ol></div><h1>out</h1>",
    "&lt;script&gt; &#60;b&#62;",
]


class Reader(HTMLParser):
    """Collects what a browser would make of a piece of HTML: its elements and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def cited(number: int = 1, quote: str = "Talks begin at nine.", **changes: object) -> Citation:
    made = Citation(
        number=number,
        article_id="a",
        sha256="f" * 64,
        title="Second day",
        source="CNN",
        published=date(2018, 6, 5),
        path="a.txt",
        start=10,
        end=10 + len(quote),
        quote=quote,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def answered(text: str, *citations: Citation, short: str = "") -> Answer:
    return Answer(
        question="When?",
        standalone="When?",
        answered=True,
        text=text,
        short=short,
        citations=citations,
        confidence=0.934,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_nothing_but_text(text: str) -> None:
    read = Reader(inert(text))
    assert read.tags == []
    assert read.text == text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_punctuation_that_means_something_to_markdown_is_left(text: str) -> None:
    assert set(re.sub(r"&#\d+;", "", inert(text))) & set("<>\"'&[](){}*_`#|~$!.:\\+-=/") == set()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_article_adds_no_element_to_an_answer(text: str) -> None:
    kind = answered("Fine. [1]", cited(quote="Fine."))
    hostile = cited(quote=text, title=text, source=text, path=text, article_id=text)
    plain, attacked = (
        Reader(answer_html(answered(f"{c.quote} [1]", c, short=c.quote), 1))
        for c in (kind.citations[0], hostile)
    )
    assert sorted(set(attacked.tags)) == sorted(set(plain.tags))
    assert {name for name, _ in attacked.attributes} == {name for name, _ in plain.attributes}
    assert all(not (value or "").startswith("javascript") for _, value in attacked.attributes)


def test_control_characters_and_overrides_of_direction_are_shown_as_such() -> None:
    assert inert("a\x00b\x1bc\u202ed\ud800e") == "a\ufffdb\ufffdc\ufffdd\ufffde"


def test_zero_width_characters_stay_what_they_are() -> None:
    assert inert("a\u200bb") == "a\u200bb"


def test_the_direction_of_a_foreign_text_is_contained() -> None:
    assert line("\u202babc\n d") == "<bdi>\u202babc d</bdi>"


def test_markers_link_to_the_cards_of_their_own_answer() -> None:
    first, second = cited(1, "One."), cited(2, "Two.", start=40, end=44)
    html = answer_html(answered("One. [1] Two. [2]", first, second), turn=3)
    assert '<a class="cite" href="#a3-c1">1</a>' in html
    assert '<a class="cite" href="#a3-c2">2</a>' in html
    assert '<li id="a3-c1" class="card">' in html
    assert '<li id="a3-c2" class="card">' in html


def test_an_answer_of_quotes_gives_each_quote_its_paragraph() -> None:
    first, second = cited(1, "One [2] is\nthis."), cited(2, "two that")
    html = answer_html(answered("One [2] is this. [1] … two that … [2]", first, second), 1)
    assert re.findall(r'<p dir="auto">(.*?)<', html) == [
        "One &#91;2&#93; is this&#46;",
        "… two that …",
    ]


def test_a_bracket_within_a_quote_is_no_marker() -> None:
    html = answer_html(answered("One [1] is this. [1]", cited(1, "One [1] is this.")), 1)
    assert html.count('class="cite"') == 1


def test_a_marker_without_a_citation_stays_text() -> None:
    html = answer_html(answered("So it was said [7]. And this [1]", cited(1)), 1)
    assert "&#91;7&#93;" in html
    assert html.count('class="cite"') == 1


def test_the_short_answer_stands_out_where_it_stands_or_before() -> None:
    quote = cited(1, "Talks begin at nine.")
    inside = answer_html(answered("Talks begin at nine. [1]", quote, short=quote.quote), 1)
    before = answer_html(answered("Talks begin at nine. [1]", quote, short="At 9 a.m."), 1)
    assert inside.count('<p class="short"') == 1
    assert Reader(inside).text.count("Talks begin at nine.") == 2  # the answer and the card
    assert '<p class="short" dir="auto"><bdi>At 9 a&#46;m&#46;</bdi></p>' in before


def test_a_card_names_number_title_outlet_date_and_quote() -> None:
    citation = cited(2)
    text = Reader(card_html(citation, [citation], 1)).text
    assert text == "2Second dayCNN · 5 June 2018Talks begin at nine."


def test_the_link_of_a_citation_carries_its_version_and_all_spans_in_that_article() -> None:
    here, there = cited(1), cited(2, start=50, end=60)
    elsewhere = cited(3, article_id="b")
    query = parse_qs(urlsplit(citation_link(there, [here, there, elsewhere])).query)
    assert query == {"id": ["a"], "version": ["f" * 64], "at": ["50-60"], "spans": ["10-30,50-60"]}


def test_a_refusal_says_so_with_what_is_missing_and_the_nearest_passages() -> None:
    passage = Passage(Chunk("c", "a", 0, 5, 9), "a", "Second day", "", None, "Text of it.", 1.0)
    refusal = Answer(
        question="Who?",
        standalone="Who was it?",
        answered=False,
        text="The corpus does not answer this. It never mentions “Bolton”.",
        short="",
        citations=(),
        confidence=0.1,
        nearest=(passage,),
        missing=("Bolton", "a person"),
    )
    html = answer_html(refusal, 1)
    read = Reader(html)
    assert "The corpus does not answer this." in read.text
    assert "Not founda person" in read.text  # what the text has named is not named again
    assert "Text of it." in read.text
    assert 'class="cite"' not in html
    assert 'class="card"' not in html
    assert ("href", "article?id=a&at=5-9#cited") in read.attributes


def test_an_unfinished_marker_is_held_back_while_the_answer_streams() -> None:
    assert "&#91;" not in partial_html("One thing [1")
    assert partial_html("One\n\n    two").count("\n") == 0  # a blank line would begin Markdown
    assert '<span class="cite">1</span>' in partial_html("One thing [1] and")


def test_a_question_of_100000_characters_is_cut_in_the_page() -> None:
    assert len(question_html("why " * 25_000)) < 2_200


def test_a_question_tells_how_it_was_understood_only_where_that_differs() -> None:
    html = question_html("When?", "c-1", 7, understood="When do <b>they</b> begin?")
    assert "understood as: When do <b>they</b> begin?" in Reader(html).text
    assert ("class", "q of-c-1") in Reader(html).attributes
    assert ("id", "q7") in Reader(html).attributes
    assert "understood" not in question_html("When?", understood=" When? ")


def test_a_question_tells_which_articles_it_was_limited_to() -> None:
    html = question_html("When?", only="only articles from CNN")
    assert Reader(html).text.endswith("only articles from CNN")


def test_a_stale_citation_says_so_and_the_others_do_not() -> None:
    first, second = cited(1, "One."), cited(2, "Two.", start=40, end=44)
    html = answer_html(answered("One. [1] Two. [2]", first, second), 3, standing={2: "gone"})
    assert Reader(html).text.count("no longer in the corpus") == 1
    assert '<li id="a3-c2" class="card stale">' in html


def test_what_was_said_of_an_answer_is_kept_inert() -> None:
    html = answer_html(answered("One. [1]", cited(1)), 3, thumb="down", comment="<b>no</b>")
    assert '<span class="judged down">' in html
    assert "<b>no" not in html
    assert "judged" not in answer_html(answered("One. [1]", cited(1)), 3, comment="ignored")


def test_an_answer_says_what_its_note_says_and_who_wrote_it() -> None:
    answer = replace(answered("One. [1]", cited(1)), note="two sentences left out", wrote="small")
    text = Reader(answer_html(answer, 1)).text
    assert "Two sentences left out." in text
    assert "written by small" in text


def test_a_question_without_an_answer_can_be_told_from_one_that_failed() -> None:
    assert 'class="none unanswered done" id="a4"' in unanswered_html(4)
    assert 'class="none error done" id="a4"' in error_html("no", 4)


def test_an_error_is_one_sentence() -> None:
    assert Reader(error_html("nothing has\nbeen <b>indexed</b>")).text == (
        "Nothing has been <b>indexed</b>."
    )
