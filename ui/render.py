"""Answers as HTML for the chat: every word that is not ours goes through `inert`.

The chat shows its messages as Markdown and HTML and sanitises them. What is made here needs
neither: each ASCII punctuation mark of a foreign text becomes a numeric entity, which both
languages show as that mark and read as nothing else.
"""

import re
import string
from collections.abc import Sequence
from urllib.parse import urlencode

from index.types import Passage
from qa.types import Answer, Citation
from ui.words import byline, count, named, sentence, shortened

MARKER = re.compile(r"\[(\d{1,4})\]")

_SHORT = ' class="short"'
_INERT = {
    **{ord(mark): f"&#{ord(mark)};" for mark in string.punctuation},
    # Controls, lone surrogates and the two overrides of direction are shown as what they are:
    # something that is no text. Embedded directions stay, inside an element that contains them.
    **{code: "\ufffd" for code in range(0x20) if chr(code) not in "\t\n\r"},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0xD800, 0xE000), 0x202D, 0x202E), "\ufffd"),
}


def inert(text: str) -> str:
    """The text as HTML that is also inert in Markdown and in templates."""
    return text.translate(_INERT)


def line(text: str) -> str:
    """The text as inert HTML in one line, its direction contained."""
    return f"<bdi>{inert(' '.join(text.split()))}</bdi>"


def question_html(question: str) -> str:
    """A question as it was asked; a very long one is cut."""
    return f'<h2 class="q" dir="auto">{line(shortened(question, 600))}</h2>'


def waiting_html(what: str) -> str:
    """A line that tells what is being done while nothing can be shown yet."""
    return f'<p class="wait">{inert(what)}</p>'


def error_html(reason: str) -> str:
    """One sentence that tells why there is no answer."""
    return f'<div class="none error done"><p>{line(sentence(reason))}</p></div>'


def partial_html(text: str) -> str:
    """The part of an answer's text that has arrived; an unfinished marker is held back."""
    shown = re.sub(r"\s*\[\d*$", "", text)
    parts = "".join(f'<p dir="auto">{_marked(part, {})}</p>' for part in shown.splitlines())
    return f'<div class="answer">{parts}</div>'


def answer_html(answer: Answer, turn: int) -> str:
    """A whole answer: the short form, the text with linked markers, its citations as cards.

    `turn` makes the ids of this answer's cards unique in the page: `t3-c1`.
    """
    if not answer.answered:
        return _refusal_html(answer)
    links = {citation.number: f"#{card_id(turn, citation)}" for citation in answer.citations}
    parts = [
        '<div class="answer done">',
        _understood(answer),
        _text(answer, links),
        _meta(answer),
        '<ol class="cards">',
        *(card_html(citation, answer.citations, turn) for citation in answer.citations),
        "</ol></div>",
    ]
    return "".join(parts)


def card_id(turn: int, citation: Citation) -> str:
    """The id of a citation's card in the page."""
    return f"t{turn}-c{citation.number}"


def card_html(citation: Citation, citations: Sequence[Citation], turn: int) -> str:
    """A citation as a card that links to its article, opened at the quote."""
    title = line(named(citation.title, citation.path, citation.article_id))
    return (
        f'<li id="{card_id(turn, citation)}" class="card">'
        f'<a class="source" href="{inert(citation_link(citation, citations))}">'
        f'<span class="num">{citation.number}</span>'
        f'<span class="title">{title}</span>'
        f'<span class="by">{line(byline(citation.source, citation.published))}</span>'
        f'<span class="quote" dir="auto">{line(citation.quote)}</span></a></li>'
    )


def citation_link(citation: Citation, citations: Sequence[Citation]) -> str:
    """Where the citation's article is shown, all spans that the answer cites in it marked."""
    same = [other for other in citations if other.article_id == citation.article_id]
    spans = ",".join(f"{other.start}-{other.end}" for other in same)
    at = f"{citation.start}-{citation.end}"
    return _link(id=citation.article_id, version=citation.sha256, at=at, spans=spans)


def passage_link(passage: Passage) -> str:
    """Where the passage's article is shown, the passage marked."""
    at = f"{passage.chunk.start}-{passage.chunk.end}"
    return _link(id=passage.article_id, at=at)


