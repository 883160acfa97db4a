"""Citations and passages against gold spans: what counts as a hit, precision and recall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.cases import Gold


@dataclass(frozen=True, slots=True)
class Piece:
    """The range `[start, end)` of an article that a citation or a passage shows."""

    article: str
    start: int
    end: int


def hits(piece: Piece, gold: Gold) -> bool:
    """Whether the two share at least half the characters of the shorter one.

    So a cited sentence hits the three words in it that are the gold span, and a gold sentence is
    hit by a passage around it, while touching at the edge is not enough.
    """
    if piece.article != gold.article:
        return False
    shared = min(piece.end, gold.end) - max(piece.start, gold.start)
    return shared > 0 and 2 * shared >= min(piece.end - piece.start, gold.end - gold.start)


def parts_hit(piece: Piece, evidence: Sequence[Gold]) -> frozenset[int]:
    """The parts of the answer for which this piece shows a gold span."""
    return frozenset(gold.part for gold in evidence if hits(piece, gold))


def citation_precision(pieces: Sequence[Piece], evidence: Sequence[Gold]) -> tuple[int, int]:
    """How many of the citations hit a gold span, and how many there are."""
    return sum(bool(parts_hit(piece, evidence)) for piece in pieces), len(pieces)


def citation_recall(pieces: Sequence[Piece], evidence: Sequence[Gold]) -> float:
    """The share of the answer's parts for which some citation hits a gold span, 0 to 1."""
    wanted = {gold.part for gold in evidence}
    shown = frozenset[int]().union(*(parts_hit(piece, evidence) for piece in pieces))
    return len(wanted & shown) / len(wanted) if wanted else 0.0


def verified(piece: Piece, quote: str, texts: Mapping[str, str]) -> bool:
    """Whether the quote is, character for character, that range of the article as we hold it."""
    text = texts.get(piece.article)
    return text is not None and bool(quote) and text[piece.start : piece.end] == quote
