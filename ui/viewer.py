"""A whole article as an HTML page: cited spans marked by offset, boilerplate dimmed."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from index.boilerplate import boilerplate
from index.types import Article, Span
from ui.inert import inert, line
from ui.words import byline, count, named

LONGEST = 400_000  # characters shown at once; browsers lay out a few MB of one line in seconds

_CITED = '<mark class="cited">'  # the first one is where links to this page lead
_WRAPPED_AT = range(45, 121)  # the lengths of lines that were broken by a program, not by a writer


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is cited, what else the answer cites, and what is not the article's own text."""

    at: Span | None
    also: Sequence[Span]
    junk: Sequence[Span] = ()

    def within(self, block: Span) -> "_Marks":
        """The same, the boilerplate that touches this block only; it is in order and disjoint."""
        first = bisect_right(self.junk, block.start, key=lambda span: span.end)
        last = bisect_left(self.junk, block.end, key=lambda span: span.start)
        return _Marks(self.at, self.also, self.junk[first:last])

    def edges(self) -> set[int]:
        """Where a mark begins or ends."""
        spans = [*self.also, *self.junk, *([self.at] if self.at else [])]
        return {edge for span in spans for edge in (span.start, span.end)}

    def kind(self, position: int) -> str:
        """How the text is marked from here to the next edge."""
        if self.at is not None and self.at.start <= position < self.at.end:
            return "cited"
        for name, spans in (("also", self.also), ("junk", self.junk)):
            if any(span.start <= position < span.end for span in spans):
                return name
        return ""


def article_page(article: Article, at: Span | None, spans: Sequence[Span], note: str = "") -> str:
    """The page of one article, `at` marked as what is cited and `spans` lightly.

    Offsets are clipped to the text. An article of more than `LONGEST` characters is cut around
    `at`, which the page says. `note` is a sentence above the text.
    """
    window = _window(len(article.text), at)
    if window.end - window.start < len(article.text):
        note = f"{note} {_cut_note(article, window)}".strip()
    blocks = list(paragraph_spans(article.text, window))
    heading = _heading(article, blocks)
    marks = _Marks(at, spans, _junk(article, window))
    body = "".join(f"<p>{_piece(article.text, block, marks)}</p>" for block in blocks)
    title = named(article.title, article.path, article.id)
    shown = _piece(article.text, heading, _Marks(at, spans)) if heading else line(title)
    whole = (
        f'<header><h2 dir="auto">{shown}</h2>'
        f'<p class="by">{line(byline(article.source, article.published))} · '
        f"{count(len(blocks), 'paragraph')}</p></header>"
        + (f'<p class="note">{line(note)}</p>' if note else "")
        + f'<div class="text" dir="auto">{body}</div>'
    )
    return _page(title, whole.replace(_CITED, f'{_CITED[:-1]} id="cited">', 1))


def message_page(title: str, sentence: str) -> str:
    """A page that says one sentence where an article cannot be shown."""
    return _page(title, f'<p class="note">{line(sentence)}</p>')


def paragraph_spans(text: str, window: Span) -> Iterator[Span]:
    """The paragraphs in a part of the text, in order, without the white space around them.

    Blank lines part paragraphs. So does every line break, unless the lines were broken to fit a
    width: most lines of the text that do not end a block are 45 to 120 characters long.
    """
    parting = r"\n[^\S\n]*\n\s*" if _is_wrapped(text) else r"\n\s*"
    start = window.start
    for match in re.compile(parting).finditer(text, window.start, window.end):
        yield from _trimmed(text, start, match.start())
        start = match.end()
    yield from _trimmed(text, start, window.end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if piece.strip():
        start += len(piece) - len(piece.lstrip())
        yield Span(start, start + len(piece.strip()))


def _is_wrapped(text: str) -> bool:
    lines = text[:50_000].split("\n")
    inner = [len(one.strip()) for one, following in pairwise(lines) if following.strip()]
    lengths = [length for length in inner if length]
    fitting = sum(length in _WRAPPED_AT for length in lengths)
    return len(lengths) >= 3 and fitting >= 0.8 * len(lengths)


def _junk(article: Article, window: Span) -> list[Span]:
    """The boilerplate of what is shown, as it is told from there alone."""
    found = boilerplate(article.text[window.start : window.end], article.title)
    return [Span(span.start + window.start, span.end + window.start) for span in found]


def _window(length: int, at: Span | None) -> Span:
    if length <= LONGEST:
        return Span(0, length)
    middle = min(max((at.start + at.end) // 2 if at else 0, LONGEST // 2), length - LONGEST // 2)
    return Span(middle - LONGEST // 2, middle + LONGEST // 2)


def _cut_note(article: Article, window: Span) -> str:
    return (
        f"This article has {len(article.text):,} characters; "
        f"those from {window.start:,} to {window.end:,} are shown."
    )


def _heading(article: Article, blocks: list[Span]) -> Span | None:
    """Take the first paragraph as the heading where it is the title, so that it stands once."""
    if not blocks or not article.title:
        return None
    first = article.text[blocks[0].start : blocks[0].end]
    return blocks.pop(0) if " ".join(first.split()) == " ".join(article.title.split()) else None


def _piece(text: str, block: Span, marks: _Marks) -> str:
    """One paragraph as HTML: cut wherever a marked span begins or ends, then marked."""
    near = marks.within(block)
    cuts = {edge for edge in near.edges() if block.start < edge < block.end}
    edges = sorted({block.start, block.end} | cuts)
    runs = groupby(edges[:-1], near.kind)
    starts = [(kind, next(run)) for kind, run in runs]
    ends = [start for _, start in starts[1:]] + [block.end]
    return "".join(
        _mark(inert(text[start:end]), kind) for (kind, start), end in zip(starts, ends, strict=True)
    )


def _mark(html: str, kind: str) -> str:
    if kind == "junk":
        return f'<span class="junk">{html}</span>'
    return f'<mark class="{kind}">{html}</mark>' if kind else html


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{inert(' '.join(title.split()))}</title>"
        '<link rel="icon" href="ui/icon.svg"><link rel="stylesheet" href="ui/theme.css">'
        '<link rel="stylesheet" href="ui/source.css"></head>'
        f'<body class="reader"><main class="article">{body}</main></body></html>'
    )
