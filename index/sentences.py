"""Text to sentence spans, for news: abbreviations, quotes, headlines, lines broken in mid-sentence.

Two steps. Lines become paragraphs: a line that was broken by a fixed width is joined to the next,
any other line end (headline, list item, one paragraph a line) ends a sentence. Then each paragraph
is cut where a full stop, question or exclamation mark ends a sentence. Every step runs forward
over the text with bounded look-around, so the time is linear in its length.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from index.types import Span

# Shorter wrapped columns and longer "lines" are lists and whole paragraphs, not broken lines.
_NARROWEST, _WIDEST = 30, 200

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_TERMINATED = re.compile(r"[.!?…。！？｡؟۔।॥][\"'”’»)\]」』）]*\Z")
_BULLET = re.compile(r"(?:[-*•‣◦▪●·+>|]|#{1,6})(?:\s|\Z)|\|")
_NUMBERED_ITEM = re.compile(r"(?:\d{1,3}[.)]|[A-Za-z][.)]|\(\w{1,3}\)|[–—])\s")
_UNFINISHED = re.compile(
    r"(?:,|\b(?:a|an|the|of|to|for|from|with|by|and|or|but|that|than|as|at|into|his|her|their"
    r"|its|was|were|is|are|has|have|had|be|been|will|would))\Z"
)

_CLOSERS = r"[\"'”’»)\]}›」』）】〉》]"
_MARKS = r"[.!?…؟۔।॥։።။។。！？｡]"
# It begins with a set of characters, which is what lets the search skip from mark to mark. The
# look-behind keeps "....." from being tried at every dot.
_STOP = re.compile(
    rf"(?P<mark>{_MARKS}(?<![.!?…][\s\S]){_MARKS}*+)(?:"
    # Chinese and Japanese put no space after theirs.
    rf"(?<=[。！？｡])(?P<wide>{_CLOSERS}*+)"
    # A mark followed by a space. Closing marks may be glued to it, with notes ("theory.[3]"), or
    # stand apart in tokenised text.
    rf"|(?P<close>(?:{_CLOSERS}|\[[^\[\]\n]{{1,40}}\]|:\d[\d–-]*)*+"
    r"(?:[ \xa0](?:''|[\"'»”)\]])(?=\s|\Z))*+)(?=\s|\Z)"
    # A space was lost: "in theory.The".
    r"|(?<=\w\w[.!?])(?P<glued>[”’)\]]?)(?=[“‘]?[A-Z][a-z]{1,20}(?:[\s,;:'’”)-]|\Z)))"
)
_NEXT = re.compile(
    r"\s*[\"“‘'`«(\[{„–—-]*+\s?(?P<word>[^\s\"”’)\],;:.!?]{0,40})(?P<then>[,;:.!?)\]}”’»]?)"
)
_SAID = re.compile(
    r"\s*(?!(?:He|She|They|It|We|I)\s)(?:[A-Z][\w.’'-]{0,30}\s){1,4}"
    r"(?:said|asks?|asked|says|wrote|tweeted|told|added|wondered|replied|joked|shouted|exclaimed)\b"
)
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_INNER_CAPITAL = re.compile(r"[a-z]{1,2}[A-Z]")
_NUMERAL = re.compile(r"\d{1,3}|[ivxIVX]{1,4}|[A-Za-z]")
_ADDRESS = re.compile(r"[/@_\\=<>{}]|www\.", re.IGNORECASE)


class _Kind(Enum):
    """What a full stop after an abbreviation can mean."""

    TITLE = "never the end: Mr., vs."
    COUNTED = "not the end before a number: No. 5"
    CLIPPED = "the end only before a word that begins sentences: Inc. The"
    TIME = "the end unless a zone or a day follows: 9 p.m. Monday"


_KINDS = {
    word: kind
    for kind, words in {
        _Kind.TITLE: "Mr Mrs Ms Mx Dr Drs Prof Sen Sens Rep Reps Gov Govs Gen Gens Lt Col Sgt Capt"
        " Maj Adm Cmdr Cpl Pvt Pfc Spc Brig Supt Det Insp Ald Asst Assoc Atty Pres Hon Rev Fr Mme"
        " Messrs Mlle St Ste Mt Ft Del Amb Sec Treas vs v cf viz eg ie e.g i.e a.k.a lit",
        _Kind.COUNTED: "No Nos no nos Fig Figs fig figs p pp vol vols Vol Vols Art art ch Ch chap"
        " Chap para eq Eq nr Nr ca c approx est Rs Sect Sects Secs Pt pt ver",
        _Kind.CLIPPED: "Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Tue Tues Wed Thu Thurs"
        " Fri Ala Ariz Ark Calif Colo Conn Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont"
        " Neb Nev Okla Ore Pa Tenn Tex Vt Va Wash Wis Wyo Ont Que Alta Inc Corp Co Cos Ltd Bros Jr"
        " Sr Esq Ave Blvd Rd Hwy al Bhd Plc Intl Natl Govt Dept dept Univ Admin Mfg Ph.D Ed eds Br"
        " incl excl resp orig misc corp assn",
        _Kind.TIME: "a.m p.m am pm A.M P.M",
    }.items()
    for word in words.split()
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STARTERS = _words(
    "The A An This That These Those He She It They We You I His Her Its Their Our My In On At But"
    " And Or However While When After Before If As For From With By To There Here What Who Why How"
    " Where Although Though Since Because Despite During Some Many Most Both Another Also Earlier"
    " Meanwhile Later Last Now Then Thus Therefore Hence So Yet Still Not No Such Under Over Until"
    " According Asked Once Each Every All Any One Two Three Among Between Through Today Yesterday"
    " It’s It's He’s He's That’s That's There’s There's They’re They're I’m I'm We’re We're Several"
    " Even Only Just Unlike Like Instead Nevertheless Moreover Furthermore Additionally Finally"
    " Following Given Officials Critics Is Are Was Were Did Does Do Has Have Can Would Should"
)
_AFTER_TIME = _words(
    "ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET CEST IST JST KST AEST HKT SGT"
    " Eastern Central Mountain Pacific Greenwich London Tokyo Beijing Moscow Monday Tuesday"
    " Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr Aug Sept Oct Nov Dec January"
    " February March April May June July August September October November December"
)
_SUFFIXES = _words("com org net edu gov js py io html htm pdf txt php asp aspx xml")


class _Line(NamedTuple):
    start: int
    end: int
    follows: bool  # directly below the line before, with no empty line between

    @property
    def width(self) -> int:
        return self.end - self.start


class _Stop(NamedTuple):
    """A mark that may end a sentence, with its neighbours."""

    left: str  # the word before it, without opening quotes
    mark: str
    close: str  # closing quotes and brackets after it
    right: str  # the next word, without opening quotes
    then: str  # the punctuation after that word; with no word, what comes next
    leads: bool  # `left` is the first word of its sentence
    after: int  # where the next sentence would begin to be looked for


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of `text[start:end]`, in order, as spans that count from the text's beginning.

    Spans are disjoint and have no outer white space; every other character of the range lies in
    exactly one. Headlines, list items and captions are sentences of their own.
    """
    stop = len(text) if end is None else min(end, len(text))
    return [
        span
        for first, last in _paragraphs(text, _lines(text, start, stop))
        for span in _split(text, first, last)
    ]


