"""Hard negatives: the passages that a search ranks highest for a question and that lack its answer.

Reader and search meet the same passages, so the reader learns what the search gets wrong.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from qa.reader.rows import Example

_DEPTH = 12


class Neighbours:
    """BM25 over the passages of each set; passages of one set never answer another's questions."""

    def __init__(self, examples: Iterable[Example]) -> None:
        owners: dict[str, dict[str, Example]] = defaultdict(dict)
        for example in examples:
            owners[example.src].setdefault(example.passage, example)
        self._owners = {src: list(found.values()) for src, found in owners.items()}
        self._found: dict[tuple[str, str], list[Example]] = {}

    def prepare(self, examples: Iterable[Example]) -> None:
        """Search for every question once, in batches of its set."""
        import bm25s
        import Stemmer

        stemmer = Stemmer.Stemmer("english")
        asked: dict[str, dict[str, None]] = defaultdict(dict)
        for example in examples:
            asked[example.src][example.question] = None
        for src, questions in asked.items():
            owners = self._owners[src]
            texts = [f"{owner.title} {owner.passage}" for owner in owners]
            engine = bm25s.BM25()
            engine.index(
                bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False),
                show_progress=False,
            )
            tokens = bm25s.tokenize(
                list(questions), stopwords="en", stemmer=stemmer, show_progress=False
            )
            ranks, _ = engine.retrieve(tokens, k=min(_DEPTH, len(owners)), show_progress=False)
            for question, row in zip(questions, np.asarray(ranks), strict=True):
                self._found[src, question] = [owners[int(number)] for number in row]

    def hard(self, example: Example, rng: random.Random) -> Example | None:
        """The question with one of its highest-ranked passages that holds none of its answers."""
        answers = {example.passage[start:end].casefold() for start, end in example.spans}
        choices = [
            owner
            for owner in self._found.get((example.src, example.question), [])
            if owner.passage != example.passage
            and not any(answer in owner.passage.casefold() for answer in answers)
        ]
        if not choices:
            return None
        # The nearest first: the chance halves with every three ranks.
        weights = [0.5 ** (rank / 3) for rank in range(len(choices))]
        owner = rng.choices(choices, weights)[0]
        return replace(
            example,
            kind="neighbour",
            title=owner.title,
            passage=owner.passage,
            spans=(),
            evidence=False,
        )
