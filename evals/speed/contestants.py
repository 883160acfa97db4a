"""Who is measured: each contestant's script, and the packages that its environment holds."""

import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
STAGE = HERE / "stage"


@dataclass(frozen=True, slots=True)
class Contestant:
    """One contestant: `script` is the module in `folder` that the driver imports.

    `requirements` pins all packages of an environment of its own; without it the contestant runs
    in this one. `answers` says whether it answers without a language model, and `server` whether
    it has one of its own. `how` is told in the report.
    """

    name: str
    title: str
    script: str
    how: str
    requirements: Path | None = None
    folder: Path = STAGE
    answers: bool = False
    server: bool = False

    @property
    def python(self) -> Path:
        """The interpreter of this environment; see `environments` for the others'."""
        return Path(sys.executable)


def _pinned(name: str) -> Path:
    return HERE / "requirements" / f"{name}.txt"


OURS = Contestant(
    "corpus-qa", "corpus-qa", "corpus_qa",
    "as it comes: 8-bit ONNX on the CPU, chunks of whole sentences, BM25 and vectors, a reader",
    answers=True, server=True,
)  # fmt: skip
PEERS = (
    Contestant(
        "llamaindex", "LlamaIndex", "llamaindex_starter",
        "the starter: SentenceSplitter, HuggingFaceEmbedding, VectorStoreIndex in Chroma",
        _pinned("llamaindex"),
    ),
    Contestant(
        "txtai", "txtai", "txtai_hybrid",
        "hybrid as documented: Faiss and BM25 (hybrid=True), content in SQLite",
        _pinned("txtai"),
    ),
    Contestant(
        "haystack", "Haystack", "haystack_hybrid",
        "the hybrid tutorial: BM25 and vectors in memory, joined by reciprocal ranks",
        _pinned("haystack"),
    ),
)  # fmt: skip
ALL = (OURS, *PEERS)
