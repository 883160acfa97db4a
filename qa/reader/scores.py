"""How well a reader does on a SQuAD-form file: `python -m qa.reader.scores FILE --reader DIR`.

Given its paragraph: exact match and F1 of answerable questions (Rajpurkar et al. 2016, section
6.1), and the area under the ROC curve of answerable against unanswerable questions by margin, by
the answerability head and by their sum. Intervals are 95 % percentile bootstraps over questions.
"""

import argparse
import json
import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.reader.spans import Logits, OnnxReader, Reader, Reading, SpanReader
from qa.reader.windows import Specials, Window, open_tokenizer, padded

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from qa.reader.net import ReaderNet

_ARTICLE = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ROWS = 32

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the file with its paragraph; no answers means unanswerable from it."""

    title: str
    question: str
    passage: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def read_questions(path: Path, titles: Sequence[str] = ()) -> list[Asked]:
    """The questions of the articles named, or of all, in the file's order."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [
        Asked(
            title=article["title"].replace("_", " "),
            question=question["question"],
            passage=paragraph["context"],
            answers=()
            if question.get("is_impossible")
            else tuple(answer["text"] for answer in question["answers"]),
        )
        for article in articles
        if not titles or article["title"] in titles
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]


def normalised(text: str) -> list[str]:
    """The words that count: lower case, without punctuation and articles."""
    return _ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def f1(answer: str, gold: str) -> float:
    """Harmonic mean of the precision and recall of the words of `answer`."""
    ours, theirs = normalised(answer), normalised(gold)
    shared = sum((Counter(ours) & Counter(theirs)).values())
    if not shared:
        return float(ours == theirs)
    return 2 * shared / (len(ours) + len(theirs))


def exact(answer: str, gold: str) -> float:
    """1 where the words that count are the same, else 0."""
    return float(normalised(answer) == normalised(gold))


def auc(positive: Floats, negative: Floats) -> float:
    """The chance that a positive scores above a negative, ties half: Mann and Whitney's U."""
    both = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    below = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(below / (len(positive) * len(negative)))


def interval(
    figure: Callable[..., float], *samples: Floats, draws: int = 1_000, seed: int = 0
) -> Figure:
    """`figure(*samples)` with its interval; each sample is drawn from on its own."""
    rng = np.random.default_rng(seed)
    drawn = [
        figure(*(sample[rng.integers(len(sample), size=len(sample))] for sample in samples))
        for _ in range(draws)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(figure(*samples), float(low), float(high))


def measure(reader: Reader, questions: Sequence[Asked]) -> dict[str, Figure]:
    """The reader's figures on the questions, each given its own paragraph."""
    readings = [reader.read(q.question, [(q.title, q.passage)])[0] for q in questions]
    return figures(questions, readings)


def figures(questions: Sequence[Asked], readings: Sequence[Reading]) -> dict[str, Figure]:
    """The figures of readings made elsewhere, one for each question."""
    answered = [(q, r) for q, r in zip(questions, readings, strict=True) if q.answers]
    missed = [r for q, r in zip(questions, readings, strict=True) if not q.answers]
    table: dict[str, Figure] = {}
    for name, score in (("EM", exact), ("F1", f1)):
        best = [max(score(q.passage[r.start : r.end], a) for a in q.answers) for q, r in answered]
        table[name] = interval(lambda sample: float(sample.mean()), np.array(best))
    signals: dict[str, Callable[[Reading], float]] = {
        "AUC margin": lambda r: r.score,
        "AUC head": lambda r: r.answerable,
        "AUC sum": lambda r: r.score / 2 + r.answerable,
    }
    for name, signal in signals.items() if missed else ():
        right = np.array([signal(r) for _, r in answered])
        table[name] = interval(auc, right, np.array([signal(r) for r in missed]))
    return table


class TorchReader(SpanReader):
    """A network under training as a reader, in batches of like length."""

    def __init__(
        self, net: "ReaderNet", tokenizer: "Tokenizer", specials: Specials, *, bf16: bool
    ) -> None:
        super().__init__(tokenizer, specials, "network under training")
        self._net, self._bf16 = net.eval(), bf16

    def logits(self, inputs: Sequence[Window]) -> list[Logits]:
        """Start and end logits (tokens,) and the answerability logit of each window."""
        import torch

        order = sorted(range(len(inputs)), key=lambda number: len(inputs[number].ids))
        found: dict[int, Logits] = {}
        device = self._net.span.weight.device
        for low in range(0, len(order), _ROWS):
            rows = order[low : low + _ROWS]
            arrays = padded([inputs[number] for number in rows], self._specials)
            with (
                torch.inference_mode(),
                torch.autocast(device.type, dtype=torch.bfloat16, enabled=self._bf16),
            ):
                outputs: Any = self._net(*(torch.from_numpy(a).to(device) for a in arrays))
            start, end, gate = (output.float().cpu().numpy() for output in outputs)
            found |= {
                number: (start[row], end[row], float(gate[row])) for row, number in enumerate(rows)
            }
        return [found[number] for number in range(len(inputs))]


def main(arguments: list[str] | None = None) -> dict[str, Figure]:
    """The command line; returns the table that it writes."""
    import sys

    parser = argparse.ArgumentParser(prog="python -m qa.reader.scores", description=__doc__)
    parser.add_argument("file", type=Path, help="a file in SQuAD 2.0's form")
    parser.add_argument("--reader", type=Path, required=True, help="folder of an exported reader")
    parser.add_argument("--titles", nargs="*", default=[], help="only these articles")
    given = parser.parse_args(arguments)
    table = measure(OnnxReader.open(given.reader), read_questions(given.file, given.titles))
    sys.stdout.writelines(f"{name}: {figure}\n" for name, figure in table.items())
    return table


def torch_reader(net: "ReaderNet", tokenizer: Path, *, bf16: bool = False) -> TorchReader:
    """The network as a reader, with the tokenizer of a `tokenizer.json`."""
    return TorchReader(net, *open_tokenizer(tokenizer), bf16=bf16)


if __name__ == "__main__":
    main()
