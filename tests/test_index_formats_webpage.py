import json
import sys
from datetime import date
from pathlib import Path

import pytest

from index.articles import Loaded, read_corpus
from index.types import Article

PARAGRAPHS = [
    "The ministers met in Rome on Monday and agreed on little, officials said.",
    "“We talked for hours,” said one — and then left.",
    "Short.",
    "They will meet again on March 5, 2020, in the same hotel & the same rooms.",
]
BODY = "".join(f"<p>{text.replace('&', '&amp;')}</p>" for text in PARAGRAPHS)


def page(head: str = "", body: str = BODY) -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def read(tmp_path: Path, markup: str) -> Article | str:
    path = tmp_path / "2001-01-01-name-of-the-file.html"
    path.write_bytes(markup.encode())
    (outcome,) = list(read_corpus([path]))
    return outcome.article if isinstance(outcome, Loaded) else outcome.reason


def article(tmp_path: Path, markup: str) -> Article:
    found = read(tmp_path, markup)
    assert isinstance(found, Article), found
    return found


def ld(*nodes: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(nodes)}</script>'


def test_the_text_is_the_articles_without_the_page_around_it(tmp_path: Path) -> None:
    body = (
        "<nav><a href=/>Home</a> <a href=/world>World</a></nav>"
        f"<article><h1>Ministers meet</h1>{BODY}</article>"
        "<footer>© 2020 The Paper. All rights reserved.</footer>"
    )
    text = article(tmp_path, page(body=body)).text
    assert text == "\n".join(["Ministers meet", *PARAGRAPHS])


def test_the_words_are_those_of_the_page(tmp_path: Path) -> None:
    body = (
        "<p>Ministers <b>met</b>  in\n<a href=x>Rome</a>&nbsp;on"
        "&#32;Monday, &ldquo;late&rdquo;.</p>"
        "<ul><li>One <em>point</em>.</li><li>Two points.</li></ul>"
        "<blockquote>They said so.</blockquote><h2>The end</h2>"
    )
    lines = ["Ministers met in Rome on Monday, “late”.", "- One point.", "- Two points."]
    text = article(tmp_path, page(body=f"<article>{body}{BODY}</article>")).text
    assert text == "\n".join([*lines, "They said so.", "The end", *PARAGRAPHS])


@pytest.mark.parametrize("tag", ["time", "label", "output", "math", "x-name", "span", "a", "abbr"])
@pytest.mark.parametrize("block", ["p", "h2", "li", "td", "blockquote"])
def test_no_word_is_lost_from_the_middle_of_a_sentence(
    tmp_path: Path, tag: str, block: str
) -> None:
    sentence = f"<{block}>On <{tag}>Monday</{tag}>, they met.</{block}>"
    around = {"li": "<ul>{}</ul>", "td": "<table><tr>{}<td>x</td></tr></table>"}.get(block, "{}")
    body = f"<article>{BODY}{around.format(sentence)}{BODY}</article>"
    assert "On Monday, they met." in article(tmp_path, page(body=body)).text


def test_a_quotation_has_the_marks_that_a_browser_shows(tmp_path: Path) -> None:
    body = f"<article><p>He said <q>we <b>met</b></q>, then left.</p>{BODY}</article>"
    assert "He said “we met”, then left.\n" in article(tmp_path, page(body=body)).text


def test_scripts_and_comments_are_no_text(tmp_path: Path) -> None:
    body = f"<script>alert('x')</script><style>p {{}}</style><!-- hidden -->{BODY}"
    body += "<p>Tags are written &lt;script&gt;so&lt;/script&gt; here.</p>"
    text = article(tmp_path, page(body=body)).text
    assert text == "\n".join([*PARAGRAPHS, "Tags are written <script>so</script> here."])