def _lines(text: str, start: int, end: int) -> list[_Line]:
    lines: list[_Line] = []
    previous_end = -1
    for match in _LINE.finditer(text, start, end):
        raw = match.group()
        body = raw.strip()
        if not body:
            continue
        first = match.start() + len(raw) - len(raw.lstrip())
        gap = text[previous_end : match.start()] if previous_end >= 0 else ""
        lines.append(_Line(first, first + len(body), gap in {"\n", "\r\n", "\r", "\f", "\u2028"}))
        previous_end = match.end()
    return lines


def _paragraphs(text: str, lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    width = _wrap_width(text, lines)
    begin = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or not _continues(text, lines[at - 1], lines[at], width):
            yield lines[begin].start, lines[at - 1].end
            begin = at


def _wrap_width(text: str, lines: Sequence[_Line]) -> int:
    """The column at which the text's lines were broken, 0 where there is no sign of it.

    The sign is a line that starts in lower case right below one without a full stop. The width is
    that of the widest such line.
    """
    widths = [
        above.width
        for above, below in pairwise(lines)
        if below.follows
        and _NARROWEST <= above.width <= _WIDEST
        and text[below.start].islower()
        and not _terminated(text, above)
    ]
    return max(widths, default=0)


def _continues(text: str, above: _Line, below: _Line, width: int) -> bool:
    """Whether a sentence may run on from one line to the next."""
    head = text[below.start : below.start + 8]
    if not below.follows or _BULLET.match(head) or text[above.start] in "#|":
        return False
    # The first word below would not have fitted above, give or take proportional type.
    word = text[below.start : below.start + 20].split()[0]
    full = 0 < 0.8 * width <= above.width + 1 + len(word) and above.width <= 1.3 * width
    if _terminated(text, above):
        return full
    if head[0].islower() and not _NUMBERED_ITEM.match(head):
        return full or (above.width >= _NARROWEST and text[above.end - 1] != ":")
    tail = text[max(above.start, above.end - 8) : above.end]
    return full or (above.width >= _NARROWEST and _UNFINISHED.search(tail) is not None)


def _terminated(text: str, line: _Line) -> bool:
    return _TERMINATED.search(text[max(line.start, line.end - 8) : line.end]) is not None


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for match in _STOP.finditer(text, start, end):
        at = match.end()
        if at <= begin or at >= end:
            continue
        if match["close"] is not None:
            ends = _ends(text, _stop(text, match, begin))
        else:
            ends = match["wide"] is not None or _glued(text, match, begin)
        if ends:
            yield Span(begin, at)
            begin = at
            while begin < end and text[begin].isspace():
                begin += 1
    if begin < end:
        yield Span(begin, end)


def _stop(text: str, match: re.Match[str], begin: int) -> _Stop:
    words = text[max(begin, match.start() - 40) : match.start()].rsplit(None, 1)
    word = words[-1] if words else ""
    following = _NEXT.match(text, match.end())
    return _Stop(
        left=word.lstrip("\"“‘'`«([{—–-"),
        mark=match["mark"],
        close=match["close"],
        right=following["word"] if following else "",
        then=following["then"] if following else "",
        leads=match.start() - begin <= len(word),
        after=match.end(),
    )


def _ends(text: str, stop: _Stop) -> bool:
    if stop.mark[0] in "؟۔।॥։።။។":
        return True
    if not stop.right and stop.then:  # "( ... ) with style", "Where Art Thou ? ."
        return False
    if stop.right[:1].islower():
        return _ends_before_lower_case(stop)
    if "!" in stop.mark or "?" in stop.mark:
        quoted = any(quote in stop.close for quote in "\"'”’")
        return not (quoted and _SAID.match(text, stop.after))
    if len(stop.mark) > 1 or stop.mark == "…":  # "It is... Trump" against "Well... I mean"
        return stop.right not in {"I", "I’m", "I'm"}
    return _ends_before_capital(stop)


def _ends_before_lower_case(stop: _Stop) -> bool:
    """Whether a careless sentence, or one that begins with a name like iPhone, begins there."""
    if stop.close or len(stop.mark) > 1 or stop.mark == "…" or _kind(stop.left):
        return False
    if _DOTTED.fullmatch(stop.left):
        return False
    plain = stop.left.rstrip(")]%")
    return (
        _INNER_CAPITAL.match(stop.right) is not None
        or len(plain) < len(stop.left)
        or (len(plain) > 3 and (plain.islower() or plain.isdecimal()))
    )


def _ends_before_capital(stop: _Stop) -> bool:
    word, kind = stop.left, _kind(stop.left)
    if stop.leads and _NUMERAL.fullmatch(word):  # "1. The first item"
        return False
    if any(quote in stop.close for quote in '"”’»'):
        return True
    starts = stop.right in _STARTERS and not (len(stop.right) == 1 and stop.then == ".")
    if kind is _Kind.TITLE:
        return starts and word in {"St", "Ste"}
    if stop.right[:1].isdigit():
        return not (kind or len(word) == 1 or _DOTTED.fullmatch(word))
    if kind is _Kind.TIME:
        return stop.right not in _AFTER_TIME
    if kind is _Kind.COUNTED:
        return word not in {"p", "pp"}
    initial = len(word) == 1 and word.isupper() and word != "I"
    return starts or not (kind or initial or _DOTTED.fullmatch(word))


def _kind(word: str) -> _Kind | None:
    return _KINDS.get(word) or (_KINDS.get(word.capitalize()) if word.isupper() else None)


def _glued(text: str, match: re.Match[str], begin: int) -> bool:
    """Whether "theory.The" is two sentences: not an address, a file name or an abbreviation."""
    left = text[max(begin, match.start() - 40) : match.start()].rsplit(None, 1)[-1]
    right = text[match.end() : match.end() + 40].split(None, 1)[0].lstrip("“‘")
    word = re.split(r"\W", right, maxsplit=1)[0]
    if _ADDRESS.search(left + right) or word.lower() in _SUFFIXES or _kind(left):
        return False
    return word in _STARTERS or (left.islower() and left.isalpha())
