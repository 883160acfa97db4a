"""Changes into the stores of a draft: read and split ahead, embed, and store, all at once.

Embedding takes nearly all of the time and runs outside the interpreter's lock, so one thread
reads and splits beside it and two more store what is ready.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.channel import Channel, Crew
from index.chunks import indexed_text
from index.layers import LayeredVectors
from index.library import Record, day_number
from index.library_writer import LibraryWriter
from index.terms import Terms, TermsRow
from index.types import Article, Chunk, Span
from index.vector_cache import VectorCache
from index.vectors import VectorRow

_FIRST_BATCHES = (16, 32, 64)  # small, so that embedding begins as soon as something was read
_BATCH = 128  # chunks; what a kill may lose, and how often the progress moves
_READ_AHEAD = 2048  # chunks
_TERMS_AT_ONCE = 8192  # each call ends in a commit, which leaves a segment to be merged


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article and where it came from."""

    article: Article
    record: Record


@dataclass(frozen=True, slots=True)
class Change:
    """An article to write, or None, and the ids of those that it replaces or that just go."""

    arrival: Arrival | None
    removes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of a draft, open for writing."""

    library: LibraryWriter
    vectors: LayeredVectors
    terms: Terms


@dataclass(frozen=True, slots=True)
class Cut:
    """An article's title as it is indexed, its sentences and its chunks."""

    title: str
    sentences: Sequence[Span]
    chunks: Sequence[Chunk]


@dataclass(frozen=True, slots=True)
class _Work:
    article: Article | None
    title: str
    chunks: Sequence[Chunk]
    removes: Sequence[str]
    gone: Sequence[str]

    @property
    def weight(self) -> int:
        return max(1, len(self.chunks))


_Piece = tuple[Article, str, Chunk]  # and the article's title as it is indexed


@dataclass(frozen=True, slots=True)
class _Batch:
    pieces: Sequence[_Piece]
    gone: Sequence[str]
    articles: int


Split = Callable[[Article], Cut]
Tick = Callable[[int, int], None]  # so many more articles and chunks are embedded


def store(
    changes: Iterable[Change], stores: Stores, cache: VectorCache, *, split: Split, tick: Tick
) -> int:
    """Write the changes; return how many chunks were replaced or removed.

    The library is left without its commit. Raises what reading, embedding or a store raises.
    """
    to_embed, to_index = Channel[_Work](_READ_AHEAD), Channel[_Work](_TERMS_AT_ONCE)
    to_store = Channel[tuple[list[VectorRow], Sequence[str]]](8)
    churned = 0

    def read() -> None:
        nonlocal churned
        for change in changes:
            work, churn = _write(change, stores.library, split)
            churned += churn
            to_index.put(work, work.weight)
            to_embed.put(work, work.weight)
        to_index.close()
        to_embed.close()

    def index_terms() -> None:
        for works in _groups(to_index, _TERMS_AT_ONCE):
            removes = [article_id for work in works for article_id in work.removes]
            stores.terms.apply(add=_terms_rows(works), remove=removes)

    def store_vectors() -> None:
        gone: list[str] = []
        # One call, because each ends in a count of all rows; an id that goes never comes again.
        stores.vectors.apply(add=_vector_rows(to_store, gone), remove=())
        if gone:
            stores.vectors.apply(add=(), remove=gone)

    with Crew(to_embed, to_index, to_store) as crew:
        for work in (read, index_terms, store_vectors):
            crew.start(work)
        for batch in _batches(to_embed):
            to_store.put((_embedded(batch, cache), batch.gone))
            tick(batch.articles, len(batch.pieces))
        to_store.close()
    return churned


def _write(change: Change, library: LibraryWriter, split: Split) -> tuple[_Work, int]:
    """Bring the library up to date; return the work that is left and how many chunks went."""
    gone = [chunk_id for name in change.removes for chunk_id in library.remove(name)]
    if change.arrival is None:
        return _Work(None, "", (), change.removes, gone), len(gone)
    article = change.arrival.article
    cut = split(article)
    library.add(change.arrival.record, article.text, sentences=cut.sentences, chunks=cut.chunks)
    written = {chunk.id for chunk in cut.chunks}
    left = [chunk_id for chunk_id in gone if chunk_id not in written]
    return _Work(article, cut.title, cut.chunks, change.removes, left), len(gone)


def _groups(works: Iterable[_Work], weight: int) -> Iterator[list[_Work]]:
    group: list[_Work] = []
    total = 0
    for work in works:
        group.append(work)
        total += work.weight
        if total >= weight:
            yield group
            group, total = [], 0
    if group:
        yield group


def _terms_rows(works: Iterable[_Work]) -> Iterator[TermsRow]:
    for work in works:
        if article := work.article:
            day = day_number(article.published)
            for chunk in work.chunks:
                text = article.text[chunk.start : chunk.end]
                yield TermsRow(chunk.id, article.id, work.title, text, article.source, day)


def _batches(works: Iterable[_Work]) -> Iterator[_Batch]:
    sizes = iter(_FIRST_BATCHES)
    size = next(sizes)
    pieces: list[_Piece] = []
    gone: list[str] = []
    articles = 0
    for work in works:
        gone += work.gone
        articles += work.article is not None
        if work.article is not None:
            pieces += [(work.article, work.title, chunk) for chunk in work.chunks]
        while len(pieces) >= size:
            yield _Batch(pieces[:size], gone, articles)
            pieces, gone, articles = pieces[size:], [], 0
            size = next(sizes, _BATCH)
    yield _Batch(pieces, gone, articles)


def _vector_rows(
    batches: Iterable[tuple[list[VectorRow], Sequence[str]]], gone: list[str]
) -> Iterator[VectorRow]:
    for rows, left in batches:
        gone += left
        yield from rows


def _embedded(batch: _Batch, cache: VectorCache) -> list[VectorRow]:
    texts = [indexed_text(title, a.text[c.start : c.end]) for a, title, c in batch.pieces]
    vectors = cache.embed(texts)
    return [
        VectorRow(chunk.id, article.id, article.source, day_number(article.published), vector)
        for (article, _, chunk), vector in zip(batch.pieces, vectors, strict=True)
    ]
