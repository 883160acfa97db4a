"""One question put to one generation of the index: passages, findings, the extractive answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.generations import Generation
from index.search import SearchSettings, search
from index.types import Filters, Passage
from qa.confidence import Calibration, signals
from qa.deciding import decide
from qa.evidence import EvidenceSettings, rank, sentences_of
from qa.expected import heavy, names, subject
from qa.reader.spans import Reader, Reading
from qa.similarity import Similarity
from qa.types import Answer, Findings

PASSAGES = 10  # fetched for each question; evidence is taken from the best of them
# Evidence is read chunk by chunk: a merged passage is two windows to the reader, and half of that
# time would go into the neighbour that was not searched for.
UNMERGED = SearchSettings(merge=1)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What questions to one generation are answered with; valid while the generation is held.

    `threshold` is the chance from which an answer is given.
    """

    generation: Generation
    similarity: Similarity
    reader: Reader | None
    calibration: Calibration
    threshold: float
    filters: Filters | None = None

    def find(self, question: str) -> list[Passage]:
        """Return the passages nearest to the question, best first."""
        return search(
            self.generation,
            self.similarity.embedder,
            question,
            PASSAGES,
            filters=self.filters,
            settings=UNMERGED,
        )

    def read(self, question: str, passages: Sequence[Passage]) -> Findings:
        """Return the evidence in the best passages, with the chance that it answers."""
        settings = EvidenceSettings()
        weights = heavy(self.generation.terms.weights(subject(question)))
        near = passages[: settings.passages]
        evidence = rank(
            question,
            sentences_of(near, self.generation.library.sentence_spans),
            weights=weights,
            similarity=self.similarity,
            readings=self._readings(question, near),
            settings=settings,
        )
        found = signals(passages, evidence, weights, named=names(question))
        chance = self.calibration.probability(found)
        return Findings(tuple(passages), tuple(evidence), found, chance)

    def decide(self, question: str, findings: Findings) -> Answer:
        """Return the extractive answer, or the refusal."""
        return decide(
            question,
            findings,
            threshold=self.threshold,
            articles=self.generation.library.article,
            known=self.generation.terms.known,
        )

    def _readings(self, question: str, passages: Sequence[Passage]) -> dict[str, Reading]:
        if self.reader is None:
            return {}
        read = self.reader.read(question, [(p.title, p.text) for p in passages])
        return {p.chunk.id: found for p, found in zip(passages, read, strict=True)}
