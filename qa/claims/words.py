"""A sentence as compared: its words, names, numbers, dates, and what negates or hedges them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from index.stems import stems
from qa.claims.wordlists import DATES, LONG_NAMES, NUMBERS, PAST, SAME, SCALES
from qa.followup.wordlists import FUNCTION

_SPELT = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": ",", "\u00a0": " ", "[": "(", "]": ")"}
    | {"%": " percent ", "$": " dollar ", "£": " pound ", "€": " euro "}
)
_HOUR = re.compile(r"(?<=\d) ?([ap])\.?m\b\.?", re.I)
_DASHED = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_INITIAL = re.compile(r"(?:^|[.!?:;]\s+|[\"(]\s*|^\s*[-*•]\s*)$")
# What turns a statement round, and what makes it less than one. Their scope is what follows.
_NEGATION = re.compile(
    r"\b(?:not|never|no(?! (?:later|sooner|more than|less than|fewer than|\d))|none|nobody|nothing|"
    r"nowhere|neither|nor|without|cannot|hardly|barely|scarcely|unlikely|"
    r"\w+n't|(?:den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing)|fail(?:s|ed|ing)?(?= to)|"
    r"reject(?:s|ed|ing)?|declin(?:e|es|ed|ing)(?= to)|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?|"
    r"cancel(?:s|ed|led|ling|ing)?|call(?:s|ed|ing)? off|rul(?:e|es|ed|ing) out|"
    r"instead of|rather than|lack(?:s|ed|ing)?(?: of)?|far from|stop(?:s|ped|ping)?))\b",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:may(?! \d)|might|could|possibly|perhaps|maybe|reportedly|allegedly|likely|probably|"
    r"apparently|supposedly|almost|nearly|potential(?:ly)?|"
    r"(?:want|hope|plan|threaten|offer|promise|consider|propose|urge|demand|ask|expect|try|seek|"
    r"intend|vow|pledge|aim|attempt|due|agree|tri|hop|propos|promis|threaten)"
    r"(?:s|es|ed|d|ned|ning|ing|ied)?(?= (?:[\w' ]{1,30} )?"
    r"to (?!(?:the|an?|his|her|its|their|during|in|on|at)\b)))\b"
)
_CONDITION = re.compile(r"\b(?:if|unless|provided that)\b", re.I)
_LEAD_IN = re.compile(
    r"^(?:(?:According to|Based on|As (?:stated|reported|mentioned) in) (?:the|this) (?:\w+ )?"
    r"(?:article|passage|source|text|report|context)s?,? "
    r"|(?:The|This) (?:\w+ )?(?:article|passage|source|text|report|context) "
    r"(?:says|states|said|reports|mentions|notes|indicates) (?:that )?"
    r"|It (?:is|was) (?:reported|stated|said|noted|mentioned) (?:there )?that )"
)
_COMING = re.compile(r"\b(?:(?:is|are)|(?P<past>was|were)) (?:set|going|scheduled) to\b")
_WRITTEN = (
    (re.compile(r"\bsuch as\b"), "like"),
    (re.compile(r"\bas well\b(?! as)"), "also"),
    (re.compile(r"\btook place\b"), "happened"),
    (re.compile(r"\btak(?:e|es|en|ing) place\b"), "happen"),
)
# What tells where something goes, or whether it is done, is to be done, or can be; and what is done
# to what stands before. Both are of the word behind them, and of what comes between.
_LEAD = re.compile(
    r"\b(from|to|will|would|shall|should|must|ought to|can|could|may|might)\s+"
    r"(?:(?:not|never|also|be|been|have|do|the|an?|this|these|his|her|its|their|[a-z]+ly)\s+){0,3}",
    re.I,
)
_SUFFERS = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+"
    r"(?:(?:not|never|also|often|now|still|sometimes|first|later|then|already|[a-z]+ly)\s+)*"
)
_BREAK = re.compile(r"[;.!?]\s|[;!?]|,\s|\b(?:after|before|when|while|because|since|until)\b")
_CLAUSE = re.compile(r"[;.!?]\s|[;!?]|,\s+(?:but|and|while|although)\b")
_SCOPE = 3  # content words that a negation or a hedge is taken to be about
_PASSIVE = re.compile(
    r"(?P<subject>[^,;:\"]*?)\b"
    r"(?:(?:has|have|had|(?P<modal>will|would|shall|should|must|can|could|may|might)) )?"
    r"(?:was|were|is|are|been|be|being)(?: been| being)?\s+"
    r"(?P<verb>(?:\w+ly )?\w+(?:ed|en|wn|ght|ld|ade|ung|ound|ut|et|it|ept|elt|ost|id|un|one|orn))\b"
    r"(?P<more>[^,;:\"]{0,40}?)\bby\s+"
    r"(?P<agent>(?:the |a |an )?(?:[A-Z][\w.'-]*|of|and|the|[a-z]+(?= [A-Z]))"
    r"(?: (?:[A-Z][\w.'-]*|of(?= [A-Z])|and(?= [A-Z])))*"
    r"(?: (?:administration|government|officials|army|forces|troops|police|court|party|ministry))?)"
)
_SAYING = (
    r"(?:said|says|say|told|tells|added|adds|noted|wrote|tweeted|argued|claimed|announced|stated|"
    r"explained|reported|conceded|insisted|warned)"
)
_SAYS = re.compile(rf"[,\"].*\b{_SAYING}\b")
_SAID = re.compile(
    rf"^(?P<what>.*\w.*?)(?P<mark>,?\"|,)\s+(?:(?P<who>[^,\"]{{2,80}}?)\s+(?P<verb>{_SAYING})\b"
    rf"|(?P<verb2>{_SAYING})\s+(?P<who2>[^,\"]{{2,80}}?))(?P<rest>[^\"]{{0,80}})$",
    re.S,
)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|should)\b")
_ENDS = r"(?=[,.;:)\"]|\s*$|\s+(?:[(\"]|(?:" + "|".join(sorted(map(re.escape, FUNCTION))) + r")\b))"
_MOVABLE = re.compile(
    r"\b(?i:in|on|at|during|since|until|near|by|from|around|between|according to)\s+"
    r"(?:(?:the|about|early|late|mid|an?|around)[ -]+)?"
    r"(?P<what>[A-Z\d][\w:-]*(?:[ ,]+(?:[A-Z\d][\w:-]*|and(?= \d)|am\b|pm\b|century|local time))*)"
    + _ENDS
    + r"|\b(?P<day>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
    + _ENDS
)


@dataclass(frozen=True, slots=True)
class Word:
    """A content word at `start`: its stem, or what its name, number or date is written as at once.

    `kind` is "word", "name" (a capital), "opening" (a capital that begins a sentence), "number" or
    "date"; `movable` counts the phrases of time or place, which may stand anywhere, up to its own;
    `lead` is what goes before it of "from", "to", "will", "must" and their like; `passive` tells
    that it is done to what stands before it.
    """

    stem: str
    kind: str
    text: str
    start: int
    movable: int = 0
    lead: str = ""
    passive: bool = False

    @property
    def past(self) -> bool:
        """Whether it has the form of what has happened, or was done."""
        text = self.text.lower()
        return text.endswith("ed") or text in PAST


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as compared: its words in the order of an active statement, and what qualifies it.

    `negations` and `hedges` hold the stems that each of them is about, nearest first; `conditions`
    those of each clause that holds an "if".
    """

    text: str
    words: tuple[Word, ...]
    negations: tuple[tuple[str, ...], ...]
    hedges: tuple[tuple[str, ...], ...]
    conditions: tuple[frozenset[str], ...]

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.words)


