import hashlib
from dataclasses import replace
from datetime import date

import pytest

from index.types import Article, Chunk, Passage
from qa.citations import cite, verify
from qa.types import Evidence

TEXT = "Talks begin at nine. They end at noon."
ARTICLE = Article(
    id="a.txt",
    title="Talks",
    text=TEXT,
    source="Reuters",
    published=date(2018, 6, 12),
    path="/a.txt",
    sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
)


def evidence(start: int, end: int, text: str | None = None) -> Evidence:
    passage = Passage(
        Chunk("c", ARTICLE.id, 0, 0, len(TEXT)), ARTICLE.id, "Talks", "Reuters", None, TEXT, 1.0
    )
    return Evidence(passage, start, end, TEXT[start:end] if text is None else text, 1.0, 1.0, 1.0)


def test_citations_are_numbered_in_order_and_carry_where_they_come_from() -> None:
    first, second = cite([evidence(21, 38), evidence(0, 20)], lambda _: ARTICLE)
    assert (first.number, first.quote) == (1, "They end at noon.")
    assert (second.number, second.quote) == (2, "Talks begin at nine.")
    assert (first.source, first.published, first.path) == ("Reuters", date(2018, 6, 12), "/a.txt")
    assert first.sha256 == ARTICLE.sha256


def test_a_quote_that_is_not_its_span_is_never_made() -> None:
    with pytest.raises(AssertionError, match="not a span"):
        cite([evidence(0, 20, "Talks begin at noon.")], lambda _: ARTICLE)


def test_an_empty_quote_is_never_made() -> None:
    with pytest.raises(AssertionError, match="not a span"):
        cite([evidence(5, 5)], lambda _: ARTICLE)


def test_a_citation_of_another_version_of_the_article_does_not_verify() -> None:
    (made,) = cite([evidence(0, 20)], lambda _: ARTICLE)
    with pytest.raises(AssertionError, match="another version"):
        verify(made, replace(ARTICLE, sha256="0" * 64))
