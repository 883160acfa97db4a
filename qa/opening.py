"""The models that the settings name, opened: here a setting becomes an object."""

import os
from pathlib import Path

from index.embed import DEFAULT_MODEL, Embedder, open_embedder
from qa.reader.spans import WEIGHTS, OnnxReader, Reader
from qa.settings import Settings


def embedder_for(settings: Settings, data: Path) -> Embedder:
    """Open the embedding model that the settings name; raises ModelError."""
    return open_embedder(
        settings.model or DEFAULT_MODEL,
        data,
        device=settings.device,
        threads=settings.threads,
        offline=not settings.online,
    )


def reader_for(settings: Settings) -> Reader | None:
    """Open the reader that the settings name; raises ReaderError."""
    if settings.reader == "off":
        return None
    folder = WEIGHTS if settings.reader == "own" else Path(settings.reader)
    return OnnxReader.open(folder, threads=settings.threads or len(os.sched_getaffinity(0)))
