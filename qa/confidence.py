"""How likely it is that the evidence answers the question, and where the line is drawn.

A logistic model over a few raw signals. Its parameters stand in `confidence.json` beside this
file, fitted on public questions (`evals/calibrate.py`), with their provenance; never on the
default corpus.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.stems import stems
from index.types import Passage
from qa.types import Evidence

PARAMETERS = Path(__file__).with_name("confidence.json")


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model: weights by signal name, a bias, and a threshold for each caution.

    `reader` is the fingerprint of the reader that a file's model was fitted to, empty for none and
    for the models that ship.
    """

    weights: Mapping[str, float]
    bias: float
    thresholds: Mapping[str, float]
    provenance: str
    reader: str = ""

    def probability(self, signals: Mapping[str, float]) -> float:
        """Return the chance, 0 to 1, that a question with these signals is answered."""
        total = self.bias + sum(
            weight * signals.get(name, 0.0) for name, weight in self.weights.items()
        )
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)


def load(name: str, path: Path = PARAMETERS) -> Calibration:
    """Read the model called `name` (with or without a reader) from the parameter file."""
    fields = json.loads(path.read_text(encoding="utf-8"))[name]
    return Calibration(
        weights=fields["weights"],
        bias=fields["bias"],
        thresholds=fields["thresholds"],
        provenance=fields["provenance"],
        reader=fields.get("reader", ""),
    )


def signals(
    passages: Sequence[Passage],
    evidence: Sequence[Evidence],
    weights: Mapping[str, float],
    *,
    named: Collection[str] = (),
) -> dict[str, float]:
    """Return the raw signals of one question; all zero where nothing was found.

    `weights` holds the question's stems with their idf, `named` the stems of its names. Cosines are
    -1 to 1; `passage_score` tells how far the first passage stands out of the candidates;
    `coverage_passage` is the share, 0 to 1, of the question's rare words (weighted by idf) in the
    best passage; `names_missing` counts to 2; `expected` is 1 where the best evidence holds the
    kind of thing that is asked for; `margin` and `answerable` are the reader's logits for it.
    """
    if not passages or not evidence:
        return {}
    best = evidence[0]
    title = {stem for stem, _, _ in stems(best.passage.title)}
    near = {stem for stem, _, _ in stems(best.passage.text)} | title
    return {
        "passage_score": passages[0].score,
        "sentence_cosine": best.cosine,
        "best_cosine": max(item.cosine for item in evidence[:5]),
        "coverage_passage": coverage(near, weights),
        "names_missing": float(min(2, len(set(named) - near))),
        "expected": float(best.expected),
        "margin": best.margin,
        "answerable": best.answerable,
    }


def coverage(held: set[str], weights: Mapping[str, float]) -> float:
    """Return the share of the weight of the question's words that are among `held`, 0 to 1."""
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total else 0.0
