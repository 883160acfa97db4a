"""What the server answers beside the chat: a sign of life, and an article as a page."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.errors import IndexFailure
from index.types import Span
from ui import viewer
from ui.words import sentence

if TYPE_CHECKING:
    from qa import Bot


def health(bot: "Bot") -> tuple[int, dict[str, object]]:
    """An HTTP status with what it means: which generation is served, or why none is."""
    try:
        status = bot.status()
    except IndexFailure as failure:
        return 503, {"status": "failing", "reason": str(failure)}
    return 200, {"status": "ok", "generation": status.generation, "articles": status.articles}


def article(bot: "Bot", query: Mapping[str, str]) -> tuple[int, str]:
    """An HTTP status with the page of an article, as `render.citation_link` asks for it.

    An article that has changed since it was cited is shown without marks, and says so: its offsets
    belong to a text that is gone.
    """
    at, spans = _span(query.get("at", "")), _spans(query.get("spans", ""))
    try:
        found = bot.article(query.get("id", ""))
    except KeyError:
        return 404, viewer.message_page("No such article", "There is no such article any more.")
    except IndexFailure as failure:
        return 503, viewer.message_page("No article", sentence(str(failure)))
    if query.get("version", found.sha256) == found.sha256:
        return 200, viewer.article_page(found, at, spans)
    note = "This article has changed since it was cited; the quote stood in an earlier version."
    return 200, viewer.article_page(found, None, (), note)


def _spans(text: str) -> tuple[Span, ...]:
    found = map(_span, text.split(",")[:200])
    return tuple(span for span in found if span is not None)


def _span(text: str) -> Span | None:
    match = re.fullmatch(r"(\d{1,12})-(\d{1,12})", text)
    if match is None or int(match[1]) >= int(match[2]):
        return None
    return Span(int(match[1]), int(match[2]))
