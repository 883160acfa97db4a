"""The models that the settings name, opened: here a setting becomes an object."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from index.embed import DEFAULT_MODEL, Embedder, open_embedder
from qa import confidence
from qa.confidence import Calibration
from qa.errors import ReaderError
from qa.reader.loading import OURS, located
from qa.reader.spans import WEIGHTS, OnnxReader, Reader
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.llm.writing import Writer

RERANK = "rerank:"


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
    """Open the reader that the settings name; raises ReaderError.

    What a folder holds decides how it runs: our manifest as ONNX, a model's config by torch.
    """
    name = settings.reader
    if name == "off":
        return None
    ours = WEIGHTS if name == "own" else Path(name).expanduser()
    if name == "own" or (ours / OURS).is_file():
        return OnnxReader.open(ours, threads=settings.threads or len(os.sched_getaffinity(0)))
    files = located(name.removeprefix(RERANK), online=settings.online)
    # torch takes seconds to import, so only those pay for it who ask for it.
    if name.startswith(RERANK):
        from qa.reader.reranker import Reranker

        return Reranker.open(files, device=settings.device, threads=settings.threads)
    from qa.reader.transformer import TransformerReader

    return TransformerReader.open(files, device=settings.device, threads=settings.threads)


def writer_for(settings: Settings, llm: object | None) -> "Writer | None":
    """Open the language model that is given, or that the settings name; raises LLMError."""
    if llm is None and not settings.llm:
        return None
    # LlamaIndex takes seconds to import, so only those pay for it who ask for it.
    from qa.llm.generate import Limits
    from qa.llm.llama import open_llm, wrapped
    from qa.llm.writing import Writer

    limit = settings.llm_timeout
    if llm is not None:
        model = wrapped(llm)
    else:
        model = open_llm(settings.llm or "", settings.llm_args, timeout=limit)
    return Writer(model, unsupported=settings.unsupported, limits=Limits(seconds=limit))


def calibration_for(settings: Settings, reader: Reader | None) -> Calibration:
    """Read the confidence model of the settings' file, or the shipped one that suits the reader.

    Raises ReaderError where the file is none, or was fitted to another reader.
    """
    if settings.calibration is None:
        return confidence.load(reader.calibration if reader else "plain")
    path = settings.calibration.expanduser()
    fingerprint = reader.fingerprint if reader else ""
    try:
        found = confidence.load("reader" if reader else "plain", path)
        found.probability(dict.fromkeys(found.weights, 1.0))
        fitted = {*found.thresholds} >= {"cautious", "balanced", "eager"}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ReaderError(
            f"{path} is no calibration for this reader: write one with "
            "python -m evals.calibrate --out."
        ) from error
    if not fitted or found.reader != fingerprint:
        raise ReaderError(
            f"The calibration in {path} was fitted to {found.reader or 'no reader'!r} and the "
            f"reader is {fingerprint or 'off'!r}: write another with python -m evals.calibrate."
        )
    return found
