"""The bot as a LlamaIndex query engine; needs no LLM and touches no global setting."""

from typing import Any, Protocol

from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode

from qa.types import Answer, Citation


class Asks(Protocol):
    """Anything that answers a question, such as a `Bot`."""

    def ask(self, question: str) -> Answer: ...


class CorpusQueryEngine(CustomQueryEngine):
    """Answers with the bot; the citations are the response's source nodes, in order.

    The response's metadata holds `answered`, `short`, `confidence`, `missing` and the `answer`.
    """

    bot: Any

    def __init__(self, bot: Asks, **options: Any) -> None:
        super().__init__(**{"bot": bot, **options})

    def custom_query(self, query_str: str) -> Response:
        """Answer one question; raises as `Bot.ask` does."""
        answer: Answer = self.bot.ask(query_str)
        return Response(
            response=answer.text,
            source_nodes=[_node(citation, answer.confidence) for citation in answer.citations],
            metadata={
                "answered": answer.answered,
                "short": answer.short,
                "confidence": answer.confidence,
                "missing": list(answer.missing),
                "answer": answer,
            },
        )


def _node(citation: Citation, score: float) -> NodeWithScore:
    return NodeWithScore(
        node=TextNode(
            id_=f"{citation.article_id}:{citation.start}-{citation.end}",
            text=citation.quote,
            start_char_idx=citation.start,
            end_char_idx=citation.end,
            metadata={
                "number": citation.number,
                "article_id": citation.article_id,
                "title": citation.title,
                "source": citation.source,
                "published": citation.published.isoformat() if citation.published else "",
            },
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=citation.article_id)},
        ),
        score=score,
    )
