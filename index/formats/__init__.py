"""The formats that articles come in: bytes of one file in, drafts of articles out.

Each reader takes a file opened in binary mode and yields a `Draft` per article, or a `Fault` for
a record that cannot be read beside others that can; a file that cannot be read at all raises
`ArticleError`. Heavy libraries are imported by the reader that needs them, when it is called.
"""

import os

from index.formats.draft import Reader
from index.formats.pdf import read_pdf
from index.formats.plain import read_markdown, read_text
from index.formats.records import read_csv, read_jsonl
from index.formats.webpage import read_webpage

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_webpage,
    ".htm": read_webpage,
    ".pdf": read_pdf,
    ".jsonl": read_jsonl,
    ".csv": read_csv,
}


def suffix(path: str) -> str:
    """The suffix that decides how a file is read, in lower case with its dot."""
    return os.path.splitext(path)[1].lower()
