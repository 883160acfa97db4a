"""The answers to a question's parts -> one answer, its citations numbered anew."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from index.types import Passage
from qa.compose import answer_text
from qa.types import Answer, Citation, Findings


def joined(question: str, answers: Sequence[Answer]) -> Answer:
    """Return one answer to `question` from the answers to its parts, in their order.

    A span that answers two parts is cited once. The confidence is that of the least sure part
    that is answered; the note names the parts that are not. Where no part is answered, the first
    refusal stands for all.
    """
    given = [answer for answer in answers if answer.answered]
    if len(answers) == 1 or not given:
        return replace(answers[0], question=question, standalone=question)
    citations = numbered(chain.from_iterable(answer.citations for answer in given))
    left = [answer.question for answer in answers if not answer.answered]
    return Answer(
        question=question,
        standalone=question,
        answered=True,
        text=answer_text(citations),
        short="; ".join(dict.fromkeys(answer.short for answer in given)),
        citations=citations,
        confidence=min(answer.confidence for answer in given),
        note=" ".join(f"The corpus does not answer “{asked}”" for asked in left),
    )


def numbered(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return the citations without repeated spans, numbered from 1 in their order."""
    once = {(each.article_id, each.start, each.end): each for each in citations}
    return tuple(replace(each, number=number) for number, each in enumerate(once.values(), 1))


def together(findings: Sequence[Findings]) -> Findings:
    """Return the findings of all parts as one, the best evidence of each part first in turn.

    The signals are those of the first part, the chance is the highest.
    """
    if len(findings) == 1:
        return findings[0]
    turns = zip_longest(*(found.evidence for found in findings))
    evidence = dict.fromkeys(item for turn in turns for item in turn if item is not None)
    return Findings(
        passages=passages_of([found.passages for found in findings]),
        evidence=tuple(evidence),
        signals=findings[0].signals,
        chance=max(found.chance for found in findings),
    )


def passages_of(found: Sequence[Sequence[Passage]]) -> tuple[Passage, ...]:
    """Return the passages of all parts, each chunk once."""
    once: dict[str, Passage] = {}
    for passage in chain.from_iterable(found):
        once.setdefault(passage.chunk.id, passage)
    return tuple(once.values())