@lru_cache(maxsize=2048)
def sentence(text: str) -> Sentence:
    """Take a sentence apart; the same text gives the same object."""
    plain = _HOUR.sub(lambda match: f" {match[1].lower()}m ", text.translate(_SPELT))
    plain = _LEAD_IN.sub("", _DASHED.sub(" ", " ".join(plain.split())))
    plain = _COMING.sub(lambda match: "would" if match["past"] else "will", plain)
    for written, same in _WRITTEN:
        plain = written.sub(same, plain)
    # Negations are read where they stand, before the statement is put into one order.
    words = tuple(_words(plain))
    return Sentence(
        text=plain,
        words=tuple(_words(_active(_said_first(plain)))),
        negations=tuple(_scopes(_NEGATION, plain, words)),
        hedges=tuple(_scopes(_HEDGE, plain, words)),
        conditions=tuple(_conditions(plain, words)),
    )


def _said_first(text: str) -> str:
    """Put the one who says something first: '"…", Trump said' becomes 'Trump said "…"'."""
    match = _SAID.match(text) if _SAYS.search(text) else None  # which is quick
    if not match:
        return text
    who, verb = match["who"] or match["who2"], match["verb"] or match["verb2"]
    if len(who.split()) > 8 or not re.search(
        r"[A-Z]|official|spokes|source|\b(?:he|she|they)\b", who
    ):
        return text
    rest = match["rest"].strip(" .")
    if _VERB.search(rest):
        return text  # what is said comes after
    return f"{who} {verb} {rest} that {match['what']}."


