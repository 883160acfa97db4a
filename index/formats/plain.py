"""Text and Markdown: the file's text is the article's, word for word."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from index.errors import ArticleError
from index.formats.draft import Draft, Fault, one_line, stated
from index.formats.encoding import text_of
from index.formats.headline import headline

# Front matter stands between two lines of three dashes at the very start of a file.
_FRONT = re.compile(r"---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_MAX_FRONT = 100_000
_HEADING = re.compile(r"\s*(?:#[ \t]+(?P<hashed>[^\r\n]*?)[ \t]*#*[ \t]*(?:\r?\n|\Z))")
_UNDERLINED = re.compile(r"\s*(?P<line>[^\s>#*+-][^\r\n]*)\r?\n=+[ \t]*(?:\r?\n|\Z)")

# Front matter has no standard: the names that Jekyll, Hugo, Pelican and clippers of web pages use.
_NAMES = {
    "title": ("title",),
    "source": ("source", "outlet", "site"),
    "published": ("published", "date"),
    "url": ("url",),
}


def read_text(file: BinaryIO) -> Iterator[Draft | Fault]:
    """The one article of a .txt file; its title is a first line set as a headline."""
    text = text_of(file)
    yield Draft(text=text, title=one_line(headline(text)))


def read_markdown(file: BinaryIO) -> Iterator[Draft | Fault]:
    """The one article of a Markdown file: what follows the front matter, as it is written.

    The title is that of the front matter, else a heading of the first level at the start.
    """
    text = text_of(file)
    found = _FRONT.match(text[:_MAX_FRONT])
    fields = _front_matter(found["yaml"]) if found else None
    body = text[found.end() :] if found and fields is not None else text
    draft = stated({"title": _heading(body)} | (fields or {}), body)
    yield draft


def _front_matter(block: str) -> dict[str, str] | None:
    """The fields of a block of YAML, or None where it is text between two rules."""
    import yaml

    try:
        # The base loader makes no numbers, booleans or dates of what is written: "title: 1984"
        # is a text. It builds no objects either.
        values = yaml.load(block, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise ArticleError(f"the front matter is not valid YAML at line {line}") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ArticleError("the front matter is not valid YAML") from None
    if values is None or values == "":
        return {}
    if not isinstance(values, dict):
        return None
    return _fields(values)


def _fields(values: Mapping[Any, Any]) -> dict[str, str]:
    by_name = {str(name).lower(): value for name, value in values.items()}
    fields = {}
    for field, names in _NAMES.items():
        value = next((by_name[name] for name in names if by_name.get(name)), "")
        if not isinstance(value, str):
            raise ArticleError(f"the front matter's {field} is not a single value")
        if value.lower() not in ("null", "~"):
            fields[field] = value
    return {field: value for field, value in fields.items() if value.strip()}


def _heading(body: str) -> str:
    if found := _HEADING.match(body):
        return found["hashed"]
    if found := _UNDERLINED.match(body):
        return found["line"]
    return ""
