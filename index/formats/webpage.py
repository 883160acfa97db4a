"""HTML: the text of the article on a page, without the page around it."""

import logging
from collections.abc import Iterator
from typing import BinaryIO

from index.errors import ArticleError
from index.formats.draft import Draft, Fault, is_visible, one_line
from index.formats.encoding import text_of
from index.formats.statements import Tree, statements

# Elements that the extraction takes for controls and deletes with their words: in the middle of a
# paragraph "On <time>Monday</time> they met" became "On they met". There they become spans first.
_INLINE = "self::time or self::label or self::output or self::math or self::meter or self::noindex"
_BLOCKS = ["p", "li", "dd", "dt", "td", "th", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"]
_IN_TEXT = (
    f"//*[{_INLINE} or self::q or contains(name(), '-')]"
    f"[{' or '.join(f'ancestor::{block}' for block in _BLOCKS)}]"
)

# What the extraction lets through for a page that is not what it claims to be.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def read_webpage(file: BinaryIO) -> Iterator[Draft | Fault]:
    """The one article of a web page: its paragraphs, one a line, their words as on the page.

    White space is that of a browser, invisible characters and elements are left out. Title,
    outlet, day and address are what the page states. Raises ArticleError for a page that cannot
    be parsed as a whole or has no text. Nothing is fetched and no script runs.
    """
    tree = _parsed(text_of(file))
    facts = statements(tree)
    _keep_inline_words(tree)
    yield Draft(
        text=_article(tree),
        title=facts.title,
        source=facts.source,
        published=facts.published,
        url=facts.url,
    )


def _parsed(markup: str) -> Tree:
    from lxml import etree  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

    # The bytes are ours and in UTF-8, whatever the page says that it was once written in.
    parser = HTMLParser(
        encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        tree = document_fromstring(markup.encode("utf-8"), parser=parser)
    except (etree.LxmlError, *_BROKEN) as error:
        raise ArticleError(f"is not HTML that can be read ({one_line(str(error))})") from None
    # The parser stops at 256 levels of nesting and at 10 million characters in one piece, and
    # returns what it has: the rest of the article would be missing without a word.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ArticleError("is HTML too deeply nested or too long in one piece to be read whole")
    return tree


def _keep_inline_words(tree: Tree) -> None:
    """Make plain spans of inline elements in a paragraph; a browser puts marks around <q>."""
    for node in tree.xpath(_IN_TEXT):
        if node.tag == "q":
            node.text, node.tail = "“" + (node.text or ""), "”" + (node.tail or "")
        node.tag = "span"


def _article(tree: Tree) -> str:
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        why = one_line(str(error))
        raise ArticleError(f"is HTML, whose reader is not fully installed ({why})") from None
    from lxml import etree

    # It says in its log what it discards, which without a handler lands on the screen.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        # No metadata, so no dates are looked for; readers' comments are not the article.
        document = bare_extraction(tree, include_comments=False, with_metadata=False)
    except (etree.LxmlError, *_BROKEN) as error:
        raise ArticleError(
            f"is HTML whose article cannot be extracted ({one_line(str(error))})"
        ) from None
    text = "" if document is None or isinstance(document, dict) else document.text or ""
    if not is_visible(text):
        raise ArticleError("is a web page without an article's text")
    return text
