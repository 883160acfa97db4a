import hashlib
import html
import re
import time

from index.types import Article, Span
from ui.viewer import LONGEST, article_page, message_page, paragraph_spans


def written(text: str, title: str = "") -> Article:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article("a", title, text, "CNN", None, "news/a.txt", digest)


def marked(page: str, kind: str = "cited") -> list[str]:
    return [
        html.unescape(found)
        for found in re.findall(rf'<mark class="{kind}"[^>]*>(.*?)</mark>', page)
    ]


def paragraphs(text: str) -> list[str]:
    return [text[s.start : s.end] for s in paragraph_spans(text, Span(0, len(text)))]


def test_the_marked_text_is_the_cited_span() -> None:
    text = "Before it. Talks will begin at 9 a.m. <b>After</b> it."
    quote = "Talks will begin at 9 a.m."
    start = text.index(quote)
    assert marked(article_page(written(text), Span(start, start + len(quote)), ())) == [quote]


def test_other_spans_of_the_answer_are_marked_lightly_and_never_over_the_cited_one() -> None:
    text = "One two three four."
    page = article_page(written(text), Span(4, 13), [Span(0, 7), Span(4, 13), Span(14, 18)])
    assert marked(page) == ["two three"]
    assert marked(page, "also") == ["One ", "four"]


def test_a_span_over_a_paragraph_break_is_marked_on_both_sides() -> None:
    text = "First one.\n\nSecond one."
    page = article_page(written(text), Span(6, 18), ())
    assert marked(page) == ["one.", "Second"]
    assert page.count('id="cited"') == 1


def test_offsets_beyond_the_text_mark_what_there_is() -> None:
    assert marked(article_page(written("Short."), Span(2, 999), ())) == ["ort."]
    assert marked(article_page(written("Short."), Span(50, 60), ())) == []


def test_the_title_stands_once_even_where_the_text_begins_with_it() -> None:
    page = article_page(written("The title\n\nThe text.", "The title"), Span(0, 9), ())
    assert page.count("The title") == 2  # in the tab and as the heading
    assert '<h2 dir="auto"><mark class="cited" id="cited">The title</mark></h2>' in page
    other = article_page(written("The text.", "Another title"), None, ())
    assert '<h2 dir="auto"><bdi>Another title</bdi></h2>' in other


def test_lines_are_paragraphs_where_a_writer_broke_them() -> None:
    assert paragraphs("One.\nTwo.\n\nThree.\r\n\r\n  Four. ") == ["One.", "Two.", "Three.", "Four."]


def test_lines_of_one_width_are_joined_to_paragraphs() -> None:
    wide = "word " * 12
    wrapped = f"{wide}\n{wide}\n{wide}\nend.\n\n{wide}\n{wide}\nend."
    assert [part.count("\n") for part in paragraphs(wrapped)] == [3, 2]


def test_every_character_but_white_space_stands_in_a_paragraph() -> None:
    text = "\n\n a b\n\tc\n\nd\u2028e \n"
    assert "".join("".join(paragraphs(text)).split()) == "".join(text.split())


def test_a_hostile_article_is_text() -> None:
    hostile = '<script>alert(1)</script> <img src=x onerror="alert(1)"> {{7*7}} \u202egnp.exe'
    page = article_page(written(hostile, hostile), Span(0, 8), ())
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page


def test_a_line_of_5_mb_is_cut_around_the_citation_and_the_page_says_so() -> None:
    text = "x" * 3_000_000 + "HERE" + "y" * 2_000_000
    started = time.perf_counter()
    page = article_page(written(text), Span(3_000_000, 3_000_004), ())
    assert time.perf_counter() - started < 2
    assert marked(page) == ["HERE"]
    assert len(page) < LONGEST * 1.1
    assert "This article has 5&#44;000&#44;004 characters" in page


def test_a_message_says_its_sentence() -> None:
    assert "<bdi>Gone&#46;</bdi>" in message_page("No article", "Gone.")


def test_what_is_not_the_article_is_dimmed_and_a_citation_in_it_is_marked_all_the_same() -> None:
    text = "The reef was closed by the mayor.\n\nRelated news\n\nIt will open again in May."
    page = article_page(written(text), Span(0, 8), ())
    assert re.findall(r'<span class="junk">(.*?)</span>', page) == ["Related news"]
    start = text.index("Related")
    cited = article_page(written(text), Span(start, start + 7), ())
    assert '<mark class="cited" id="cited">Related</mark><span class="junk"> news</span>' in cited
