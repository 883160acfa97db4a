"""LlamaIndex as its starter sets it up: sentences to chunks, a local model, vectors in Chroma.

Chunks of 256 tokens of the model's own tokenizer, because the model reads no more; the default of
1,024 would leave most of a text unread. Everything else is as it comes.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Contestant:
    """See `driver.Contestant`."""

    answers = False  # without a language model it finds passages and says nothing

    def load(self, model: Path, folder: Path) -> None:
        import chromadb  # noqa: F401, TID251
        from llama_index.core import Settings  # noqa: TID251
        from llama_index.embeddings.huggingface import (  # type: ignore  # noqa: TID251
            HuggingFaceEmbedding,
        )
        from llama_index.vector_stores.chroma import (  # type: ignore  # noqa: F401, TID251
            ChromaVectorStore,
        )

        del folder
        self.model: Any = HuggingFaceEmbedding(model_name=str(model), device="cpu")
        Settings.embed_model = self.model
        Settings.llm = None

    def index(self, articles: Path, folder: Path) -> None:
        from llama_index.core import Document, StorageContext, VectorStoreIndex  # noqa: TID251
        from llama_index.core.node_parser import SentenceSplitter  # noqa: TID251
        from transformers import AutoTokenizer

        tokenizer: Any = AutoTokenizer.from_pretrained(self.model.model_name)
        splitter = SentenceSplitter(
            chunk_size=254, chunk_overlap=20, tokenizer=lambda text: tokenizer.tokenize(text)
        )
        rows = map(json.loads, articles.read_text(encoding="utf-8").splitlines())
        documents = [
            Document(text=row["text"], metadata={"title": row["title"]}, id_=row["id"])
            for row in rows
        ]
        context = StorageContext.from_defaults(vector_store=self._store(folder))
        VectorStoreIndex.from_documents(
            documents, storage_context=context, transformations=[splitter]
        )

    def embedded(self, folder: Path) -> list[str]:
        held = self._store(folder)._collection.get(include=["documents", "metadatas"])
        return [
            f"title: {row['title']}\n\n{text}"
            for row, text in zip(held["metadatas"], held["documents"], strict=True)
        ]

    def embed(self, texts: Sequence[str]) -> None:
        self.model.get_text_embedding_batch(list(texts))

    def open(self, model: Path, folder: Path) -> None:
        self.load(model, folder)
        from llama_index.core import VectorStoreIndex  # noqa: TID251

        self._index = VectorStoreIndex.from_vector_store(self._store(folder))
        self._retrievers: dict[int, Any] = {}

    def passages(self, question: str, k: int) -> list[str]:
        if k not in self._retrievers:
            self._retrievers[k] = self._index.as_retriever(similarity_top_k=k)
        return [found.node.ref_doc_id for found in self._retrievers[k].retrieve(question)]

    def answer(self, question: str) -> str:
        raise NotImplementedError(question)

    def versions(self) -> dict[str, str]:
        from importlib.metadata import version

        names = ("llama-index-core", "chromadb", "sentence-transformers", "torch")
        return {name: version(name) for name in names}

    def _store(self, folder: Path) -> Any:
        import chromadb  # noqa: TID251
        from llama_index.vector_stores.chroma import (  # noqa: TID251
            ChromaVectorStore,
        )

        collection = chromadb.PersistentClient(path=str(folder)).get_or_create_collection("bench")
        return ChromaVectorStore(chroma_collection=collection)
