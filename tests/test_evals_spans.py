"""Citations and passages against gold spans."""

import pytest

from evals.cases import Gold
from evals.spans import Piece, citation_precision, citation_recall, hits, parts_hit, verified

GOLD = Gold("a.txt", 100, 120)


@pytest.mark.parametrize(
    ("start", "end", "hit"),
    [
        (90, 200, True),  # the gold span whole
        (105, 110, True),  # inside it
        (110, 140, True),  # 10 of its 20 characters: half of the shorter
        (111, 140, False),  # 9 of 20
        (120, 140, False),  # touching
        (112, 119, True),  # all of a short piece
    ],
)
def test_half_of_the_shorter_span_is_a_hit(start: int, end: int, hit: bool) -> None:
    assert hits(Piece("a.txt", start, end), GOLD) is hit


def test_the_same_offsets_in_another_article_are_no_hit() -> None:
    assert not hits(Piece("b.txt", 100, 120), GOLD)


def test_precision_counts_citations_and_recall_counts_parts() -> None:
    evidence = [GOLD, Gold("b.txt", 0, 10), Gold("a.txt", 300, 320, part=1)]
    pieces = [Piece("a.txt", 95, 125), Piece("b.txt", 0, 10), Piece("a.txt", 500, 600)]
    # two of three citations hit; both show part 0, nothing shows part 1
    assert citation_precision(pieces, evidence) == (2, 3)
    assert citation_recall(pieces, evidence) == 0.5
    assert parts_hit(pieces[1], evidence) == {0}


def test_no_citation_recalls_nothing() -> None:
    assert citation_recall([], [GOLD]) == 0.0
    assert citation_precision([], [GOLD]) == (0, 0)


def test_a_quote_is_verified_against_the_text_and_nothing_else() -> None:
    texts = {"a.txt": "Kim wrote a letter."}
    assert verified(Piece("a.txt", 4, 9), "wrote", texts)
    assert not verified(Piece("a.txt", 4, 9), "Wrote", texts)
    assert not verified(Piece("a.txt", 5, 9), "wrote", texts)
    assert not verified(Piece("b.txt", 4, 9), "wrote", texts)
    assert not verified(Piece("a.txt", 4, 4), "", texts)
