"""The search as a LlamaIndex retriever; needs no LLM and touches no global setting."""

from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from index.search import Search
from index.types import Filters, Passage


class CorpusRetriever(BaseRetriever):
    """Retrieves passages as nodes whose character offsets are those of their article.

    `search` is anything that finds passages, such as `Bot.search`; `k` is how many are returned.
    """

    def __init__(
        self, search: Search, *, k: int = 10, filters: Filters | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self._search = search
        self._k = k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._search(query_bundle.query_str, self._k, filters=self._filters)
        return [node(passage) for passage in found]


def node(passage: Passage) -> NodeWithScore:
    """Return a passage as a node: title, outlet and date as metadata, its article as source."""
    stated = {
        "article_id": passage.article_id,
        "title": passage.title,
        "source": passage.source,
        "published": passage.published.isoformat() if passage.published else "",
    }
    return NodeWithScore(
        node=TextNode(
            id_=passage.chunk.id,
            text=passage.text,
            start_char_idx=passage.chunk.start,
            end_char_idx=passage.chunk.end,
            metadata=stated,
            excluded_embed_metadata_keys=["article_id"],
            excluded_llm_metadata_keys=["article_id"],
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.article_id)},
        ),
        score=passage.score,
    )
