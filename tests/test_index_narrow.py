"""Filtered search against a plain comparison of every vector."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import narrow
from index.build import ChunkSettings, sync
from index.embed import FakeEmbedder
from index.generations import Generation, open_live
from index.types import Filters

ARTICLES = 300
FIRST = date(2020, 1, 1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hundred one-chunk articles: outlet s0 has 100, s1 150, s2 49 and s3 one."""
    folder = tmp_path_factory.mktemp("narrow")
    lines = ["id,title,text,source,published"]
    for number in range(ARTICLES):
        outlet = "s3" if number == 7 else f"s{(0, 1, 0, 1, 2, 1)[number % 6]}"
        words = " ".join(f"w{(number * k) % 97}" for k in range(1, 12))
        day = (FIRST + timedelta(days=number)).isoformat()
        lines.append(f"n{number},Title {number},The {words} came.,{outlet},{day}")
    (folder / "corpus.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sync(
        [folder / "corpus.csv"],
        folder / "data",
        embedder=FakeEmbedder(),
        settings=ChunkSettings(window=64),
    )
    return folder / "data"


FILTERS = [
    Filters(sources=("s3",)),
    Filters(sources=("s0",)),
    Filters(sources=("s0", "s2")),
    Filters(since=date(2020, 1, 8)),
    Filters(until=date(2020, 1, 2)),
    Filters(since=date(2020, 3, 1), until=date(2020, 3, 9)),
    Filters(sources=("s1",), since=date(2020, 5, 1)),
]


def expected(
    generation: Generation, vector: NDArray[np.float32], filters: Filters, k: int
) -> list[str]:
    """The best k ids by comparing all, from each article's own outlet and day."""
    kept: dict[str, NDArray[np.float32]] = {}
    for article in generation.library.articles():
        day = article.published
        assert day
        if filters.sources and article.source not in filters.sources:
            continue
        if (filters.since and day < filters.since) or (filters.until and day > filters.until):
            continue
        ids = [chunk.id for chunk in generation.library.chunks_of(article.id)]
        kept |= generation.vectors.get(ids)
    cosines = {name: round(float(stored @ vector), 6) for name, stored in kept.items()}
    return sorted(cosines, key=lambda name: (-cosines[name], name))[:k]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("way", ["as is cheaper", "fetched", "sifted"])
def test_a_filtered_search_is_exact_either_way(
    data: Path, filters: Filters, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "fetched":
        monkeypatch.setattr(narrow, "_FETCHED", 0.0)
    if way == "sifted":
        monkeypatch.setattr(narrow, "_MOST_FETCHED", -1)
    with open_live(data) as generation:
        for number in (3, 50, 222):
            vector = FakeEmbedder().embed([f"w{number % 97} w{number * 5 % 97} came"])[0]
            hits = generation.nearest(vector, 10, filters=filters)
            assert [name for name, _ in hits] == expected(generation, vector, filters, 10)
            cosines = [cosine for _, cosine in hits]
            assert cosines == sorted(cosines, reverse=True)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(sources=("nobody",)),
        Filters(sources=("s0' OR '1'='1",)),
        Filters(sources=("\udc80",)),
        Filters(since=date(2021, 5, 1)),
        Filters(since=date(2020, 2, 1), until=date(2020, 1, 1)),
    ],
)
def test_a_filter_that_nothing_passes_finds_nothing(data: Path, filters: Filters) -> None:
    with open_live(data) as generation:
        vector = FakeEmbedder().embed(["w1"])[0]
        assert generation.nearest(vector, 5, filters=filters) == []


def test_no_filter_is_the_plain_search(data: Path) -> None:
    with open_live(data) as generation:
        vector = FakeEmbedder().embed(["w1 w2"])[0]
        plain = generation.vectors.search(vector, 7)
        assert generation.nearest(vector, 7) == plain
        assert generation.nearest(vector, 7, filters=Filters()) == plain


def test_more_filters_than_are_remembered_give_the_same_hits_again(data: Path) -> None:
    with open_live(data) as generation:
        vector = FakeEmbedder().embed(["w1 w2"])[0]
        several = [Filters(until=FIRST + timedelta(days=day)) for day in range(12)]
        first = [generation.nearest(vector, 3, filters=one) for one in several]
        assert [generation.nearest(vector, 3, filters=one) for one in several] == first
        assert [len(hits) for hits in first[:4]] == [1, 2, 3, 3]
