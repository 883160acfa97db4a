from pathlib import Path

import pytest
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeRelationship

from index.embed import FakeEmbedder
from index.llama import CorpusRetriever
from qa import Bot
from qa.llama import CorpusQueryEngine

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    return Bot.build(SEEDS, tmp_path_factory.mktemp("data"), embedder=FakeEmbedder())


def test_the_retriever_returns_passages_as_nodes_with_their_articles_offsets(bot: Bot) -> None:
    retriever = CorpusRetriever(bot.search, k=3)
    assert isinstance(retriever, BaseRetriever)
    found = retriever.retrieve("Capella Hotel on Sentosa Island")
    assert len(found) == 3
    node = found[0].node
    source = node.relationships[NodeRelationship.SOURCE]
    article = bot.article(source.node_id)  # type: ignore[union-attr]
    assert article.text[node.start_char_idx : node.end_char_idx] == node.get_content()  # type: ignore[attr-defined]
    assert "Capella Hotel" in node.get_content()
    assert node.metadata["title"] == article.title


def test_the_retriever_serves_llama_indexes_own_query_engine(bot: Bot) -> None:
    engine = RetrieverQueryEngine.from_args(CorpusRetriever(bot.search, k=2), llm=MockLLM())
    response = engine.query("Capella Hotel")
    assert len(response.source_nodes) == 2
    assert "Capella Hotel" in str(response)


def test_the_query_engine_answers_with_citations_as_source_nodes(bot: Bot) -> None:
    response = CorpusQueryEngine(bot).query("Which hotel on Sentosa Island hosts the talks?")
    answer = response.metadata["answer"]  # type: ignore[index]
    assert str(response) == answer.text
    assert [node.node.get_content() for node in response.source_nodes] == [
        citation.quote for citation in answer.citations
    ]


def test_the_query_engine_says_when_there_is_no_answer(bot: Bot) -> None:
    response = CorpusQueryEngine(bot).query("xylophone quartet zeppelin")
    assert response.metadata["answered"] is False  # type: ignore[index]
    assert response.source_nodes == []