def _link(**query: str) -> str:
    return f"article?{urlencode(query)}#cited"


def _text(answer: Answer, links: dict[int, str]) -> str:
    """The paragraphs; the short answer stands out as one of them, or alone before them."""
    short = " ".join(answer.short.split())
    whole = 0.9  # of a paragraph: a few words inside one stand out better before it
    parts = _quotes(answer, links) or [
        (part, _marked(part, links)) for part in answer.text.splitlines() if part.strip()
    ]
    plains = [" ".join(plain.split()) for plain, _ in parts]
    leads = [
        bool(short) and short in plain and len(short) >= whole * len(plain) for plain in plains
    ]
    shown = [
        f'<p{_SHORT if leading else ""} dir="auto">{html}</p>'
        for (_, html), leading in zip(parts, leads, strict=True)
    ]
    if short and not any(leads):
        shown.insert(0, f'<p{_SHORT} dir="auto">{line(short)}</p>')
    return "".join(shown)


def _quotes(answer: Answer, links: dict[int, str]) -> list[tuple[str, str]]:
    """The text as one paragraph per quote, plain and as HTML; none where it is more than quotes.

    Only what follows a quote is its marker: a quote may hold a number in brackets of its own.
    """
    parts, at = [], 0
    for citation in answer.citations:
        quote, marker = " ".join(citation.quote.split()), f"[{citation.number}]"
        found = answer.text.find(quote, at)
        end = answer.text.find(marker, found + len(quote))
        between = answer.text[at:found] + answer.text[found + len(quote) : end]
        if found < 0 or end < 0 or between.strip(" …"):
            return []
        plain = answer.text[at:end].strip()
        parts.append((plain, inert(plain) + _marker(citation.number, links)))
        at = end + len(marker)
    return [] if answer.text[at:].strip() else parts


def _marked(text: str, links: dict[int, str]) -> str:
    """Inert text, its `[n]` markers as links where they have a card."""
    parts = MARKER.split(text)
    shown = [inert(parts[0].rstrip() if len(parts) > 1 else parts[0])]
    for number, following in zip(parts[1::2], parts[2::2], strict=True):
        shown.append(_marker(int(number), links))
        shown.append(inert(following))
    return "".join(shown)


def _marker(number: int, links: dict[int, str]) -> str:
    if number in links:
        return f'<a class="cite" href="{links[number]}">{number}</a>'
    return f"&#91;{number}&#93;" if links else f'<span class="cite">{number}</span>'


def _understood(answer: Answer) -> str:
    if answer.standalone == answer.question:
        return ""
    return f'<p class="understood">understood as: {line(answer.standalone)}</p>'


def _meta(answer: Answer) -> str:
    sources = len({citation.article_id for citation in answer.citations})
    confidence = f"confidence {answer.confidence * 100:.0f}&#8239;%"
    return f'<p class="meta"><span>{count(sources, "source")}</span><span>{confidence}</span></p>'


def _refusal_html(answer: Answer) -> str:
    said, _, why = answer.text.partition(". ")
    unnamed = [name for name in answer.missing if name not in answer.text]
    missing = "".join(f"<li>{line(name)}</li>" for name in unnamed)
    nearest = "".join(map(_near, answer.nearest))
    return "".join(
        [
            '<div class="none done">',
            _understood(answer),
            f'<p class="says" dir="auto">{line(f"{said}." if why else said)}</p>',
            f'<p class="why" dir="auto">{line(why)}</p>' if why else "",
            f'<p class="label">Not found</p><ul class="missing">{missing}</ul>' if missing else "",
            f'<p class="label">The nearest passages</p><ul class="near">{nearest}</ul>'
            if nearest
            else "",
            "</div>",
        ]
    )


def _near(passage: Passage) -> str:
    title = line(named(passage.title, "", passage.article_id))
    return (
        f'<li><a class="source" href="{inert(passage_link(passage))}">{title}</a> '
        f'<span class="by">{line(byline(passage.source, passage.published))}</span>'
        f'<span class="quote" dir="auto">{line(shortened(passage.text, 220))}</span></li>'
    )
