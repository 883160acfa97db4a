"""txtai as its documentation sets up hybrid search: vectors in Faiss and BM25, content in SQLite.

It leaves the cutting of long texts to its user; abstracts are cut into runs of 110 words, which
with their title come near to the length of the others' chunks.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

WORDS = 110


class Contestant:
    """See `driver.Contestant`."""

    answers = False  # without a language model it finds passages and says nothing

    def load(self, model: Path, folder: Path) -> None:
        from txtai import Embeddings  # type: ignore

        del folder
        self.embeddings: Any = Embeddings(path=str(model), content=True, hybrid=True, gpu=False)

    def index(self, articles: Path, folder: Path) -> None:
        rows = map(json.loads, articles.read_text(encoding="utf-8").splitlines())
        self.embeddings.index(
            (f"{row['id']}#{number}", piece, None)
            for row in rows
            for number, piece in enumerate(pieces(row["title"], row["text"]))
        )
        self.embeddings.save(str(folder))

    def embedded(self, folder: Path) -> list[str]:
        del folder
        count = self.embeddings.count()
        return [row["text"] for row in self.embeddings.search("select text from txtai", count)]

    def embed(self, texts: Sequence[str]) -> None:
        self.embeddings.batchtransform(list(texts), "data")

    def open(self, model: Path, folder: Path) -> None:
        from txtai import Embeddings

        del model
        self.embeddings = Embeddings(gpu=False)
        self.embeddings.load(str(folder))

    def passages(self, question: str, k: int) -> list[str]:
        return [row["id"].partition("#")[0] for row in self.embeddings.search(question, k)]

    def answer(self, question: str) -> str:
        raise NotImplementedError(question)

    def versions(self) -> dict[str, str]:
        from importlib.metadata import version

        names = ("txtai", "faiss-cpu", "sentence-transformers", "torch")
        return {name: version(name) for name in names}


def pieces(title: str, text: str) -> Iterator[str]:
    """A text in runs of words, each under the title."""
    words = text.split(" ")
    for start in range(0, len(words), WORDS):
        yield f"{title}\n{' '.join(words[start : start + WORDS])}"
