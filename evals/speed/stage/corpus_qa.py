"""corpus-qa as it comes: what `corpus-qa index`, `search` and `ask` do."""

from collections.abc import Sequence
from pathlib import Path


class Contestant:
    """See `driver.Contestant`."""

    answers = True

    def load(self, model: Path, folder: Path) -> None:
        import chromadb  # noqa: F401, TID251 - loaded here, as the others' libraries are
        import tantivy  # noqa: F401, TID251

        from index.embed import DEFAULT_MODEL, open_embedder

        del model  # it finds the same package by itself
        self.embedder = open_embedder(DEFAULT_MODEL, folder)

    def index(self, articles: Path, folder: Path) -> None:
        from index.build import sync

        sync([articles], folder, embedder=self.embedder)

    def embedded(self, folder: Path) -> list[str]:
        from evals.throughput import chunk_texts

        return chunk_texts(folder, self.embedder)

    def embed(self, texts: Sequence[str]) -> None:
        self.embedder.embed(texts)

    def open(self, model: Path, folder: Path) -> None:
        from qa import Bot

        del model
        self.bot = Bot.open(folder)

    def passages(self, question: str, k: int) -> list[str]:
        return [passage.article_id for passage in self.bot.search(question, k)]

    def answer(self, question: str) -> str:
        return self.bot.ask(question).text

    def versions(self) -> dict[str, str]:
        from importlib.metadata import version

        names = ("corpus-qa", "chromadb", "onnxruntime", "tantivy")
        return {name: version(name) for name in names}
