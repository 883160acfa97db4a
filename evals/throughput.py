"""What indexing costs beside the bare embedding: `python -m evals.throughput --data DIR`.

The same chunks are embedded alone and indexed whole, in turn, each time into a new folder, so that
a machine whose speed drifts still gives a fair ratio; then everything is indexed once more with all
vectors known, which tells the rest by itself where the embedding's own time varies by more than
that. At last one article is added to the index.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evals.corpus import Corpus, written
from evals.sets import beir
from index.build import sync
from index.chunks import indexed_text, indexed_title
from index.embed import DEFAULT_MODEL, Embedder, FakeEmbedder, open_embedder
from index.generations import open_live

ARTICLE = "Harbour lights\n\nThe harbour lights went out at nine. Nobody has said why.\n"


def chunk_texts(data: Path, embedder: Embedder) -> list[str]:
    """The texts that were embedded for the index in a data folder."""
    texts = []
    with open_live(data) as generation:
        for article in generation.library.articles():
            window = generation.manifest.settings.window
            title = indexed_title(article.title, tokens=embedder.tokens, window=window)
            texts += [
                indexed_text(title, article.text[chunk.start : chunk.end])
                for chunk in generation.library.chunks_of(article.id)
            ]
    return texts


def seconds(work: Callable[..., object], *values: Any, **named: Any) -> tuple[float, float]:
    """Seconds of a call: on the wall, and of the processors."""
    wall, cpu = time.perf_counter(), time.process_time()
    work(*values, **named)
    return time.perf_counter() - wall, time.process_time() - cpu


def measure(
    paths: Sequence[Path], folder: Path, embedder: Embedder, rounds: int
) -> dict[str, float]:
    """Index and embed in turn; return medians in seconds, and ratios of the two."""
    whole: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    rest: list[tuple[float, float]] = []
    for number in range(rounds):
        data = folder / f"round{number}"
        whole.append(seconds(sync, paths, data, embedder=embedder))
        texts = chunk_texts(data, embedder)
        bare.append(seconds(embedder.embed, texts))
        rest.append(without_embedding(paths, data, folder / "known", embedder))
        if number + 1 < rounds:
            shutil.rmtree(data)
    extra = folder / "extra.txt"
    extra.write_text(ARTICLE, encoding="utf-8")
    added, _ = seconds(sync, [extra], data, embedder=embedder)
    again, _ = seconds(sync, [extra], data, embedder=embedder)
    (index, index_cpu), (embedding, embedding_cpu) = median(whole), median(bare)
    _, rest_cpu = median(rest)
    figures = {
        "chunks": float(len(texts)),
        "index_seconds": index,
        "embedding_seconds": embedding,
        "index_to_embedding": index / embedding,
        "index_to_embedding_cpu": index_cpu / embedding_cpu,
        "rest_to_embedding_cpu": rest_cpu / embedding_cpu,
        "chunks_a_second": len(texts) / index,
        "one_article_seconds": added,
        "one_article_to_index": added / index,
        "nothing_changed_seconds": again,
    }
    return {name: round(value, 4) for name, value in figures.items()}


def without_embedding(
    paths: Sequence[Path], data: Path, other: Path, embedder: Embedder
) -> tuple[float, float]:
    """Seconds of indexing into the new folder `other` with the vectors that `data` has."""
    other.mkdir()
    shutil.copy(data / "embeddings.sqlite", other)
    spent = seconds(sync, paths, other, embedder=embedder)
    shutil.rmtree(other)
    return spent


def median(timings: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The medians of wall and processor seconds."""
    walls, cpus = zip(*timings, strict=True)
    return statistics.median(walls), statistics.median(cpus)


def main() -> None:
    """Measure on SciFact's abstracts and print the figures as JSON."""
    parser = argparse.ArgumentParser(description="Indexing beside the bare embedding calls.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of public sets")
    parser.add_argument("--articles", type=int, default=1000, help="how many abstracts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fake", action="store_true", help="a bag of words in place of the model")
    options = parser.parse_args()
    (corpus,) = beir.load_scifact(options.data).corpora
    some = Corpus("scifact", corpus.documents[: options.articles], ())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        real = FakeEmbedder(384) if options.fake else open_embedder(DEFAULT_MODEL, folder)
        paths = written(some, folder / "articles")
        figures = measure(paths, folder, real, options.rounds)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
