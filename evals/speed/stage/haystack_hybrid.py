"""Haystack as its tutorial sets up hybrid retrieval: BM25 and vectors in memory, ranks joined.

The tutorial's splitter by words, at 110 words with 10 shared: with their title that comes near to
the length of the others' chunks. The store is saved to disk and loaded as its documentation says.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Contestant:
    """See `driver.Contestant`."""

    answers = False  # without a language model it finds passages and says nothing

    def load(self, model: Path, folder: Path) -> None:
        from haystack.document_stores.in_memory import InMemoryDocumentStore  # type: ignore
        from haystack.utils import ComponentDevice  # type: ignore
        from haystack_integrations.components.embedders import (  # type: ignore
            sentence_transformers as embedders,
        )

        del folder
        self._made = {"model": str(model), "device": ComponentDevice.from_str("cpu")}
        self._made["progress_bar"] = False
        self._embedders: Any = embedders
        self.store: Any = InMemoryDocumentStore(embedding_similarity_function="cosine")

    def index(self, articles: Path, folder: Path) -> None:
        from haystack import Document, Pipeline  # type: ignore
        from haystack.components.preprocessors import DocumentSplitter  # type: ignore
        from haystack.components.writers import DocumentWriter  # type: ignore

        rows = map(json.loads, articles.read_text(encoding="utf-8").splitlines())
        documents = [
            Document(content=row["text"], meta={"title": row["title"], "article": row["id"]})
            for row in rows
        ]
        work = Pipeline()
        work.add_component("splitter", DocumentSplitter("word", split_length=110, split_overlap=10))
        work.add_component("embedder", self._embedder())
        work.add_component("writer", DocumentWriter(document_store=self.store))
        work.connect("splitter", "embedder")
        work.connect("embedder", "writer")
        work.run({"splitter": {"documents": documents}})
        folder.mkdir(parents=True, exist_ok=True)
        self.store.save_to_disk(str(folder / "store.json"))

    def embedded(self, folder: Path) -> list[str]:
        del folder
        return [f"{d.meta['title']}\n{d.content}" for d in self.store.filter_documents()]

    def embed(self, texts: Sequence[str]) -> None:
        from haystack import Document

        self._embedder().run(documents=[Document(content=text) for text in texts])

    def _embedder(self) -> Any:
        if not hasattr(self, "_writing"):
            kind = self._embedders.SentenceTransformersDocumentEmbedder
            self._writing = kind(meta_fields_to_embed=["title"], **self._made)
            self._writing.warm_up()
        return self._writing

    def open(self, model: Path, folder: Path) -> None:
        self.load(model, folder)
        from haystack import Pipeline
        from haystack.components.joiners import DocumentJoiner  # type: ignore
        from haystack.components.retrievers import in_memory  # type: ignore

        store = self.store.load_from_disk(str(folder / "store.json"))
        work = Pipeline()
        work.add_component("text", self._embedders.SentenceTransformersTextEmbedder(**self._made))
        work.add_component("vectors", in_memory.InMemoryEmbeddingRetriever(store))
        work.add_component("words", in_memory.InMemoryBM25Retriever(store))
        work.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        work.connect("text.embedding", "vectors.query_embedding")
        work.connect("vectors", "joiner")
        work.connect("words", "joiner")
        self.pipeline: Any = work

    def passages(self, question: str, k: int) -> list[str]:
        asked = {"text": {"text": question}, "words": {"query": question, "top_k": k}}
        found = self.pipeline.run(asked | {"vectors": {"top_k": k}, "joiner": {"top_k": k}})
        return [document.meta["article"] for document in found["joiner"]["documents"]]

    def answer(self, question: str) -> str:
        raise NotImplementedError(question)

    def versions(self) -> dict[str, str]:
        from importlib.metadata import version

        names = ("haystack-ai", "sentence-transformers-haystack", "sentence-transformers", "torch")
        return {name: version(name) for name in names}
