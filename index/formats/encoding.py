"""Files -> bytes -> text, word for word: no guessed encoding, no changed line ends."""

import codecs
import os
from typing import BinaryIO

from index.errors import ArticleError

# The most that one article may take on disk. Reading a larger one would need several times its
# size in memory, and nobody reads an article of that length: it is a dump or a mistake.
MAX_BYTES = 200_000_000

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def whole(file: BinaryIO) -> bytes:
    """All bytes of a file; raises ArticleError if it is too large or changes meanwhile."""
    before = os.fstat(file.fileno())
    if before.st_size > MAX_BYTES:
        raise ArticleError(too_large("the file"))
    raw = file.read(MAX_BYTES + 1)
    if has_changed(file, before) or len(raw) != before.st_size:
        raise ArticleError(CHANGED)
    return raw


def text_of(file: BinaryIO) -> str:
    """The text of a file; raises ArticleError if it is too large, changing, or not text."""
    return decoded(whole(file))


def decoded(raw: bytes) -> str:
    """Bytes as text: UTF-8, or UTF-16 that says so; a mark of the byte order is not text.

    Raises ArticleError for anything else: a guessed encoding turns names into noise silently.
    """
    if raw.startswith(_UTF16):
        text = _decode(raw, "utf-16")
    elif b"\0" in raw:
        raise ArticleError("is binary, not text (it holds NUL bytes)")
    else:
        text = _decode(raw.removeprefix(codecs.BOM_UTF8), "utf-8")
    if "\0" in text:
        raise ArticleError("is binary, not text (it holds NUL characters)")
    return text


def is_utf16(start: bytes) -> bool:
    """Whether a file that starts so says that it is UTF-16."""
    return start.startswith(_UTF16)


def has_changed(file: BinaryIO, before: os.stat_result) -> bool:
    """Whether a file was written to since `before` was taken of it."""
    after = os.fstat(file.fileno())
    return (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns)


def too_large(what: str) -> str:
    """The sentence for something larger than an article may be."""
    return f"{what} is larger than {MAX_BYTES // 1_000_000} MB; split it into articles"


CHANGED = "changed while it was being read; index it again"


def _decode(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise ArticleError("is not UTF-8 text; convert it to UTF-8") from None
