"""What one epoch of training is made of: how often each set is drawn, and what rules add to it.

Every choice comes from one seed, so that the same seed gives the same epoch.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa.reader.made import cropped, mentions, negated, opposed, swapped, without_answer
from qa.reader.neighbours import Neighbours
from qa.reader.rows import Example

# Wikipedia-like: one article per subject, so a neighbour without the answer's words is no answer.
# A review or a post of another person could answer "What size is it?" as well.
SEARCHED = frozenset({"squad2_other_articles", "squadshifts_new_wiki", "qed", "quotesum"})

_PORTION = 4_000

BROAD: Mapping[str, float] = {
    "squad2_other_articles": 1.5,
    "squadshifts_new_wiki": 1.2,
    "squadshifts_reddit": 0.5,
    "squadshifts_amazon_reviews": 0.5,
    "qed": 0.8,
    "quotesum": 1.0,
    "qamr": 0.3,
    "qamr_derived": 0.12,
    "qamr_invalid": 0.6,
    "fairytaleqa": 0.35,
    "covid_qa": 0.3,
    "policyqa": 0.06,
    "qadiscourse": 0.15,
    "condaqa": 1.0,
    "nqg_squadtrain": 0.8,
    "selqa": 0.6,
}
CLOSE: Mapping[str, float] = {
    "squad2_other_articles": 2.0,
    "squadshifts_new_wiki": 0.5,
    "squadshifts_reddit": 0.08,
    "squadshifts_amazon_reviews": 0.08,
    "qed": 0.2,
    "quotesum": 1.0,
    "qamr": 0.04,
    "qamr_derived": 0.04,
    "condaqa": 0.5,
    "nqg_squadtrain": 0.25,
}


@dataclass(frozen=True, slots=True)
class Mix:
    """Repeats of each set per epoch, and the chance that an answered example gets a made twin.

    A share of `crop` of all passages is cut down to between the two lengths of `keep`, in
    characters: half the length is twice the questions in the same time.
    """

    repeats: Mapping[str, float] = field(default_factory=lambda: BROAD)
    swap: float = 0.22
    negation: float = 0.03
    antonym: float = 0.1
    cut: float = 0.1
    neighbour: float = 0.4
    crop: float = 0.85
    keep: tuple[int, int] = (180, 520)


MIXES: Mapping[str, Mix] = {
    "broad": Mix(),
    "broad-no-rules": Mix(swap=0.0, negation=0.0, antonym=0.0, cut=0.0),
    "close": Mix(repeats=CLOSE, swap=0.15, antonym=0.07, neighbour=1.0, crop=0.3, keep=(250, 700)),
    "close-no-rules": Mix(
        repeats=CLOSE,
        swap=0.0,
        negation=0.0,
        antonym=0.0,
        cut=0.0,
        neighbour=1.0,
        crop=0.3,
        keep=(250, 700),
    ),
}


class Epochs:
    """The examples of each epoch; `examples` are the human-written rows without those held out."""

    def __init__(self, examples: Sequence[Example], mix: Mix, *, seed: int) -> None:
        self._mix, self._seed = mix, seed
        self._sets: dict[str, list[Example]] = defaultdict(list)
        pools: dict[tuple[str, str], dict[tuple[str, str], None]] = defaultdict(dict)
        passages: dict[str, Example] = {}
        for example in examples:
            if mix.repeats.get(example.src, 0) > 0:
                self._sets[example.src].append(example)
                passages.setdefault(example.passage, example)
        for passage, example in passages.items():
            if example.article:
                pools[example.src, example.article].update(dict.fromkeys(mentions(passage)))
        self._pools = {key: list(pool) for key, pool in pools.items()}
        searched = [e for src in SEARCHED for e in self._sets.get(src, [])]
        self._neighbours = Neighbours(searched)
        self._neighbours.prepare(e for e in searched if e.spans)

    def epoch(self, number: int) -> Iterator[list[Example]]:
        """The examples of one epoch in shuffled portions: drawn rows, each with its made twins."""
        rng = random.Random(f"{self._seed} {number}")
        drawn: list[Example] = []
        for src, examples in self._sets.items():
            whole, part = divmod(self._mix.repeats[src], 1)
            drawn += examples * int(whole) + rng.sample(examples, int(part * len(examples)))
        rng.shuffle(drawn)
        for low in range(0, len(drawn), _PORTION):
            portion = [
                self._cropped(twin, rng)
                for example in drawn[low : low + _PORTION]
                for twin in self._twins(example, rng)
            ]
            rng.shuffle(portion)
            yield portion

    def _twins(self, example: Example, rng: random.Random) -> Iterable[Example]:
        yield example
        if not example.spans:
            return
        mix = self._mix
        pool = self._pools.get((example.src, example.article), [])
        near = replace(self._cropped(example, rng), kind="human")
        rules: list[tuple[float, Callable[[], Example | None]]] = [
            (mix.swap, lambda: swapped(near, pool, rng)),
            (mix.negation, lambda: negated(near, rng)),
            (mix.antonym, lambda: opposed(near, rng)),
            (mix.cut, lambda: without_answer(example)),
            (mix.neighbour, lambda: self._neighbours.hard(example, rng)),
        ]
        for chance, rule in rules:
            if rng.random() < chance:
                twin = rule()
                if twin is not None:
                    yield twin

    def _cropped(self, example: Example, rng: random.Random) -> Example:
        # Answered and unanswered alike, or a short passage would mean an answer.
        if rng.random() < self._mix.crop or len(example.passage) > 1_400:
            example = cropped(example, rng.randint(*self._mix.keep), rng)
        titled = rng.random() < 0.7
        return example if titled else replace(example, title="")
