"""Citations and passages as HTML: cards and links that open an article at a place."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from index.types import Passage
from qa.types import Citation
from ui.conversations.stale import SAID
from ui.inert import inert, line
from ui.words import byline, named, shortened


def card_id(turn: int, number: int) -> str:
    """The id of a citation's card in the page."""
    return f"a{turn}-c{number}"


def cards_html(
    citations: Sequence[Citation], turn: int, standing: Mapping[int, str] | None = None
) -> str:
    """An answer's citations as cards; `standing` names by number those that are out of date."""
    standing = standing or {}
    cards = (card_html(one, citations, turn, standing.get(one.number, "")) for one in citations)
    return f'<ol class="cards">{"".join(cards)}</ol>'


def card_html(
    citation: Citation, citations: Sequence[Citation], turn: int, standing: str = ""
) -> str:
    """A citation as a card that links to its article, opened at the quote."""
    title = line(named(citation.title, citation.path, citation.article_id))
    stale = SAID.get(standing, "")
    told = f'<span class="standing">{line(stale)}</span>' if stale else ""
    return (
        f'<li id="{card_id(turn, citation.number)}" class="card{" stale" if stale else ""}">'
        f'<a class="source" href="{inert(citation_link(citation, citations))}">'
        f'<span class="num">{citation.number}</span>'
        f'<span class="title">{title}</span>'
        f'<span class="by">{line(byline(citation.source, citation.published))}</span>'
        f'<span class="quote" dir="auto">{line(citation.quote)}</span>'
        f"{told}</a></li>"
    )


def citation_link(citation: Citation, citations: Sequence[Citation]) -> str:
    """Where the citation's article is shown, all spans that the answer cites in it marked."""
    same = [other for other in citations if other.article_id == citation.article_id]
    return _link(
        id=citation.article_id,
        version=citation.sha256,
        at=f"{citation.start}-{citation.end}",
        spans=",".join(f"{other.start}-{other.end}" for other in same),
    )


def near_html(passage: Passage) -> str:
    """A passage that does not answer but may be worth a look."""
    title = line(named(passage.title, "", passage.article_id))
    return (
        f'<li><a class="source" href="{inert(passage_link(passage))}">{title}</a> '
        f'<span class="by">{line(byline(passage.source, passage.published))}</span>'
        f'<span class="quote" dir="auto">{line(shortened(passage.text, 220))}</span></li>'
    )


def passage_link(passage: Passage) -> str:
    """Where the passage's article is shown, the passage marked."""
    at = f"{passage.chunk.start}-{passage.chunk.end}"
    return _link(id=passage.article_id, at=at)


def _link(**query: str) -> str:
    return f"article?{urlencode(query)}#cited"
