"""Quotes that are spans: made from offsets, verified where they are made, numbered in order."""

from collections.abc import Callable, Sequence

from index.types import Article
from qa.types import Citation, Evidence

Articles = Callable[[str], Article]


def cite(evidence: Sequence[Evidence], articles: Articles) -> tuple[Citation, ...]:
    """Return one citation for each piece of evidence, numbered from 1 in the order given.

    Raises AssertionError where a quote is not the span that it claims to be, so that no answer
    can ever show one.
    """
    return tuple(
        citation(number, item, articles(item.passage.article_id))
        for number, item in enumerate(evidence, start=1)
    )


def citation(number: int, evidence: Evidence, article: Article) -> Citation:
    """Return the citation of one piece of evidence in its article."""
    made = Citation(
        number=number,
        article_id=article.id,
        sha256=article.sha256,
        title=article.title,
        source=article.source,
        published=article.published,
        path=article.path,
        start=evidence.start,
        end=evidence.end,
        quote=evidence.text,
    )
    verify(made, article)
    return made


def verify(citation: Citation, article: Article) -> None:
    """Raise AssertionError unless the citation's quote is the span of this very text."""
    if citation.sha256 != article.sha256:
        raise AssertionError(f"citation {citation.number} is of another version of {article.id}")
    if not citation.quote or article.text[citation.start : citation.end] != citation.quote:
        raise AssertionError(f"citation {citation.number} is not a span of {article.id}")
