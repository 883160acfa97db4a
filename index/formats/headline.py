"""Whether a plain text states its headline, and which line it is.

Plain text has no field for a title: the only statement is a first line set as a headline. It must
look like one (short, not a sentence with its full stop, not a byline, a date or a notice) and the
text must go on after it as prose. When in doubt there is no title: a wrong one is shown with every
quote of the article and weighs in its search.
"""

import re
from itertools import groupby

from index.formats.dates import parse_date

MAX_HEADLINE = 200
# The lines are judged within the start of a text: a headline and the paragraph after it.
_START = 20_000

# A full stop ends a sentence; those of "U.S." and "a.m." at the end of a line need not.
_FULL_STOP = re.compile(r"""[.。．؟।][\s"'”’»)\]]*$""")
_INITIALS = re.compile(r"""\b(?:[^\W\d_]\.){2,}[\s"'”’»)\]]*$""")
_GOES_ON = re.compile(r"[,;:\-–—…(\[{/&]\s*$|\.\.\.$")
# Two sentences on one line: a full stop after a word of lower case, then a capital.
_TWO_SENTENCES = re.compile(r"""[a-z]{3,}[.][”"’')]*\s+[“"‘'(]*[A-Z]""")
# Markup and layout of other kinds: lists, quotes, rules, tables, code, addresses.
_MARKUP = re.compile(r"^\s*(?:[-*•·>|<{\[=_~`]|\d+[.)]\s)|://|\S@\S|^\W*$|^\S+\.(?:com|org|net)\b")
_LABEL = re.compile(
    r"^(?:by|author|title|headline|date|dated|published|posted|updated|modified|created|source|url"
    r"|from|to|cc|subject|section|category|tags?|keywords|credit|copyright|image|photo|language)"
    r"\s*:",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"^(?:[Bb]y|BY)\s+(?:[^\W\d_a-zß-ÿ][\w.'’-]*[\s,&]*|and\s+|AND\s+){1,8}$")
_DATELINE = re.compile(r"^[^a-z]*\((?:[A-Z]\w*)\)\s*[-–—]")
_NOTICE = re.compile(r"^\W*(?:©|\(c\)|copyright\b)|all rights reserved", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"^(?:last\s+)?(?:published|posted|updated|modified|created)\b(?:\s+(?:on|at))?", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"""[.!?。！？…]["'”’»)\]]*$""")


def headline(text: str) -> str:
    """The headline that a plain text states in its first line, or "" where it states none."""
    paragraphs = _paragraphs(text[:_START])
    if not paragraphs or not _could_be_headline(paragraphs[0][0]):
        return ""
    first = paragraphs[0][0]
    # A page's title and its heading are often both in the text: the same line again and again.
    rest = [[line for line in paragraph if line != first] for paragraph in paragraphs]
    if rest[0] and _is_wrapped(first, rest[0]):
        return ""
    return first if any(map(_is_prose, rest)) else ""


def _paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph, without the white space around them."""
    lines = (line.strip("\ufeff\u200b \t\xa0") for line in text.splitlines())
    return [list(block) for filled, block in groupby(lines, key=bool) if filled]


def _could_be_headline(line: str) -> bool:
    if len(line) > MAX_HEADLINE or not _has_words(line):
        return False
    if _FULL_STOP.search(line) and not _INITIALS.search(line):
        return False
    if any(form.search(line) for form in (_GOES_ON, _TWO_SENTENCES, _MARKUP, _NOTICE)):
        return False
    if any(form.match(line) for form in (_LABEL, _BYLINE, _DATELINE)):
        return False
    return parse_date(_PUBLISHED.sub("", line).strip(" :,-–")) is None


def _has_words(line: str) -> bool:
    """Two words, or as much in a script that sets no spaces: one word is the name of a section."""
    letters = [c for c in line if c.isalpha()]
    unspaced = sum(not (c.isupper() or c.islower()) for c in letters)
    return len(letters) >= 4 and (len(line.split()) >= 2 or unspaced >= 4)


def _is_prose(lines: list[str]) -> bool:
    """Whether a paragraph is text that a headline can stand over: sentences, not a list."""
    if any(len(line) > 100 for line in lines):
        return True
    return len(" ".join(lines).split()) >= 4 and bool(_SENTENCE_END.search(lines[-1]))


def _is_wrapped(first: str, rest: list[str]) -> bool:
    """Whether a line breaks off only because the paragraph that it begins is set to a width.

    Such a line is full: the next word would not have fitted. A headline leaves room, and what
    follows it begins a sentence.
    """
    if rest[0][0][0].islower():
        return True
    width = max(map(len, rest))
    if len(rest) == 1:
        # The last line of a paragraph does not show its width; narrower than this is rare.
        width = max(width, 60)
    return len(first) + 1 + len(rest[0].split()[0]) > width
