"""Text -> the words that the lexical leg counts: folded, stemmed, without stop words.

One analysis serves the index, the question and the scoring of sentences, so that they cannot
disagree about what a word is. Rules, each for a spelling that news mixes freely:

- case and accents do not count; soft hyphens and zero-width characters inside a word vanish
- "U.S." is the word "us" (as is "US", but not the pronoun); "Yong-chol" is two words
- a possessive is its noun; a contraction is its first word, or nothing ("don't")
- "3,559" is 3559, "5.4" stays whole, "12th" is 12, "1990s" is 1990, "10mg" is 10 and mg
- scripts written without spaces (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) give
  overlapping pairs of characters
"""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer  # the package has no type hints

# The list was chosen by measurement (docs/decisions/0002): with question words in it SQuAD's hit@1
# rises from .80 to .82; prepositions of time and place ("during", "between") in it cost .01.
_STOPPED = """
a an and are as at be been but by did do does for from had has have he her him his how i if in into
is it its me my no not of on or our she such that the their them then there these they this to us
was we were what when where which who whom whose why will with you your
"""
STOP_WORDS = frozenset(_STOPPED.split())
_NAMES = frozenset({"US", "WHO"})  # names when written so, stop words otherwise
_ORDINALS = frozenset({"st", "nd", "rd", "th", "s"})
_LONGEST = 64  # a longer run is no word of a language: base64, a line without spaces

_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0981-\u0983\u09bc-\u09d7\u0a01-\u0a51\u0a81-\u0acd"
    "\u0b01-\u0b57\u0b82\u0bbe-\u0bd7\u0c00-\u0c56\u0c81-\u0cd6\u0d00-\u0d57\u0d82-\u0ddf"
)
_SPACELESS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1050-\u109d\u1780-\u17d3\u3005-\u3007"
    "\u3041-\u3096\u3099\u309a\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\u1100-\u11ff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Possessive quantifiers keep every branch linear, whatever the text.
_TOKEN = re.compile(
    rf"(?P<acronym>(?<![^\W_])(?:[^\W\d_{_SPACELESS}]\.)+"
    rf"(?:(?<=\..\.)|[^\W\d_{_SPACELESS}](?![^\W_])))"
    rf"|(?P<spaceless>[{_SPACELESS}]++)"
    rf"|(?P<number>(?:\d{{1,3}}(?:,\d{{3}})++(?!\d)|\d++)(?:\.\d++)*+)"
    rf"(?P<suffix>[^\W\d_{_SPACELESS}]*+)(?![^\W_{_SPACELESS}])"
    rf"|(?P<word>(?:[^\W_{_SPACELESS}]++|[{_MARKS}{_UNSEEN}]++)++"
    rf"(?:['’](?=[^\W\d_{_SPACELESS}])(?:[^\W_{_SPACELESS}]++|[{_MARKS}{_UNSEEN}]++)++)*+)"
)
_DROPPED = re.compile(f"[\u0300-\u036f{_UNSEEN}]")
_LETTERS = str.maketrans(
    {"’": "'", "ʼ": "'", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
    | {"ħ": "h", "ı": "i"}
)
_OUTER = '"(),.:;?!'  # never part of a word; "U." is one, so a single letter is looked at in full
_CLITIC = re.compile("'(?:s|m|ve|ll|re|d)$")
_stemmer = Stemmer.Stemmer("english")
_stemming = threading.Lock()  # a Stemmer must not be used by two threads at once


def stems(text: str) -> list[tuple[str, int, int]]:
    """List the stemmed content words of a text, in order, each with its range in the text.

    Returns (stem, start, end) with `text[start:end]` the word as written. Stop words, and words
    of more than 64 characters, are left out. Stems are Snowball's for English; words of other
    languages pass through it, the same way in texts and questions.
    """
    found = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "spaceless":
            found += _pairs(match.group(), start)
        elif end - start <= _LONGEST:
            if kind == "word":
                if word := _word(match.group()):
                    found.append((word, start, end))
            elif kind == "acronym":
                found.append((_stem(_fold(match.group()).replace(".", "")), start, end))
            else:
                found += _number(match)
    return found


def words(text: str) -> list[str]:
    """List the stems of a text alone: what `stems` gives, in half the time.

    No word goes over white space and no rule looks further than the next character, so what stands
    between white space has the same words in every text, and is remembered.
    """
    found: list[str] = []
    for piece in text.split():
        found += _known(piece) if len(piece) <= _LONGEST else _words(piece)
    return found


def _words(piece: str) -> tuple[str, ...]:
    plain = piece.strip(_OUTER)
    if 1 < len(plain) <= _LONGEST and plain.isascii() and plain.isalpha():  # most: a plain word
        return (word,) if (word := _word(plain)) else ()
    return tuple(stem for stem, _, _ in stems(piece))


_known = lru_cache(maxsize=32_768)(_words)  # 10 MB at most


def _pairs(run: str, start: int) -> list[tuple[str, int, int]]:
    """Return the overlapping pairs of characters of a run, or its one character."""
    last = max(len(run) - 1, 1)
    return [
        (unicodedata.normalize("NFKC", run[i : i + 2]), start + i, start + min(i + 2, len(run)))
        for i in range(last)
    ]


def _number(match: re.Match[str]) -> list[tuple[str, int, int]]:
    """Return a number without its thousands commas and, unless an ordinal's, what is glued on."""
    start, end = match.span("number")
    found = [(_fold(match.group("number")).replace(",", ""), start, end)]
    suffix = _fold(match.group("suffix"))
    if suffix and suffix not in _ORDINALS:
        found.append((_stem(suffix), end, match.end("suffix")))
    return found


@lru_cache(maxsize=65_536)
def _word(surface: str) -> str:
    """Return the stem of a word as written; empty for a stop word."""
    word = _fold(surface)
    if "'" in word:
        if word.endswith("n't"):
            return ""
        word = _CLITIC.sub("", word).replace("'", "")
    if word in STOP_WORDS and surface not in _NAMES:
        return ""
    return _stem(word)


def _stem(word: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(word))


def _fold(surface: str) -> str:
    if surface.isascii():
        return surface.lower()
    plain = unicodedata.normalize("NFKD", surface.casefold())
    return _DROPPED.sub("", plain).translate(_LETTERS)
