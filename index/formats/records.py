"""JSON lines and CSV: many articles in one file, each a record with named fields.

The fields are id, title, text, source, published and url; only text is required, and others are
ignored. A record that cannot be read is a `Fault` with its line; the records beside it stand.
"""

import codecs
import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ArticleError
from index.formats import encoding
from index.formats.draft import Draft, Fault, brief, stated
from index.formats.encoding import decoded, has_changed, is_utf16, text_of, too_large

if TYPE_CHECKING:
    from _csv import Reader as Rows

FIELDS = ("id", "title", "text", "source", "published", "url")
EMPTY = "has no articles"


def read_jsonl(file: BinaryIO) -> Iterator[Draft | Fault]:
    """The articles of a file with one JSON object a line, read line by line.

    The file may be of any size; MAX_BYTES limits each line. Blank lines are skipped.
    """
    before = os.fstat(file.fileno())
    empty = True
    for number, raw in enumerate(_lines(file), 1):
        if not raw.strip():
            continue
        empty = False
        try:
            if len(raw) > encoding.MAX_BYTES:
                raise ArticleError(too_large("the line"))
            yield _from_json(decoded(raw).rstrip("\r\n"), number)
        except _Bad as error:
            yield Fault(str(error), key=error.key, line=number)
        except ArticleError as error:
            yield Fault(str(error), line=number)
    if has_changed(file, before):
        raise ArticleError(encoding.CHANGED)
    if empty:
        raise ArticleError(EMPTY)


class _Bad(ArticleError):
    """A record that cannot be used although it says which one it is."""

    def __init__(self, reason: str, key: str) -> None:
        super().__init__(reason)
        self.key = key


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file in UTF-8; only "\\n" ends one, as JSON text may hold other breaks."""
    start = file.read(4)
    file.seek(0)
    if is_utf16(start):
        yield from (line.encode() for line in text_of(file).split("\n"))
        return
    file.seek(len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0)
    while line := file.readline(encoding.MAX_BYTES + 1):
        yield line
        # What is left of a line that is too long is skipped, not taken for lines of its own.
        while len(line) > encoding.MAX_BYTES and not line.endswith(b"\n"):
            line = file.readline(encoding.MAX_BYTES + 1)


def _from_json(line: str, number: int) -> Draft:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise ArticleError(f"is not valid JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError):
        raise ArticleError("is not valid JSON: nested too deeply or a number too long") from None
    if not isinstance(record, dict):
        raise ArticleError("is not a JSON object")
    key = record.get("id")
    if isinstance(key, int) and not isinstance(key, bool):
        record["id"] = key = str(key)
    fields = {name: record[name] for name in FIELDS if record.get(name) is not None}
    name = key.strip() if isinstance(key, str) else ""
    for field, value in fields.items():
        if not isinstance(value, str):
            raise _Bad(f"its {field} is not text but {type(value).__name__}", name)
    return _draft(fields, number)


def _draft(fields: dict[str, str], number: int) -> Draft:
    key = fields.get("id", "").strip()
    if "text" not in fields:
        raise _Bad("has no text", key)
    try:
        return stated(fields, fields["text"], number)
    except ArticleError as error:
        raise _Bad(str(error), key) from None


def read_csv(file: BinaryIO) -> Iterator[Draft | Fault]:
    """The articles of a CSV file whose first row names its columns, in any order.

    The separator is the comma, or the semicolon or tab if the first row has more of them.
    """
    text = text_of(file)
    # The default of 131,072 characters is less than a long article. It is one setting of the
    # process, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), encoding.MAX_BYTES))
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: list[str] | None = None
    empty = True
    for number, row in _rows(rows):
        if isinstance(row, list) and not any(cell.strip() for cell in row):
            continue
        if columns is None:
            columns = _columns(row)
            continue
        empty = False
        yield _from_row(columns, row, number)
    if empty:
        raise ArticleError(EMPTY)


def _rows(rows: "Rows") -> Iterator[tuple[int, list[str] | str]]:
    """Each row, or what is wrong with it, with the line where it starts."""
    while True:
        number = rows.line_num + 1
        try:
            yield number, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"is not valid CSV: {error}"


def _columns(row: list[str] | str) -> list[str]:
    if isinstance(row, str):
        raise ArticleError(row)
    columns = [name.strip().lower() for name in row]
    if "text" not in columns:
        raise ArticleError(
            f"has no column 'text'; its first row must name the columns, of {', '.join(FIELDS)}"
        )
    if double := next((name for name in FIELDS if columns.count(name) > 1), ""):
        raise ArticleError(f"has two columns {brief(double)}")
    return columns


def _from_row(columns: Sequence[str], row: list[str] | str, number: int) -> Draft | Fault:
    if isinstance(row, str):
        return Fault(row, line=number)
    fields = {name: cell for name, cell in zip(columns, row, strict=False) if name in FIELDS}
    key = fields.get("id", "").strip()
    if len(row) > len(columns):
        # Most often a comma in a text that is not quoted: the text would be cut there.
        return Fault(f"has {len(row)} values for {len(columns)} columns", key=key, line=number)
    try:
        return _draft({name: cell for name, cell in fields.items() if cell.strip()}, number)
    except ArticleError as error:
        return Fault(str(error), key=key, line=number)
