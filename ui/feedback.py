"""What people thought of answers, as lines to read or as cases for an evaluation."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from index.generations import folder_of, live_name
from index.library import Library
from index.types import Article
from qa.question import kind
from qa.types import Answer, Citation
from ui.conversations import Conversations, Judged
from ui.terminal import harmless
from ui.words import count, day

FILE = "conversations.sqlite"  # in the data folder

Articles = Callable[[str], Article]
_SAME_KINDS = ("why", "when", "list")  # of questions that evaluations know by the same name


def run(data: Path, as_json: bool) -> str:
    """Return all that was judged in a data folder, the oldest first; empty where nothing was.

    As JSON, each line is a case that `corpus-qa eval FILE.jsonl --data DATA` runs. Raises NoIndex
    where the folder is none of an index, DamagedError, or ConversationError.
    """
    library = Library(folder_of(data, live_name(data)) / "library.sqlite")
    try:
        judged = _judged(data / FILE)
        if as_json:
            made = filter(None, (case(item, library.article) for item in judged))
            return "\n".join(json.dumps(record, ensure_ascii=False) for record in made)
        return "\n".join(lines(judged, library.article))
    finally:
        library.close()


def case(judged: Judged, article: Articles) -> dict[str, Any] | None:
    """One judgement as a case that `evals.cases` reads, or None where it makes none.

    Thumbs up: what the answer said is right, with its quotes as evidence, or the question has no
    answer. Such cases are marked `report`. Thumbs down says only that this was wrong: the case has
    no answer, is marked `tune`, and its note says what to check before it is used. None where no
    answer was given, or where no quote stands in the corpus any more.
    """
    answer = judged.turn.answer
    if answer is None:
        return None
    liked = judged.turn.thumb == "up"
    record: dict[str, Any] = {
        "id": f"feedback-{judged.turn.id}",
        "kind": "unanswerable" if liked else "near-miss",
        "split": "report" if liked else "tune",
        # As it was understood: so it stands alone, without the conversation before it.
        "question": answer.standalone,
    }
    if liked and answer.answered:
        answers, cited = _accepted(answer)
        evidence = [found for citation in cited for found in _evidence(citation, article)]
        if not evidence:
            return None
        asked = kind(answer.standalone)
        record["kind"] = asked if asked in _SAME_KINDS else "fact"
        record |= {"answers": answers, "evidence": evidence}
    return {**record, "note": "; ".join(_note(judged, answer))}


def lines(judged: Iterable[Judged], article: Articles) -> Iterator[str]:
    """Each judgement in a few lines for a terminal, and a last one that counts them."""
    found = list(judged)
    for item in found:
        turn = item.turn
        when = day(datetime.fromisoformat(item.judged).date())
        yield f"thumbs {turn.thumb} on {when}, generation {harmless(turn.generation)}"
        yield f"  asked: {harmless(turn.question)}"
        if turn.answer and turn.answer.standalone != turn.question:
            yield f"  understood as: {harmless(turn.answer.standalone)}"
        yield f"  {harmless(_outcome(turn.answer))}"
        if turn.comment:
            yield f"  comment: {harmless(turn.comment)}"
        if turn.answer and case(item, article) is None:
            yield "  makes no case: what it cites is not in the corpus any more"
        yield ""
    liked = sum(item.turn.thumb == "up" for item in found)
    if found:
        yield f"{count(len(found), 'judgement')}: {liked} up, {len(found) - liked} down"
    else:
        yield "no answer was judged yet"


def _judged(path: Path) -> list[Judged]:
    if not path.exists():  # reading must not begin a file
        return []
    kept = Conversations.open(path)
    try:
        return list(kept.feedback())
    finally:
        kept.close()


def _accepted(answer: Answer) -> tuple[list[str], list[Citation]]:
    """The spellings that count as right, and the citations whose quotes hold one of them."""
    short = " ".join(answer.short.split())
    holding = [c for c in answer.citations if short and short in " ".join(c.quote.split())]
    if holding:
        return [short], holding
    return [c.quote for c in answer.citations], list(answer.citations)


def _evidence(citation: Citation, article: Articles) -> Iterator[dict[str, Any]]:
    """Where the quote stands now, in the version that was cited or in the nearest place to it."""
    try:
        text = article(citation.article_id).text
    except KeyError:
        return
    starts = list(_starts(text, citation.quote))
    if starts:
        nearest = min(range(len(starts)), key=lambda place: abs(starts[place] - citation.start))
        yield {
            "article": citation.article_id,
            "quote": citation.quote,
            **({"occurrence": nearest + 1} if len(starts) > 1 else {}),
        }


def _starts(text: str, quote: str) -> Iterator[int]:
    start = text.find(quote)
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _note(judged: Judged, answer: Answer) -> Iterator[str]:
    turn = judged.turn
    yield f"thumbs {turn.thumb} on {judged.judged[:10]}, generation {turn.generation}"
    if turn.thumb == "down":
        yield (
            "to check: if the corpus answers this, give answers and evidence"
            if answer.answered
            else "to check: somebody expected an answer; if there is one, give it with evidence"
        )
    if turn.comment:
        yield f"comment: {turn.comment}"
    yield _outcome(answer)
    if turn.question != answer.standalone:
        yield f"asked as: {turn.question}"


def _outcome(answer: Answer | None) -> str:
    if answer is None:
        return "no answer was given"
    return f"{'answered' if answer.answered else 'refused'}: {' '.join(answer.text.split())}"
