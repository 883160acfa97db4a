"""The nouns of the index: articles, chunks of them, and the passages that a search returns."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One article, its text word for word as read; offsets count Python str characters.

    `id` is unique in an index. `title`, `source` (the outlet) and `url` are empty and `published`
    is None where the source does not state them. `path` is the file that the article was read
    from; `sha256` is the hex digest of the text in UTF-8.
    """

    id: str
    title: str
    text: str
    source: str
    published: date | None
    path: str
    sha256: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one article: `text[start:end]`, the `ordinal`-th from 0."""

    id: str
    article_id: str
    ordinal: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range `text[start:end]` of an article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be searched: a closed range of dates and a set of outlets; empty is all.

    An article without a date is outside every range of dates.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk, or neighbouring chunks of one article merged, as found for a question.

    `text` is the article's `text[chunk.start:chunk.end]`. `score` orders the passages of one
    search (higher is better). `cosine` (-1 to 1) and `bm25` (0 or more) are the raw scores of its
    best chunk, which can be compared between questions.
    """

    chunk: Chunk
    article_id: str
    title: str
    source: str
    published: date | None
    text: str
    score: float
    cosine: float = 0.0
    bm25: float = 0.0
