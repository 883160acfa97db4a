"""Sentences to chunks: runs of whole sentences that fit a model's window together with the title.

A chunk is one span of the article, so it ends where boilerplate begins. The article is tokenised
once and every size is looked up in the offsets; the sizes hold for tokenizers that split at white
space and punctuation before anything else, as those of sentence encoders do.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from math import ceil
from typing import NamedTuple

from index.errors import ModelError
from index.types import Article, Chunk, Span

Tokens = Callable[[str], Sequence[tuple[int, int]]]
"""Gives the character offsets of a text's tokens, without special tokens and without truncation."""

_SPECIAL_TOKENS = 2
_NEWLINE = 1  # between title and text; nothing to most tokenizers, one token to some
_SMALLEST_WINDOW = 16
# A sentence is repeated at the head of the next chunk only if it takes at most a third of it.
_LARGEST_OVERLAP = 3
# A chunk rather ends with its paragraph if that is nearer to the even size by this share of it.
_PARAGRAPH_BONUS = 0.2

_CLAUSE_END = re.compile(r"[;:,](?=\s)|[—–…]|[、，；：]")
_LETTER = re.compile(r"[^\W_]")
# White space to people, but BERT's tokenizers drop these and join the words on either side.
_CONTROL_SPACE = re.compile(r"[\v\f\x1c-\x1f\x85]")


class _Unit(NamedTuple):
    """What is never divided between chunks: a sentence, or a piece of one that is too long."""

    start: int
    end: int
    torn: bool = False  # begins or ends inside a word, so that its size is no longer looked up


