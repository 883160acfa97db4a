"""Whether what a kept answer cites still stands in the corpus as it was cited."""

from collections.abc import Callable
from typing import Literal

from index.types import Article
from qa.types import Citation

Standing = Literal["same", "changed", "gone"]

SAID = {
    "changed": "This article has changed since; the quote stood in an earlier version.",
    "gone": "This article is no longer in the corpus.",
}


def changed(citation: Citation, article: Callable[[str], Article]) -> Standing:
    """Tell how the cited article stands; `article` raises KeyError for one that is not there."""
    try:
        found = article(citation.article_id)
    except KeyError:
        return "gone"
    return "same" if found.sha256 == citation.sha256 else "changed"
