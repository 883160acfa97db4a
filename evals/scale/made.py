"""A corpus of any size made by rule, and vectors for it that lie as those of a real model do."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.embed import Kind

DIMENSION = 384
WINDOW = 192  # words, about the 256 tokens that all-MiniLM-L6-v2 reads
CHUNKS_PER_ARTICLE = 6.2
SINGLES = 20  # articles with a file of their own, so that one can be taken out
_ARTICLES_PER_FILE = 1000
_WORDS, _TOPIC_WORDS = 30_000, 150
_SENTENCES, _SHORTEST, _LONGEST = 52, 9, 24  # of an article, and words of a sentence
_OUTLETS = 40
_FIRST_DAY, _DAYS = date(2020, 1, 1), 2000
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il")]
_COMMON = ["the", "of", "and", "to", "a", "in", "that", "it", "was", "for", "on", "with", "as"]
_COMMON += ["at", "by", "from", "are", "this", "be", "his"]


@dataclass(frozen=True, slots=True)
class Made:
    """A corpus of about `chunks` chunks, the same for the same seed.

    It has as many topics as the square root of its size, so that topics grow in number and in
    extent alike, and outlets and days over which the articles are spread unevenly.
    """

    chunks: int
    seed: int = 7

    @property
    def articles(self) -> int:
        return max(SINGLES + 1, round(self.chunks / CHUNKS_PER_ARTICLE))

    @property
    def topics(self) -> int:
        return max(2, round(math.sqrt(self.chunks)))

    def write(self, folder: Path) -> None:
        """Write the corpus: a few text files, and the rest a thousand articles to a file."""
        folder.mkdir(parents=True)
        writer = Writer(self)
        for number in range(SINGLES):
            title, text = writer.article(number)
            single = folder / f"single{number:02d}.txt"
            single.write_text(f"{title}\n\n{text}\n", encoding="utf-8")
        for first in range(SINGLES, self.articles, _ARTICLES_PER_FILE):
            last = min(first + _ARTICLES_PER_FILE, self.articles)
            lines = [json.dumps(writer.record(number)) for number in range(first, last)]
            path = folder / f"part{first:08d}.jsonl"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Writer:
    """Writes articles and questions by rule: common words, rarer ones by Zipf's law, a topic's own.

    The first word of a title and of a question names the topic.
    """

    def __init__(self, made: Made) -> None:
        self._made = made
        draw = np.random.default_rng((made.seed, 1))
        parts = draw.integers(0, len(_SYLLABLES), (_WORDS, 3))
        self._words = [*_COMMON, *("".join(_SYLLABLES[i] for i in row) for row in parts)]
        weights = 1 / (np.arange(len(self._words)) + 3.0)
        self._cumulated = np.cumsum(weights / weights.sum())

    def article(self, number: int) -> tuple[str, str]:
        """The title and the text of an article."""
        draw = np.random.default_rng((self._made.seed, 2, number))
        topic = int(draw.integers(self._made.topics))
        lengths = draw.integers(_SHORTEST, _LONGEST, _SENTENCES)
        words = self._drawn(draw, topic, int(lengths.sum()) + 4)
        title = f"{topic_name(topic)} {' '.join(words[:4])} {number}"
        ends = np.cumsum(lengths) + 4
        sentences = [
            " ".join(words[end - length : end]).capitalize() + "."
            for end, length in zip(ends, lengths, strict=True)
        ]
        paragraphs = [" ".join(sentences[i : i + 4]) for i in range(0, _SENTENCES, 4)]
        return title, "\n\n".join(paragraphs)

    def record(self, number: int) -> dict[str, str]:
        """An article as a record of a file in JSON lines."""
        title, text = self.article(number)
        day = _FIRST_DAY + timedelta(days=number * 7919 % _DAYS)
        return {
            "id": f"made-{number}",
            "title": title,
            "text": text,
            "source": outlet(number),
            "published": day.isoformat(),
        }

    def questions(self, count: int) -> list[str]:
        """Questions of nine words on topics drawn at random."""
        draw = np.random.default_rng((self._made.seed, 3))
        return [
            f"{topic_name(topic)} {' '.join(self._drawn(draw, topic, 8))}?"
            for topic in draw.integers(0, self._made.topics, count).tolist()
        ]

    def _drawn(self, draw: np.random.Generator, topic: int, count: int) -> list[str]:
        anywhere = np.searchsorted(self._cumulated, draw.random(count))
        own = len(_COMMON) + (topic * 7919 + draw.integers(0, _TOPIC_WORDS, count)) % _WORDS
        chosen = np.where(draw.random(count) < 0.25, own, anywhere)
        return [self._words[i] for i in np.minimum(chosen, len(self._words) - 1).tolist()]


def topic_name(topic: int) -> str:
    """The word that names a topic; no article has it in its text."""
    return f"Topic{topic}"


def outlet(number: int) -> str:
    """The outlet of an article: the n-th has about 1 / 2n of all, the last one 1 in 1,000."""
    place = crc32(b"%d" % number) % 1000
    if place == 0:
        return f"Outlet {_OUTLETS}"
    return f"Outlet {min(_OUTLETS - 1, 1 + int(_OUTLETS ** (place / 1000) - 1))}"


class MadeEmbedder:
    """Vectors for a made corpus: a topic's centre, an article's offset and a text's own, added up.

    The weights and the spectrum are such that 10,761 of them lie about as MiniLM's vectors of
    SciFact's abstracts do: median cosine to the first neighbour .83 (MiniLM .86), the tenth .56 to
    .62 (.56), the hundredth .42 to .43 (.42), with spectra on either side of this one. Tokens are
    words. The same text gives the same vector in every process.
    """

    name = "made"
    dimension = DIMENSION
    window = WINDOW

    def __init__(self, made: Made) -> None:
        self._made = made
        self.fingerprint = f"made@{made.topics}/{made.seed}"

    def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
        """See `Embedder`; `kind` changes nothing."""
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            title = text.partition("\n")[0]
            topic = re.match(r"Topic(\d+)", title)
            row[:] = self._centres[int(topic[1]) % self._made.topics if topic else 0]
            row += 0.8 * self._own(title, 4)
            row += 0.6 * self._own(text, 5)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        """See `Embedder`."""
        return [found.span() for found in re.finditer(r"\w+", text)]

    @cached_property
    def _spectrum(self) -> NDArray[np.float32]:
        spectrum = np.arange(1, DIMENSION + 1, dtype=np.float32) ** -0.4
        scaled: NDArray[np.float32] = spectrum / np.linalg.norm(spectrum)
        return scaled

    @cached_property
    def _centres(self) -> NDArray[np.float32]:
        draw = np.random.default_rng((self._made.seed, 6))
        drawn = draw.standard_normal((self._made.topics, DIMENSION), dtype=np.float32)
        centres: NDArray[np.float32] = drawn * self._spectrum
        return centres

    def _own(self, text: str, part: int) -> NDArray[np.float32]:
        draw = np.random.Generator(np.random.SFC64((crc32(text.encode()), part)))
        own: NDArray[np.float32] = draw.standard_normal(DIMENSION, dtype=np.float32)
        own *= self._spectrum
        return own


def extra_article(made: Made) -> str:
    """An article that the corpus does not have, as the text of a file."""
    title, text = Writer(made).article(made.articles + 1)
    return f"{title}\n\n{text}\n"
