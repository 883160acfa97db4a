"""Claims made by rule from the default corpus: the false ones are told, the true ones kept."""

import time
from pathlib import Path

import pytest

from evals.claims import Held, judged, made, read
from evals.made_claims import CHANGED, KEPT, claims
from index.embed import Embedder
from qa.claims.bind import Checker
from qa.similarity import Similarity

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


@pytest.fixture(scope="module")
def articles() -> list[Held]:
    return read([SEEDS])


def test_no_false_claim_is_kept_and_few_true_ones_are_lost(
    articles: list[Held], embedder: Embedder
) -> None:
    found = made(articles)
    rows = judged(articles, found, Similarity(embedder))
    true = [row for row in rows if row.claim.true]
    false = [row for row in rows if not row.claim.true]
    assert len(true) >= 150
    assert len(false) >= 150
    assert [row.claim.text for row in false if row.kept] == []
    assert sum(row.kept for row in true) >= 0.95 * len(true)


def test_five_sentences_are_checked_in_a_tenth_of_a_second(
    articles: list[Held], embedder: Embedder
) -> None:
    similarity = Similarity(embedder)
    one = articles[0]
    spans = {one.passage.article_id: one.spans}.__getitem__
    best = 1.0
    for _ in range(5):
        checker = Checker([one.passage], spans, similarity=similarity)
        started = time.thread_time()
        for text in one.sentences[3:8]:
            checker.check(text, [1])
        best = min(best, time.thread_time() - started)
    assert best < 0.1


def test_claims_are_made_by_the_named_rules_and_the_same_every_time() -> None:
    text = "On June 12, Lee met Donald Trump and 3 officials, but he was late."
    first = list(claims("a", [text], names=["Vladimir Putin"]))
    assert first == list(claims("a", [text], names=["Vladimir Putin"]))
    kinds = {"verbatim", *(kind for kind, _ in (*KEPT, *CHANGED))}
    assert {claim.change for claim in first} <= kinds
    changed = {claim.change: claim.text for claim in first if not claim.true}
    assert "Putin" in changed["name changed"]
    assert "June" not in changed["date changed"]
    assert any(word in changed["negation changed"] for word in (" not", " never"))