class _Ruler:
    """Sizes of spans of one text, in tokens."""

    def __init__(self, offsets: Sequence[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in offsets]
        self._ends = [end for _, end in offsets]

    def size(self, start: int, end: int) -> int:
        """How many tokens lie in `text[start:end]`, in whole or in part."""
        return max(0, bisect_left(self._starts, end) - bisect_right(self._ends, start))

    def reach(self, start: int, size: int, end: int) -> int:
        """Where the next `size` tokens end: behind the first character or later, at most `end`."""
        at = bisect_right(self._ends, start) + size
        return max(start + 1, min(self._starts[at], end)) if at < len(self._starts) else end


def indexed_title(title: str, *, tokens: Tokens, window: int) -> str:
    """The title as it is indexed: cut to half the window, so that a chunk has the other half."""
    title = indexed_text("", title)
    offsets = tokens(title)
    half = window // 2
    return title if len(offsets) <= half else title[: offsets[half - 1][1]]


def indexed_text(title: str, text: str) -> str:
    """What is embedded and searched for a chunk: the article's title, a newline, the chunk's text.

    `title` is what `indexed_title` gives; only then is the whole within the window. Control
    characters that are white space (page breaks above all) become spaces, one for one.
    """
    return _CONTROL_SPACE.sub(" ", f"{title}\n{text}" if title else text)


def chunks(
    article: Article,
    sentence_spans: Sequence[Span],
    *,
    tokens: Tokens,
    window: int,
    overlap: int = 1,
    target: int | None = None,
) -> list[Chunk]:
    """The chunks of an article, in order, covering every one of the sentences given.

    Each holds at most `target` tokens of text (as many as fit if None), and never more than
    `window` with the title and two special tokens. It begins with the last `overlap` sentences of
    the chunk before, where these are short and nothing that is not indexed lies between. Sizes are
    even within a run of sentences. A sentence that does not fit is split at clause marks, then at
    spaces, then between tokens. Raises ModelError if the window is too small.
    """
    if window < _SMALLEST_WINDOW:
        raise ModelError(
            f"A window of {window} tokens cannot hold a title and a sentence; "
            f"use a model that reads at least {_SMALLEST_WINDOW}."
        )
    title = indexed_title(article.title, tokens=tokens, window=window)
    limit = window - _SPECIAL_TOKENS
    if title:
        limit -= len(tokens(title)) + _NEWLINE
    limit = min(limit, target) if target is not None else limit
    if limit < 1 or overlap < 0:
        raise ValueError(f"target must be at least 1 and overlap at least 0: {target}, {overlap}")
    ruler = _Ruler(tokens(indexed_text("", article.text)))
    spans = [
        span
        for run in _runs(article.text, _units(article.text, sentence_spans, ruler, tokens, limit))
        for span in _pack(article.text, run, ruler, limit, overlap)
    ]
    prefix = prefix_of(article.id)
    return [
        Chunk(f"{prefix}-{article.sha256[:8]}-{ordinal}", article.id, ordinal, span.start, span.end)
        for ordinal, span in enumerate(spans)
    ]


def prefix_of(article_id: str) -> str:
    """Return what the ids of an article's chunks begin with: 16 hexadecimal digits."""
    return blake2b(article_id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _units(
    text: str, spans: Sequence[Span], ruler: _Ruler, tokens: Tokens, limit: int
) -> Iterator[_Unit]:
    for span in spans:
        if ruler.size(span.start, span.end) <= limit:
            yield _Unit(span.start, span.end)
        else:
            yield from _pieces(text, span, ruler, tokens, limit)


def _pieces(text: str, span: Span, ruler: _Ruler, tokens: Tokens, limit: int) -> Iterator[_Unit]:
    """A sentence that does not fit, in pieces of about equal size that do."""
    start, torn = span.start, False
    while start < span.end:
        end, tears = span.end, False
        size = ruler.size(start, end)
        if size > limit:
            even = ruler.reach(start, ceil(size / ceil(size / limit)), span.end)
            end = _cut(text, start, even, ruler.reach(start, limit, span.end))
            tears = _inside_word(text, end)
        if torn or tears:
            end = _shrunk(text, start, end, tokens, limit)
            tears = end < span.end and _inside_word(text, end)
        yield _Unit(start, start + len(text[start:end].rstrip()), torn or tears)
        start, torn = end, tears
        while start < span.end and text[start].isspace():
            start += 1


def _inside_word(text: str, at: int) -> bool:
    beside = text[at - 1].isspace() or text[at : at + 1].isspace()
    return not beside and _CLAUSE_END.match(text, at - 1) is None


def _cut(text: str, start: int, even: int, furthest: int) -> int:
    """Where to cut: the clause mark or else the space nearest to `even`, not too near the start."""
    even, low = min(even, furthest), start + (furthest - start) // 3
    marks = [match.end() for match in _CLAUSE_END.finditer(text, low, furthest)]
    marks = marks or [at for at in range(low + 1, furthest) if text[at].isspace()]
    if marks:
        return min(marks, key=lambda at: abs(at - even))
    spaces = [at for at in range(start + 1, low + 1) if text[at].isspace()]
    return spaces[-1] if spaces else furthest


def _shrunk(text: str, start: int, end: int, tokens: Tokens, limit: int) -> int:
    """The end of the longest beginning of a torn piece that still fits when tokenised alone."""
    while len(offsets := tokens(indexed_text("", text[start:end]))) > limit:
        shorter = start + offsets[limit][0]
        if shorter <= start:
            break
        end = min(shorter, end - 1)
    return end


def _runs(text: str, units: Iterator[_Unit]) -> Iterator[list[_Unit]]:
    """Units that one chunk may hold together: nothing but white space and ornaments between."""
    run: list[_Unit] = []
    for unit in units:
        if run and (unit.torn or run[-1].torn or _LETTER.search(text, run[-1].end, unit.start)):
            yield run
            run = []
        run.append(unit)
    if run:
        yield run


def _pack(
    text: str, run: Sequence[_Unit], ruler: _Ruler, limit: int, overlap: int
) -> Iterator[Span]:
    at = 0
    while at < len(run):
        head = _overlap_start(run, at, ruler, limit, overlap)
        last = _last_unit(text, run, (head, at), ruler, limit)
        yield Span(run[head].start, run[last].end)
        at = last + 1


def _overlap_start(run: Sequence[_Unit], at: int, ruler: _Ruler, limit: int, overlap: int) -> int:
    head = at
    while head > max(0, at - overlap):
        repeated = ruler.size(run[head - 1].start, run[at - 1].end)
        together = ruler.size(run[head - 1].start, run[at].end)
        if repeated * _LARGEST_OVERLAP > limit or together > limit:
            break
        head -= 1
    return head


def _last_unit(
    text: str, run: Sequence[_Unit], begin: tuple[int, int], ruler: _Ruler, limit: int
) -> int:
    """The unit that ends a chunk whose overlap and whose new text begin at the units `begin`.

    The rest of the run is thought of as divided evenly; the chunk ends nearest to its even share.
    """
    head, at = begin
    left = ruler.size(run[at].start, run[-1].end)
    room = max(1, limit - ruler.size(run[head].start, run[at].start))
    share = left / max(1, ceil(left / room))
    best, least = at, float("inf")
    for last in range(at, len(run)):
        if last > at and ruler.size(run[head].start, run[last].end) > limit:
            break
        off = abs(ruler.size(run[at].start, run[last].end) - share)
        if last + 1 < len(run) and "\n" not in text[run[last].end : run[last + 1].start]:
            off += _PARAGRAPH_BONUS * share
        if off < least or (last + 1 == len(run) and left <= room):
            best, least = last, off
    return best


def distinct(chunks: Sequence[Chunk], text: str) -> list[Chunk]:
    """Return the chunks without those that repeat an earlier one of their article word for word.

    A page that says one thing a thousand times is found by saying it once; a thousand equal
    vectors would crowd every other one out of the search and tear the graph that it walks.
    """
    seen: set[str] = set()
    kept = []
    for chunk in chunks:
        words = text[chunk.start : chunk.end]
        if words not in seen:
            seen.add(words)
            kept.append(chunk)
    return kept
