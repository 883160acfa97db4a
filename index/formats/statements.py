"""What a web page states about itself: its title, its outlet, its day and its address.

Only the page's own words count: metadata made for machines (Open Graph, schema.org, Dublin Core,
Highwire, microformats), then its heading. Programs that find a date for every page also take one
from the address, a picture's name, the year of a copyright or any date in the text; a quote would
then carry a date that nobody stated.
"""

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from index.formats.dates import parse_date
from index.formats.draft import one_line, web_address

_TITLES = ("og:title", "citation_title", "dc.title", "dcterms.title", "headline", "twitter:title")
_OUTLETS = ("og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher")
_DATES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_date",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "date",
)
# Elements that a page marks as its day of publication: schema.org, HTML's former pubdate, hAtom
# and h-entry, WordPress. A bare <time> may be the day of anything.
_MARKED_DATES = (
    "//*[@itemprop='datePublished']",
    "//time[@pubdate]",
    "//*[contains(concat(' ', @class, ' '), ' dt-published ')]",
    "//*[self::time or self::abbr][contains(concat(' ', @class, ' '), ' published ')]",
    "//time[contains(concat(' ', @class, ' '), ' entry-date ')]",
)
_SEPARATORS = (" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ")

# An lxml tree; the library has no types.
Tree = Any


@dataclass(frozen=True, slots=True)
class Statements:
    """What a page states; empty or None where it does not."""

    title: str = ""
    source: str = ""
    published: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Schema:
    """What the page's schema.org description of its article says."""

    title: str = ""
    source: str = ""
    dates: list[str] = field(default_factory=list)


def statements(tree: Tree) -> Statements:
    """Read what a parsed page states about itself."""
    meta, schema = _meta(tree), _schema(tree)
    source = _first([*_values(meta, _OUTLETS[:1]), schema.source, *_values(meta, _OUTLETS[1:])])
    titles = [*_values(meta, _TITLES[:1]), schema.title, *_values(meta, _TITLES[1:])]
    headings = [_text(node) for node in tree.xpath("//h1")]
    only_heading = headings if len(headings) == 1 else []
    title = _first([*titles, *only_heading, *map(_text, tree.xpath("//head/title")), *headings])
    written = [*schema.dates, *_values(meta, _DATES), *_marked_dates(tree)]
    links = tree.xpath("//link[@rel='canonical']/@href")
    urls = [web_address(url) for url in [*links, *_values(meta, ("og:url",))]]
    return Statements(
        title=_without_outlet(title, source),
        source=source,
        published=next(filter(None, map(parse_date, written)), None),
        url=_first(urls),
    )


def _meta(tree: Tree) -> dict[str, list[str]]:
    """The page's meta elements: what each names in lower case -> its contents in order."""
    found: dict[str, list[str]] = {}
    for node in tree.xpath("//meta[@content]"):
        name = node.get("property") or node.get("name") or node.get("itemprop") or ""
        found.setdefault(name.strip().lower(), []).append(node.get("content"))
    return found


def _values(meta: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in meta.get(name, [])]


def _marked_dates(tree: Tree) -> Iterator[str]:
    for path in _MARKED_DATES:
        for node in tree.xpath(path):
            yield node.get("datetime") or node.get("content") or node.get("title") or _text(node)


def _schema(tree: Tree) -> _Schema:
    nodes = list(_schema_nodes(tree))
    articles = [node for node in nodes if _is_a(node, ("Article", "Posting", "Report"))]
    pages = [node for node in nodes if _is_a(node, ("WebPage",))]
    article = articles[0] if articles else {}
    return _Schema(
        title=_string(article.get("headline") or article.get("name")),
        source=_name(article.get("publisher"), nodes),
        dates=[_string(node.get("datePublished")) for node in [*articles[:1], *pages[:1]]],
    )


def _schema_nodes(tree: Tree) -> Iterator[dict[str, Any]]:
    """The objects at the top of the page's JSON-LD: not those inside, as of related articles."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            stated = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue  # not JSON: it states nothing
        for node in stated if isinstance(stated, list) else [stated]:
            if isinstance(node, dict):
                graph = node.get("@graph")
                yield node
                yield from (inner for inner in _listed(graph) if isinstance(inner, dict))


def _is_a(node: dict[str, Any], endings: tuple[str, ...]) -> bool:
    return any(isinstance(t, str) and t.endswith(endings) for t in _listed(node.get("@type")))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(publisher: object, nodes: list[dict[str, Any]]) -> str:
    """The name of a publisher: given as text, as an object, or by the id of another object."""
    publisher = next(iter(_listed(publisher)), None)
    if not isinstance(publisher, dict):
        return _string(publisher)
    name = _string(publisher.get("name"))
    same = (node for node in nodes if "@id" in publisher and node.get("@id") == publisher["@id"])
    return name or _string(next(same, {}).get("name"))


def _string(value: object) -> str:
    """A JSON value if it is text, its HTML entities resolved: publishers escape it for scripts."""
    return one_line(html.unescape(value)) if isinstance(value, str) else ""


def _text(node: Tree) -> str:
    return one_line(node.text_content())


def _first(values: list[str]) -> str:
    return next(filter(None, map(one_line, values)), "")


def _without_outlet(title: str, source: str) -> str:
    """The title without the outlet's name that is put after it for a browser's tab."""
    for separator in _SEPARATORS:
        head, found, tail = title.rpartition(separator)
        if found and source and tail.strip().casefold() == source.casefold():
            return head.strip()
    return title
