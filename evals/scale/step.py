"""One measured step, in a process of its own so that nothing of another step is warm."""

import json
import os
import resource
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.scale.made import Made, MadeEmbedder, Writer, extra_article
from index.build import sync
from index.generations import Generation, live_manifest, open_live
from index.search import search
from index.types import Filters

QUESTIONS, WARM_UP, K = 200, 50, 10
FILTERS = {
    "filtered_wide": Filters(since=date(2022, 1, 1)),  # six in ten articles
    "filtered_outlet": Filters(sources=("Outlet 2",)),  # one in nine
    "filtered_rare": Filters(sources=("Outlet 40",)),  # one in a thousand
    "filtered_week": Filters(since=date(2023, 3, 1), until=date(2023, 3, 7)),  # one in 290
}
_ROWS_AT_ONCE = 20_000
_ROUNDED = 2e-6  # cosines of the vector leg have six digits

Figures = dict[str, float]


def build(made: Made, folder: Path) -> Figures:
    """Index the corpus into an empty data folder."""
    report, figures = _timed(made, folder, [folder / "corpus"])
    return figures | {"chunks": float(report), "peak_mb": _megabytes("VmHWM")}


def serve(made: Made, folder: Path) -> Figures:
    """Open the index with its files out of memory, as after a start of the machine, and ask."""
    _forget(folder / "data")
    embedder, questions = MadeEmbedder(made), Writer(made).questions(WARM_UP + QUESTIONS)
    started = time.perf_counter()
    with open_live(folder / "data") as generation:
        opened = time.perf_counter()
        search(generation, embedder, questions[0], K)
        figures = {
            "open_seconds": opened - started,
            "first_question_seconds": time.perf_counter() - opened,
        }
        for question in questions[:WARM_UP]:
            search(generation, embedder, question, K)
        figures |= _latencies(generation, embedder, questions[WARM_UP:])
        figures["serving_mb"] = _megabytes("VmRSS")
    started = time.perf_counter()
    with open_live(folder / "data") as generation:
        search(generation, embedder, questions[0], K)
        figures["reopen_seconds"] = time.perf_counter() - started
    return figures


def recall(made: Made, folder: Path) -> Figures:
    """The share of the ten nearest vectors that the vector leg finds.

    Exact search runs over the vectors as they were computed, which are in the data folder's cache.
    A found vector counts if it is as near as the exact tenth: equal vectors are each as good.
    """
    texts = Writer(made).questions(WARM_UP + QUESTIONS)[WARM_UP:]
    asked = MadeEmbedder(made).embed(texts)
    tenth = _nearest(folder / "data" / "embeddings.sqlite", asked)[:, -1]
    with open_live(folder / "data") as generation:
        found = [generation.vectors.search(vector, K) for vector in asked]
    hits = [
        sum(cosine >= least - 2e-6 for _, cosine in one)
        for one, least in zip(found, tenth, strict=True)
    ]
    return {"recall": sum(hits) / (K * len(hits))}


def add(made: Made, folder: Path) -> Figures:
    """Add one article to the index."""
    (folder / "extra.txt").write_text(extra_article(made), encoding="utf-8")
    return _timed(made, folder, [folder / "extra.txt"])[1]


def remove(made: Made, folder: Path) -> Figures:
    """Take one article of the corpus out."""
    (folder / "corpus" / "single07.txt").unlink()
    return _timed(made, folder, [folder / "corpus"])[1]


def unchanged(made: Made, folder: Path) -> Figures:
    """Index a corpus in which nothing has changed."""
    return _timed(made, folder, [folder / "corpus"])[1]


STEPS: dict[str, Callable[[Made, Path], Figures]] = {
    "build": build,
    "serve": serve,
    "recall": recall,
    "add": add,
    "remove": remove,
    "unchanged": unchanged,
}


def _timed(made: Made, folder: Path, roots: Sequence[Path]) -> tuple[int, Figures]:
    wall, cpu = time.perf_counter(), time.process_time()
    report = sync(roots, folder / "data", embedder=MadeEmbedder(made))
    figures = {
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
    }
    return report.chunks, figures


def _latencies(generation: Generation, embedder: MadeEmbedder, questions: Sequence[str]) -> Figures:
    vectors = embedder.embed(questions)
    kinds: dict[str, Callable[[int], object]] = {
        "question": lambda i: search(generation, embedder, questions[i], K),
        "vector_leg": lambda i: generation.vectors.search(vectors[i], 50),
        "lexical_leg": lambda i: generation.terms.search(questions[i], 50),
    }
    for name, chosen in FILTERS.items():
        kinds[name] = lambda i, chosen=chosen: search(  # type: ignore[misc]
            generation, embedder, questions[i], K, filters=chosen
        )
    figures: Figures = {}
    for name, ask in kinds.items():
        timings, busy = [], []
        for number in range(len(questions)):
            started, worked = time.perf_counter(), time.process_time()
            ask(number)
            timings.append(1000 * (time.perf_counter() - started))
            busy.append(1000 * (time.process_time() - worked))
        figures[f"{name}_p50_ms"] = statistics.median(timings)
        figures[f"{name}_p50_cpu_ms"] = statistics.median(busy)  # on a busy machine, trust this
        figures[f"{name}_p95_ms"] = statistics.quantiles(timings, n=20)[-1]
    return figures


def _nearest(cache: Path, asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosines of the K nearest of all vectors, shape (len(asked), K), falling."""
    best = np.full((len(asked), K), -1.0, np.float32)
    with closing(sqlite3.connect(f"{cache.absolute().as_uri()}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT vector FROM vectors")
        while some := rows.fetchmany(_ROWS_AT_ONCE):
            block = np.frombuffer(b"".join(row[0] for row in some), np.float32)
            cosines = asked @ block.reshape(len(some), -1).T
            both = np.concatenate([best, cosines], axis=1)
            best = -np.partition(-both, K - 1, axis=1)[:, :K]
    best.sort(axis=1)
    return best[:, ::-1]


def _forget(folder: Path) -> None:
    """Ask the kernel to drop the files from its memory, where it takes such advice."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def _megabytes(name: str) -> float:
    """A figure of this process's memory as Linux states it; elsewhere the most it ever had."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines[name].split()[0]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def disk(folder: Path) -> Figures:
    """Megabytes of the live generation, of its parts, and of the cache of vectors."""
    data = folder / "data"
    live = data / "generations" / live_manifest(data).name
    parts = {"library": "library.sqlite", "texts": "texts", "vectors": "chroma", "terms": "terms"}
    found = {f"{name}_mb": _size(live / part) for name, part in parts.items()}
    return found | {"generation_mb": _size(live), "cache_mb": _size(data / "embeddings.sqlite")}


def _size(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def main() -> None:
    """Run the step and print its figures as JSON."""
    name, folder, chunks, seed = sys.argv[1:]
    made = Made(int(chunks), int(seed))
    if name == "write":
        shutil.rmtree(folder, ignore_errors=True)
        made.write(Path(folder) / "corpus")
        figures: Figures = {}
    elif name == "disk":
        figures = disk(Path(folder))
    else:
        figures = STEPS[name](made, Path(folder))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
