"""Each sentence of a draft to the span of an article that bears it, or why there is none."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.types import Passage, Span
from qa.claims.compare import coverage, objection
from qa.claims.sources import Run, runs
from qa.claims.words import Sentence, sentence

Similarity = Callable[[str, Sequence[str]], NDArray[np.float64]]
Spans = Callable[[str], Sequence[Span]]

_MARKUP = re.compile(r"<\s*[a-z/!]|https?:|www\.|\]\s?\(|```|[{}]", re.I)
_LONGEST = 1_200  # characters; no sentence of an answer needs more
_FRAGMENT = 3  # words; so few say something only as the answer to the question
_ALIKE = 0.5  # the cosine that a claim in other words must have with its source
_TRIED = 10  # runs of a passage that are compared in full, those that share most words first


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a claim: the runs that bear it, one per source that it cites, or why not."""

    borne: tuple[Run, ...]
    reason: str = ""


class Checker:
    """Holds claims against the numbered passages that they cite; for one answer, one thread.

    `answering` are the spans that the search itself holds to answer the question: a claim of one or
    two words must come from one of them.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        spans: Spans,
        *,
        similarity: Similarity,
        answering: Sequence[tuple[str, Span]] = (),
    ) -> None:
        self._passages = passages
        self._spans = spans
        self._similarity = similarity
        self._answering = answering
        self._runs: dict[int, list[Run]] = {}

    def check(self, text: str, cited: Sequence[int]) -> Verdict:
        """Find for a claim the span that bears it in each passage that it cites, numbered from 1.

        A cited passage that does not bear it is left out where another one does.
        """
        claim = sentence(text[: _LONGEST + 1])
        problem = self._problem(text, claim, cited)
        if problem:
            return Verdict((), problem)
        found, reasons = [], []
        for number in dict.fromkeys(cited):
            if not 1 <= number <= len(self._passages):
                reasons.append(f"there is no source {number}")
                continue
            run, reason = self._bearer(claim, number)
            if run:
                found.append(run)
            else:
                reasons.append(reason)
        return Verdict(tuple(found), "" if found else reasons[0])

    def _problem(self, text: str, claim: Sentence, cited: Sequence[int]) -> str:
        if not cited:
            return "it cites no source"
        if len(text) > _LONGEST:
            return "it is too long to be checked"
        if any(not self._said(match.group()) for match in _MARKUP.finditer(text)):
            return "it holds markup or an address"
        if not coverage(claim, claim.stems):
            return "nothing in it can be checked"
        return ""

    def _said(self, piece: str) -> bool:
        return any(piece in passage.text for passage in self._passages)

    def _bearer(self, claim: Sentence, number: int) -> tuple[Run | None, str]:
        tried = [
            (coverage(claim, source.stems), run, source)
            for run in self._runs_of(number)
            for source in run.sources
        ]
        tried = [entry for entry in tried if entry[0] > 0]
        if not tried:
            return None, "its source says nothing of the kind"
        # A longer run must earn its length: it holds all the words of the shorter ones in it.
        tried.sort(key=lambda entry: -(entry[0] - 0.02 * len(entry[2].sentences)))
        reason = ""
        for share, run, source in tried[:_TRIED]:
            said = objection(claim, source)
            said = said or self._astray(claim, run, share)
            if not said:
                return run, ""
            reason = reason or said
        return None, reason

    def _astray(self, claim: Sentence, run: Run, share: float) -> str:
        if len(claim.words) < _FRAGMENT:
            return "" if self._answers(run) else "so few words answer nothing that was asked"
        if share == 1:
            return ""  # it says nothing that its source does not, in the same words
        cosine = float(self._similarity(claim.text, [run.text])[0])
        return "it means something else" if cosine < _ALIKE else ""

    def _answers(self, run: Run) -> bool:
        return any(
            article == run.passage.article_id and span.start < run.end and run.start < span.end
            for article, span in self._answering
        )

    def _runs_of(self, number: int) -> list[Run]:
        if number not in self._runs:
            passage = self._passages[number - 1]
            self._runs[number] = list(runs(passage, self._spans(passage.article_id)))
        return self._runs[number]
