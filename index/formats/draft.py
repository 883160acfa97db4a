"""What a reader of a format hands on: an article without its id, or why there is none."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from index.errors import ArticleError
from index.formats.dates import parse_date

# A headline is a line, an outlet a name: what is longer is shown and embedded only so far. The
# article's text is never cut.
MAX_TITLE = 500
MAX_URL = 2_000


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as a file states it; `key` is a record's own id, `line` where it starts (1..)."""

    text: str
    title: str = ""
    source: str = ""
    published: date | None = None
    url: str = ""
    key: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record, or with `line` None a whole file, gives no article."""

    reason: str
    key: str = ""
    line: int | None = None


Reader = Callable[[BinaryIO], Iterator[Draft | Fault]]


def stated(fields: Mapping[str, str], text: str, line: int | None = None) -> Draft:
    """The draft of a record whose fields are text; raises ArticleError for a date that is none.

    Known fields: id, title, source, published, url. An address that is not http(s) is left out:
    front matter often holds a bare path there.
    """
    written = fields.get("published", "").strip()
    published = parse_date(written) if written else None
    if written and published is None:
        raise ArticleError(f"published {brief(written)} is not a date (use YYYY-MM-DD)")
    return Draft(
        text=text,
        title=one_line(fields.get("title", "")),
        source=one_line(fields.get("source", "")),
        published=published,
        url=web_address(fields.get("url", "")),
        key=fields.get("id", "").strip(),
        line=line,
    )


def one_line(value: str) -> str:
    """A title or a name on one line: white space collapsed, control characters dropped, cut at 500.

    A value without a visible character is the same as none.
    """
    line = "".join(c for c in " ".join(value.split()) if unicodedata.category(c) != "Cc")
    line = line.strip("\ufeff\u200b\u2060 ")
    if not is_visible(line):
        return ""
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"


def web_address(value: str) -> str:
    """The address if it is http or https, in one piece and not absurdly long; else empty."""
    value = value.strip()
    whole = len(value) <= MAX_URL and value.isprintable() and " " not in value
    return value if whole and value.lower().startswith(("http://", "https://")) else ""


def is_visible(text: str) -> bool:
    """Whether a text holds anything but white space, zero-width and control characters."""
    return any(c.isprintable() and not c.isspace() for c in text)


def brief(value: str) -> str:
    """A value quoted for a message, on one line and of bounded length."""
    return repr(value if len(value) <= 60 else value[:59] + "…")
