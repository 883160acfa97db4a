"""Names of uploaded files: what a browser sends, made into one name of one file."""

import os
import re
import unicodedata
from collections.abc import Container
from itertools import count

_LONGEST = 120
_MOST_BYTES = 200  # file systems take 255


def safe_name(given: str) -> str:
    """The last part of a path without what cannot be seen; never empty, hidden or too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(c for c in last if not unicodedata.category(c).startswith("C"))
    stem, dot, ending = " ".join(shown.split()).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    suffix = f".{ending.strip()[:12]}" if ending.strip() else ""
    stem = stem.lstrip(". ")[:_LONGEST]
    while len((stem + suffix).encode()) > _MOST_BYTES:
        stem = stem[:-1]
    return (stem.strip() or "unnamed") + suffix


def free_name(name: str, taken: Container[str]) -> str:
    """The name, or with " (2)", " (3)" … before its suffix, that is not taken."""
    if name not in taken:
        return name
    stem, suffix = os.path.splitext(name)
    return next(
        other for number in count(2) if (other := f"{stem} ({number}){suffix}") not in taken
    )
