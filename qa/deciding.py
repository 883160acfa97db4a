"""Findings to the extractive answer, or to the statement that the corpus does not answer."""

from collections.abc import Callable

from qa.citations import Articles, cite
from qa.compose import ComposeSettings, answer_text, choose, short_answer
from qa.question import kind, yes_or_no
from qa.refusal import NEAREST, explain
from qa.types import Answer, Findings


def decide(
    question: str,
    findings: Findings,
    *,
    threshold: float,
    articles: Articles,
    known: Callable[[str], bool],
) -> Answer:
    """Return the answer in the articles' own sentences, or a refusal below the threshold.

    `articles` gives an article by its id; `known` tells whether a stem is anywhere in the corpus.
    """
    asked = kind(question)
    if findings.chance < threshold:
        nearest = findings.passages[:NEAREST]
        text, missing = explain(question, asked, nearest, known=known)
        return Answer(
            question=question,
            standalone=question,
            answered=False,
            text=text,
            short="",
            citations=(),
            confidence=findings.chance,
            nearest=nearest,
            missing=missing,
        )
    best = findings.evidence[0]
    chosen = choose(findings.evidence, asked, ComposeSettings())
    citations = cite(chosen, articles)
    return Answer(
        question=question,
        standalone=question,
        answered=True,
        text=answer_text(citations),
        short=best.text if yes_or_no(question) else short_answer(best),
        citations=citations,
        confidence=findings.chance,
    )
