"""A bot of a few lines for tests: the sentence that shares most words with the question."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from index.types import Chunk, Passage
from qa.types import Answer, Citation, Turn

_WORD, _SENTENCE = re.compile(r"\w+"), re.compile(r"[^.\n]+\.?")


class WordBot:
    """Answers with the best sentence, and refuses below a share of the question's words.

    `articles` maps ids to texts. Confidence is that share. Everything is exact and repeatable.
    """

    def __init__(self, articles: dict[str, str], *, threshold: float = 0.5) -> None:
        self.articles = articles
        self.threshold = threshold
        self._sentences = [
            (article, match.start() + len(match[0]) - len(match[0].lstrip()), match.end())
            for article, text in articles.items()
            for match in _SENTENCE.finditer(text)
            if match[0].strip()
        ]

    def search(self, question: str, k: int = 10) -> list[Passage]:
        """The k best sentences as passages; equal ones in the order of the articles."""
        wanted = _words(question)
        scored = sorted(
            (-len(wanted & _words(self.articles[a][s:e])) / max(1, len(wanted)), place)
            for place, (a, s, e) in enumerate(self._sentences)
        )
        return [self._passage(place, -score) for score, place in scored[:k]]

    def ask(self, question: str, *, history: tuple[Turn, ...] = ()) -> Answer:
        """Answer with the best sentence, or refuse."""
        del history
        best = self.search(question, 1)
        sure = best[0].score if best else 0.0
        if sure < self.threshold:
            said = "The corpus does not answer this."
            return Answer(question, question, False, said, "", (), sure, tuple(best))
        quote = best[0]
        text = self.articles[quote.article_id]
        citation = Citation(
            1, quote.article_id, hashlib.sha256(text.encode()).hexdigest(), "", "", None, "",
            quote.chunk.start, quote.chunk.end, quote.text,
        )  # fmt: skip
        return Answer(question, question, True, f"{quote.text} [1]", quote.text, (citation,), sure)

    def close(self) -> None:
        """Nothing is open."""

    def _passage(self, place: int, score: float) -> Passage:
        article, start, end = self._sentences[place]
        chunk = Chunk(f"{article}:{start}", article, place, start, end)
        return Passage(chunk, article, "", "", None, self.articles[article][start:end], score)


def build_word_bot(paths: Sequence[Path], data: Path) -> WordBot:
    """A WordBot on text files and JSONL files of articles; writes nothing to `data`."""
    del data
    articles: dict[str, str] = {}
    for root in paths:
        for path in sorted(root.glob("*.txt")) if root.is_dir() else [root]:
            text = path.read_bytes().decode()
            if path.suffix == ".jsonl":
                rows = map(json.loads, text.splitlines())
                articles |= {row["id"]: row["text"] for row in rows}
            else:
                articles[path.name] = text
    return WordBot(articles)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}