def _active(text: str) -> str:
    """Put who does something first: "Trump was invited by Lee" becomes "Lee invited Trump"."""
    match = _PASSIVE.search(text) if " by " in text else None
    if not match or not re.search("[A-Z]", match["agent"]):
        return text
    verb = f"{match['modal'] or ''} {match['verb']}"
    turned = f"{match['agent']} {verb} {match['subject'].strip()} {match['more'].strip()}"
    return f"{text[: match.start()]}{turned}{text[match.end() :]}"


def _words(text: str) -> Iterator[Word]:
    movable = [m.span("what") if m["what"] else m.span("day") for m in _MOVABLE.finditer(text)]
    found = [_word(text, *entry) for entry in stems(text)]
    led = [(m.start(), m.end(), m[1].lower()) for m in _LEAD.finditer(text)]
    done = [(m.start(), m.end()) for m in _SUFFERS.finditer(text)]
    for word in _joined([word for word in found if word]):
        at = word.start
        yield Word(
            word.stem,
            word.kind,
            word.text,
            at,
            movable=next((n for n, (start, end) in enumerate(movable, 1) if start <= at < end), 0),
            lead=next((lead for start, end, lead in led if start < at <= end), ""),
            passive=word.past and any(start < at <= end for start, end in done),
        )


def _word(text: str, stem: str, start: int, end: int) -> Word | None:
    surface = text[start:end]
    if surface == "may":
        return None
    if surface[0].isdigit():
        return Word(stem, "number", surface, start)
    if stem in NUMBERS:
        return Word(f"{NUMBERS[stem]:g}", "number", surface, start)
    upper = surface[0].isupper()
    if upper and stem in DATES:
        return Word(DATES[stem], "date", surface, start)
    opening = upper and bool(_INITIAL.search(text[max(0, start - 8) : start]))
    kind = "opening" if opening and not surface.isupper() else "name" if upper else "word"
    return Word(SAME.get(stem, stem) if upper else stem, kind, surface, start)


def _joined(words: Sequence[Word]) -> Iterator[Word]:
    """Join "30 thousand" to a number and "United States" to a name."""
    at = 0
    while at < len(words):
        word = words[at]
        after = words[at + 1] if at + 1 < len(words) else None
        # "twenty-five", and then its scale
        if after and word.kind == after.kind == "number" and _tens(word, after):
            word = replace(word, stem=f"{float(word.stem) + float(after.stem):g}")
            at += 1
            after = words[at + 1] if at + 1 < len(words) else None
        if after and word.kind == "number" and after.stem in SCALES and _close(word, after):
            value = _number(word.stem)
            if value is not None:
                word = replace(word, stem=f"{round(value * SCALES[after.stem], 6):.15g}")
                at += 1
        elif word.kind == "number":
            value = _number(word.stem)
            word = replace(word, stem=f"{value:.15g}") if value is not None else word
        elif after and (word.stem, after.stem) in LONG_NAMES and word.text[0].isupper():
            word = replace(word, stem=LONG_NAMES[word.stem, after.stem], kind="name")
            at += 1
        yield word
        at += 1


def _tens(word: Word, after: Word) -> bool:
    spelt = not word.text[0].isdigit() and not after.text[0].isdigit()
    if not spelt or not _close(word, after):
        return False
    return float(word.stem) in range(20, 100, 10) and float(after.stem) in range(1, 10)


def _close(word: Word, after: Word) -> bool:
    return after.start - word.start - len(word.text) <= 2


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _scopes(cue: re.Pattern[str], text: str, words: Sequence[Word]) -> Iterator[tuple[str, ...]]:
    telling = [word for word in words if word.text.lower() not in FUNCTION]
    for match in cue.finditer(text):
        stop = _BREAK.search(text, match.end())
        limit = stop.start() if stop else len(text)
        beyond = [word for word in telling if word.start >= match.end()]
        after = [word for word in beyond if word.start < limit]
        before = [word for word in reversed(telling) if word.start < match.start()]
        # What is denied is done or said; a name tells it only where nothing else does.
        said = [word for word in after if word.kind == "word"]
        names = [word for word in after if word.kind != "word"]
        yield tuple(word.stem for word in (said[:_SCOPE] + names or before or beyond)[: _SCOPE + 1])


def _conditions(text: str, words: Sequence[Word]) -> Iterator[frozenset[str]]:
    edges = [0, *(match.start() for match in _CLAUSE.finditer(text)), len(text)]
    for start, end in pairwise(edges):
        if _CONDITION.search(text, start, end):
            yield frozenset(word.stem for word in words if start <= word.start < end)
