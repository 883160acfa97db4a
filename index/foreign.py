"""What every model of transformers' needs here: silence, no network, offsets of its tokens."""

import os
from typing import Any


def quietly() -> None:
    """Keep transformers from the network, for which it would wait a minute, and from printing.

    Raises ImportError where it is not installed.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]


def offsets(tokenizer: Any, text: str) -> list[tuple[int, int]]:
    """Return the character offsets of a text's tokens, without special ones and never cut off."""
    found = tokenizer(
        text,
        add_special_tokens=False,
        return_offsets_mapping=True,
        truncation=False,
        verbose=False,
    )
    return [(start, end) for start, end in found["offset_mapping"]]


def limit_threads(threads: int | None) -> None:
    """Set how many cores torch uses in this process; None leaves it as it is."""
    if threads is not None:
        import torch

        torch.set_num_threads(threads)


def first_line(error: Exception) -> str:
    """What a library says of a failure, without the pages that may follow."""
    return str(error).strip().partition("\n")[0]
