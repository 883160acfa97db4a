"""PDF: the text of its pages, as pypdf reads it."""

import io
import logging
import re
import struct
import zlib
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ArticleError
from index.formats.dates import parse_date
from index.formats.draft import Draft, Fault, is_visible, one_line
from index.formats.encoding import whole

if TYPE_CHECKING:
    from pypdf import PdfReader

# What pypdf lets through, besides its own errors, for a file whose parts are not what they claim.
_BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    EOFError,
    struct.error,
    zlib.error,
)

# Where XMP metadata says when the document was published, the most exact first.
_STATEMENTS = [
    *(
        (f"http://prismstandard.org/namespaces/basic/{version}/", "publicationDate")
        for version in ("3.0", "2.2", "2.1", "2.0", "1.2")
    ),
    ("http://purl.org/dc/elements/1.1/", "date"),
]

# Titles that a tool writes where nobody gave one.
_MADE_BY_A_TOOL = re.compile(
    r"""^(?:untitled|unnamed|no\s+title|title|(?:(?:new|print|untitled)\s+)?document|layout|slide
            |page|print|(?:powerpoint\s+)?presentation|pdf|scan(?:ned)?(?:\s+document)?|image|file
            |full\s+page\s+photo|about:blank)[\s\d()._-]*$
      |^microsoft\s+(?:word|powerpoint|excel|publisher)\b
      |\.(?:docx?|rtf|odt|pptx?|xlsx?|indd|qxd|tex|dvi|ps|pdf|html?|txt|pages|cdr|ai|tiff?|jpe?g)$
      |^(?:https?|file):|\\""",
    re.IGNORECASE | re.VERBOSE,
)


def read_pdf(file: BinaryIO) -> Iterator[Draft | Fault]:
    """The one article of a PDF file: the text of its pages, joined by a blank line.

    The title is the document information's, unless a tool made it up; the date that of the
    document's publication in its XMP metadata. The date of creation is not used: it is that of the
    file, for an article that was printed to PDF years later as for any other. Raises ArticleError
    for a file that is broken, encrypted or has no text.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    # It reports each oddity of a file as a warning, which without a handler lands on the screen.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    raw = whole(file)
    try:
        reader = PdfReader(io.BytesIO(raw))
        text = _text(reader)
        title, published = _title(reader), _published(reader)
    except (DependencyError, FileNotDecryptedError):
        raise ArticleError("is an encrypted PDF; save it without a password") from None
    except (PyPdfError, *_BROKEN) as error:
        raise ArticleError(f"is not a PDF that can be read ({_why(error)})") from None
    if not is_visible(text):
        raise ArticleError("is a PDF without text, such as a scan; run text recognition on it")
    yield Draft(text=text, title=title, published=published)


def _text(reader: "PdfReader") -> str:
    """The text of the pages; a font without a map of its letters gives NULs, which are none."""
    pages = (page.extract_text().replace("\0", "") for page in reader.pages)
    return "\n\n".join(page for page in pages if page.strip())


def _title(reader: "PdfReader") -> str:
    stated = reader.metadata.title if reader.metadata else None
    title = one_line(stated) if isinstance(stated, str) else ""
    # One word with digits or joints is the name of a file or a job: "report_final-2", "12345".
    is_name = " " not in title and re.search(r"[\d_.\-/]", title)
    return "" if is_name or _MADE_BY_A_TOOL.search(title) else title


def _published(reader: "PdfReader") -> date | None:
    from pypdf.errors import PyPdfError

    try:
        xmp = reader.xmp_metadata
        if xmp is None:
            return None
        for namespace, name in _STATEMENTS:
            for node in xmp.get_element("", namespace, name):
                if found := parse_date(_content(node)):
                    return found
    except (PyPdfError, *_BROKEN):
        return None  # metadata that cannot be read states nothing; the text stands
    return None


def _content(node: object) -> str:
    """The text of an XML attribute or of everything below an element."""
    value = getattr(node, "nodeValue", None)
    if isinstance(value, str):
        return value
    return "".join(_content(child) for child in getattr(node, "childNodes", ()))


def _why(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__
