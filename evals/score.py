"""One case and what the bot made of it -> a scored row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evals.answers import contains, exact, rouge_l, token_f1, token_recall, word_count
from evals.cases import Case, Gold
from evals.retrieval import CUTOFFS, DEPTH, ranking_scores
from evals.rows import Row, Shown, Wanted
from evals.spans import Piece, citation_precision, citation_recall, parts_hit, verified
from evals.why import why_lost
from index.types import Passage
from qa.types import Answer

LONG_ANSWER_RECALL = 0.5  # of the gold's words: a long answer is never repeated word for word

Unit = Literal["span", "article"]
RANKING = (*(f"recall@{k}" for k in CUTOFFS), "mrr", "ndcg@10")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the bot gave for a case: an answer, a ranking, or an error in words.

    `asked` says whether an answer was wanted at all; `passages` is None where none were.
    """

    answer: Answer | None = None
    passages: Sequence[Passage] | None = None
    error: str = ""
    seconds: float = 0.0
    asked: bool = True


def score(
    case: Case, outcome: Outcome, texts: Mapping[str, str], *, unit: Unit, corpus: str
) -> Row:
    """Score what the bot gave; every score that applies is there, zero where it failed.

    `texts` are the articles as the set holds them. `unit` says whether a passage counts by its
    span or by its article.
    """
    answer = outcome.answer
    shown = _shown(case, answer, texts)
    found = _found(case, outcome.passages or (), unit)
    scores = _answer_scores(case, outcome) | _citation_scores(case, outcome, shown)
    if case.evidence:
        scores |= _ranking_scores(case, outcome, found)
    row = Row(
        id=case.id,
        corpus=corpus,
        kind=case.kind,
        split=case.split,
        group=case.group or case.id,
        question=case.question,
        history=tuple(part for turn in case.history for part in (turn.question, turn.answer)),
        answerable=case.answerable,
        judged=case.judged,
        accepted=case.parts,
        wanted=tuple(_wanted(gold, texts) for gold in case.evidence),
        note=case.note,
        error=outcome.error,
        answered=bool(answer and answer.answered),
        standalone=answer.standalone if answer else "",
        text=answer.text if answer else "",
        short=answer.short if answer else "",
        confidence=answer.confidence if answer else 0.0,
        shown=shown,
        rank=next((rank for rank, parts in enumerate(found[:DEPTH], 1) if parts), 0),
        seconds=round(outcome.seconds, 4),
        scores=scores,
    )
    return replace(row, why=why_lost(row))


def _answer_scores(case: Case, outcome: Outcome) -> dict[str, float]:
    answer = outcome.answer
    scores = {"error": float(bool(outcome.error))}
    if not outcome.asked:
        return scores
    given = answer is not None and answer.answered
    text, short = (answer.text, answer.short) if answer is not None and given else ("", "")
    if case.rewrite:
        scores["rewrite_f1"] = token_f1(answer.standalone, [case.rewrite]) if answer else 0.0
        scores["last_turn_f1"] = token_f1(case.question, [case.rewrite])
    if not case.judged:
        return scores
    if not case.answerable:
        return scores | {"right": float(answer is not None and not given)}
    scores |= _long_scores(case, text) if case.long else _short_scores(case, text, short)
    scores["right"] = scores["correct"]
    return scores


def _short_scores(case: Case, text: str, short: str) -> dict[str, float]:
    named = [contains(text, part) for part in case.parts]
    mistaken = any(contains(text, [wrong]) for wrong in case.wrong)
    scores = {
        "parts_named": sum(named) / len(named),
        "correct": float(all(named) and not mistaken),
    }
    if case.wrong:
        scores["wrong_named"] = float(mistaken)
    if len(case.parts) == 1:
        scores["em"] = exact(short, case.parts[0]) if short else 0.0
        scores["f1"] = token_f1(short, case.parts[0])
    return scores


def _long_scores(case: Case, text: str) -> dict[str, float]:
    return {
        "correct": float(token_recall(text, case.parts[0]) >= LONG_ANSWER_RECALL),
        "text_f1": token_f1(text, case.parts[0]),
        "rouge_l": rouge_l(text, case.parts[0]),
    }


def _citation_scores(case: Case, outcome: Outcome, shown: Sequence[Shown]) -> dict[str, float]:
    if not case.judged or not outcome.asked:
        return {}
    scores: dict[str, float] = {}
    failed = int(bool(outcome.error))  # a failed case counts as one citation that shows nothing
    pieces = [Piece(item.article, item.start, item.end) for item in shown]
    scores["cited"] = len(pieces) + failed
    scores["cited_verified"] = sum(item.verified for item in shown)
    if case.evidence or not case.answerable:
        hit, count = citation_precision(pieces, case.evidence)
        scores["cited_judged"], scores["cited_hit"] = count + failed, hit
    if case.evidence:
        scores["citation_recall"] = citation_recall(pieces, case.evidence)
    if case.answerable and not case.long:
        first = shown[0].quote if shown else ""
        scores["first_quote"] = float(any(contains(first, part) for part in case.parts))
    if outcome.answer is not None and outcome.answer.answered:
        scores["words"] = word_count(outcome.answer.text)
    return scores


def _ranking_scores(
    case: Case, outcome: Outcome, found: Sequence[frozenset[int]]
) -> dict[str, float]:
    if outcome.error:
        return dict.fromkeys(RANKING, 0.0)
    if outcome.passages is None:
        return {}
    return ranking_scores(found, {gold.part for gold in case.evidence})


def _found(case: Case, passages: Sequence[Passage], unit: Unit) -> list[frozenset[int]]:
    if unit == "span":
        pieces = (Piece(p.article_id, p.chunk.start, p.chunk.end) for p in passages)
        return [parts_hit(piece, case.evidence) for piece in pieces]
    articles = dict.fromkeys(passage.article_id for passage in passages)
    return [
        frozenset(gold.part for gold in case.evidence if gold.article == article)
        for article in articles
    ]


def _shown(case: Case, answer: Answer | None, texts: Mapping[str, str]) -> tuple[Shown, ...]:
    if answer is None:
        return ()
    shown = []
    for citation in answer.citations:
        piece = Piece(citation.article_id, citation.start, citation.end)
        shown.append(
            Shown(
                number=citation.number,
                article=citation.article_id,
                title=citation.title,
                start=citation.start,
                end=citation.end,
                quote=citation.quote,
                verified=verified(piece, citation.quote, texts),
                hit=bool(parts_hit(piece, case.evidence)),
            )
        )
    return tuple(shown)


def _wanted(gold: Gold, texts: Mapping[str, str]) -> Wanted:
    return Wanted(gold.article, texts[gold.article][gold.start : gold.end][:600], gold.part)
