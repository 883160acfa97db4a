"""Passages in, scored sentences out: which sentence of the articles answers the question."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.search import standardised
from index.stems import stems
from index.types import Passage, Span
from qa.expected import fits
from qa.question import kind
from qa.reader.spans import Reading
from qa.types import Evidence

HEADING_WORDS = 8
_ENDS = tuple(".!?…:;,。！？；：।؟")

Spans = Callable[[str], Sequence[Span]]
Readings = Mapping[str, Reading]
Similarity = Callable[[str, Sequence[str]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """How sentences are weighed; tuned on four articles of SQuAD 2.0's dev set (evals/LOG.md).

    The sentences of the best `passages` are scored by the z-score of their similarity times
    `dense`, that of their shared words times the rest, their passage's score times `passage`, and
    `expected` where they hold the kind of thing that is asked for. With a reader its margin for the
    sentence counts too, times `margin` and cut at plus and minus `most`.
    """

    passages: int = 6
    dense: float = 0.5
    passage: float = 0.6
    expected: float = 0.8
    margin: float = 0.3
    most: float = 8.0


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage, in offsets of its article, before it is scored."""

    passage: Passage
    start: int
    end: int
    text: str


def sentences_of(passages: Sequence[Passage], spans: Spans) -> list[Sentence]:
    """Return the sentences that lie in the passages, each once, by passage and position.

    `spans` gives an article's sentences that are not boilerplate; a sentence longer than a chunk
    is cut where the passage ends. Headings are left out where there is anything else: they name a
    matter and say nothing about it.
    """
    found: list[Sentence] = []
    seen: set[tuple[str, int, int]] = set()
    for passage in passages:
        first, last = passage.chunk.start, passage.chunk.end
        for span in spans(passage.article_id):
            start, end = max(span.start, first), min(span.end, last)
            key = (passage.article_id, start, end)
            if start < end and key not in seen:
                seen.add(key)
                text = passage.text[start - first : end - first]
                found.append(Sentence(passage, start, end, text))
    return [sentence for sentence in found if not heading(sentence.text)] or found


def heading(text: str) -> bool:
    """Tell whether a text is a short line that does not end as a sentence does."""
    return len(text.split()) <= HEADING_WORDS and text.rstrip("\"'”’»)]")[-1:] not in _ENDS


def rank(
    question: str,
    sentences: Sequence[Sentence],
    *,
    weights: Mapping[str, float],
    similarity: Similarity,
    readings: Readings,
    settings: EvidenceSettings,
) -> list[Evidence]:
    """Return the sentences as evidence, best first; equal scores keep the passages' order.

    `weights` holds each stem of the question's subject with its rarity (idf); `similarity` returns
    cosines of texts to the question; `readings` are the reader's, by the id of the passage's chunk,
    or empty without a reader.
    """
    if not sentences:
        return []
    read = [read_sentence(sentence, readings) for sentence in sentences]
    margins = np.array([reading.score if reading else 0.0 for reading in read])
    texts = [sentence.text for sentence in sentences]
    cosines = similarity(question, texts)
    lexical, overlaps = word_scores(texts, weights)
    expected = fits(question, kind(question), texts)
    passage_scores = np.array([sentence.passage.score for sentence in sentences])
    scores = np.round(
        settings.dense * standardised(cosines)
        + (1 - settings.dense) * standardised(lexical)
        + settings.passage * passage_scores
        + settings.expected * expected
        + settings.margin * np.clip(margins, -settings.most, settings.most),
        9,
    )
    order = np.argsort(-scores, kind="stable")
    return [
        Evidence(
            passage=sentences[i].passage,
            start=sentences[i].start,
            end=sentences[i].end,
            text=sentences[i].text,
            score=float(scores[i]),
            cosine=float(cosines[i]),
            overlap=float(overlaps[i]),
            expected=bool(expected[i]),
            margin=float(margins[i]),
            answerable=float(reading.answerable) if (reading := read[i]) else 0.0,
            span=_span(sentences[i], reading) if reading else None,
        )
        for i in order
    ]


def read_sentence(sentence: Sentence, readings: Readings) -> Reading | None:
    """Return what the reader found inside the sentence, in offsets of its passage."""
    reading = readings.get(sentence.passage.chunk.id)
    first = sentence.passage.chunk.start
    return reading.within(sentence.start - first, sentence.end - first) if reading else None


def _span(sentence: Sentence, reading: Reading) -> Span | None:
    first = sentence.passage.chunk.start
    found = Span(first + reading.start, first + reading.end)
    inside = sentence.start <= found.start < found.end <= sentence.end
    return found if inside else None


def word_scores(
    texts: Sequence[str], weights: Mapping[str, float], *, k1: float = 1.2, b: float = 0.75
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the texts' BM25 scores for the weighted stems, and the share of weight that they hold.

    BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with the
    rarity of a word taken from the whole corpus and the average length from these texts.
    """
    counts = [Counter(stem for stem, _, _ in stems(text)) for text in texts]
    lengths = np.array([sum(count.values()) for count in counts], dtype=float)
    norm = k1 * (1 - b + b * lengths / max(float(lengths.mean()), 1.0))
    total = sum(weights.values())
    scores = np.zeros(len(texts))
    overlap = np.zeros(len(texts))
    for stem, weight in weights.items():
        tf = np.array([count[stem] for count in counts], dtype=float)
        scores += weight * tf * (k1 + 1) / (tf + norm)
        overlap += weight * (tf > 0)
    return scores, overlap / total if total else overlap