def test_a_fragment_without_html_around_it_is_read(tmp_path: Path) -> None:
    assert article(tmp_path, "<p>Only one line.</p>").text == "Only one line."


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ('<meta property="og:title" content="Rome &amp; I"><title>Other</title>', "", "Rome & I"),
        (ld({"@type": "NewsArticle", "headline": "Rome &#038; talks"}), "", "Rome & talks"),
        ('<meta name="citation_title" content="Rome">', "", "Rome"),
        ("<title>The Paper</title>", "<h1>Rome\n talks</h1>", "Rome talks"),
        ("<title>Rome talks</title>", "<h1>One</h1><h1>Two</h1>", "Rome talks"),
        ("<title>Rome | Talks | The Paper</title>", "", "Rome | Talks | The Paper"),
        ('<title>Rome – The paper</title><meta property="og:site_name" content="The Paper">', "",
         "Rome"),
        ("<title><b>Rome</b></title>", "", "<b>Rome</b>"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_the_title_is_what_the_page_states(
    tmp_path: Path, head: str, body: str, title: str
) -> None:
    assert article(tmp_path, page(head, body + BODY)).title == title


@pytest.mark.parametrize(
    ("head", "source"),
    [
        ('<meta property="og:site_name" content="The Paper">', "The Paper"),
        (ld({"@type": "NewsArticle", "publisher": {"name": "The Paper"}}), "The Paper"),
        (ld({"@graph": [{"@type": ["Thing", "NewsArticle"], "publisher": {"@id": "#p"}},
                        {"@type": "Organization", "@id": "#p", "name": "The Paper"}]}),
         "The Paper"),
        ('<meta name="DC.publisher" content="The Paper">', "The Paper"),
        ('<link rel="canonical" href="https://paper.example/rome">', ""),
        ('<title>Rome - paper.example</title><meta name="twitter:site" content="@paper">', ""),
    ],
)  # fmt: skip
def test_the_outlet_is_what_the_page_states(tmp_path: Path, head: str, source: str) -> None:
    assert article(tmp_path, page(head)).source == source


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="article:published_time" content="2019-02-27T23:59:00-05:00">', ""),
        ('<meta name="DC.date.issued" content="February 27, 2019">', ""),
        ('<meta itemprop="datePublished" content="2019-02-27">', ""),
        (ld({"@type": "NewsArticle", "datePublished": "2019-02-27T10:00:00Z"}), ""),
        (ld({"@graph": [{"@type": "WebPage", "datePublished": "2019-02-27"}]}), ""),
        (ld({"@type": "NewsArticle", "datePublished": "soon"}),
         '<time pubdate datetime="2019-02-27">x</time>'),
        ("", '<span itemprop="datePublished">Feb. 27, 2019</span>'),
        ("", '<time class="entry-date published" datetime="2019-02-27T10:00">a day ago</time>'),
        ("", '<time class="dt-published" datetime="2019-02-27">a day ago</time>'),
    ],
)  # fmt: skip
def test_the_day_is_what_the_page_states(tmp_path: Path, head: str, body: str) -> None:
    assert article(tmp_path, page(head, body + BODY)).published == date(2019, 2, 27)


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="https://paper.example/2019/02/27/rome">',
        '<meta property="og:url" content="https://paper.example/2019/02/27/rome">',
        '<meta property="og:image" content="https://paper.example/2019/02/27/rome.jpg">',
        '<meta property="article:modified_time" content="2019-02-27">',
        '<meta itemprop="copyrightyear" content="2019">',
        "<title>Rome, February 27, 2019</title>",
        ld({"@type": "NewsArticle", "hasPart": {"datePublished": "2019-02-27"}}),
        '<script type="application/ld+json">{"datePublished": "2019-02-27"</script>',
        '<script type="application/ld+json">' + "[" * 50_000 + "</script>",
    ],
)
def test_no_day_is_guessed(tmp_path: Path, head: str) -> None:
    body = f'<time datetime="2019-02-27">then</time>{BODY}<p>Published 27 February 2019</p>'
    assert article(tmp_path, page(head, body)).published is None


def test_the_address_is_what_the_page_states_if_it_is_one(tmp_path: Path) -> None:
    link = '<link rel="canonical" href="{}"><meta property="og:url" content="{}">'
    good, bad = "https://paper.example/rome", "javascript:alert(1)"
    assert article(tmp_path, page(link.format(good, bad))).url == good
    assert article(tmp_path, page(link.format(bad, good))).url == good
    assert article(tmp_path, page(link.format(bad, "/rome"))).url == ""


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_a_page_nested_too_deeply_is_reported_rather_than_cut(tmp_path: Path, depth: int) -> None:
    markup = page(body=f"{BODY}{'<div>' * depth}<p>Lost.</p>{'</div>' * depth}<p>After.</p>")
    found = read(tmp_path, markup)
    assert found == "is HTML too deeply nested or too long in one piece to be read whole"


def test_a_text_of_five_million_characters_in_one_piece_is_read(tmp_path: Path) -> None:
    text = ("word " * 1_000_000).strip()
    assert article(tmp_path, page(body=f"<p>{text}</p>")).text == text


@pytest.mark.parametrize("markup", ["<html></html>", "<script>1</script>", "<p>&nbsp;</p>"])
def test_a_page_without_text_is_reported(
    tmp_path: Path, markup: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert read(tmp_path, markup) == "is a web page without an article's text"
    assert capfd.readouterr() == ("", "")


def test_a_page_of_a_comment_alone_cannot_be_read(tmp_path: Path) -> None:
    found = read(tmp_path, "<!-- nothing -->")
    assert found == "is not HTML that can be read (Document is empty)"


def test_a_reader_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    found = read(tmp_path, page())
    assert isinstance(found, str)
    assert found.startswith("is HTML, whose reader is not fully installed (")
    assert "trafilatura" in found
