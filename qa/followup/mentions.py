"""The things that a question or an answer speaks of: noun phrases with their kind and number.

There is no tagger: a phrase is a run of words that are neither function words nor common verbs,
and its kind is read off capitals, titles, endings and small word lists. English only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from qa.followup.wordlists import (
    ADJECTIVES,
    ANIMATE,
    AUXILIARIES,
    CONNECTIVES,
    FEMALE,
    FUNCTION,
    HUMAN,
    LIGHT_HEADS,
    MALE,
    MONTHS,
    ORGANISATIONS,
    PLACE_ENDS,
    PLACES,
    PREPOSITIONS,
    TITLES,
    VERBS,
)

WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-.&/][^\W_]+|['’](?!s\b)[^\W_]+)*|['’]s\b|[^\w\s]"
)
_DETERMINERS = frozenset(
    ["the", "a", "an", "some", "any", "his", "her", "its", "their", "our", "my", "your"]
)
_YEAR = re.compile(r"(?:1\d|20)\d\ds?")
_PLURAL = re.compile(r"[^\W\d_]{2,}(?<![sui])s$|(?:people|men|women|children|police)$", re.I)
_SUBJECTS = frozenset(
    ["it", "he", "she", "they", "i", "you", "we", "this", "that", "these", "those", "there"]
)
_ORDERED = frozenset(["that", "the", "a", "an", "your", "out", "up", "if", "it", "this", "these"])
_ADVERB = re.compile(
    r"(?!(?:ally|family|reply|supply|early|daily|weekly|assembly|monopoly|anomaly|butterfly|"
    r"bully|belly|jelly|lily|elderly|friendly|monthly)$)..+ly$"
)
_VERBAL = re.compile(r"...ed$|...(?:iz|is|ifi|at)es$|...(?:iz|ify|at)ing$")
_LONGEST = 8  # words; a longer run is a sentence whose verb is not known


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase `text[start:end]`, its article included.

    `kind` is person, place, organisation, date, name (capitals of unknown kind) or thing;
    `plural` tells whether it is "they"; `female` is None where the name does not tell.
    `possessive` tells that 's follows, `relation` that "of" does, so that it names a side of what
    comes after; `preposition` is the one right before it, or empty; `whole` is the phrase with
    what follows its "of".
    """

    text: str
    start: int
    end: int
    kind: str
    plural: bool = False
    female: bool | None = None
    possessive: bool = False
    relation: bool = False
    preposition: str = ""
    whole: str = ""

    @property
    def bare(self) -> str:
        """The phrase without its article."""
        first, _, rest = self.text.partition(" ")
        return rest if rest and first.lower() in _DETERMINERS else self.text

    @property
    def head(self) -> str:
        """The last word, lower case, without a plural's s."""
        word = self.bare.split()[-1].lower() if self.bare else ""
        return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "su" else word

    @property
    def owned(self) -> bool:
        """Whether it is a side of a thing: "the empire's religion", but not "Kim's letter"."""
        return self.bare != self.text and ("'s " in self.text or "’s " in self.text)

    @property
    def named(self) -> bool:
        """Whether it is, or holds, a name."""
        return any(word[0].isupper() for word in self.bare.split())


@lru_cache(maxsize=256)
def mentions(text: str) -> tuple[Mention, ...]:
    """List the noun phrases of a text in their order, pairs joined by "and" besides their parts."""
    tokens = list(WORD.finditer(text))
    found = [
        _mention(text, tokens, first, last)
        for first, last in _runs(text, tokens)
        if last - first <= _LONGEST
    ]
    joined = _joined(text, [mention for mention in found if mention.bare])
    kept = [mention for mention in joined if mention.head not in LIGHT_HEADS]
    return tuple(sorted([*kept, *_pairs(text, kept)], key=lambda m: (m.start, -m.end)))


@lru_cache(maxsize=256)
def names(text: str) -> tuple[Mention, ...]:
    """List the capitalised parts of the noun phrases: "Singapore" of "the Singapore summit"."""
    found = []
    for mention in mentions(text):
        words = list(WORD.finditer(text, mention.start, mention.end))
        upper = [w for w in words if w.group()[0].isupper() and w.group().lower() not in FUNCTION]
        if upper and not re.search(r"['’]s | and ", mention.text):
            start, end = upper[0].start(), upper[-1].end()
            part = text[start:end]
            kind = _kind(part, mention.preposition if start == mention.start else "", False)
            found.append(replace(mention, text=part, start=start, end=end, kind=kind))
    return tuple(found)


def verb(word: str) -> bool:
    """Tell whether a word is a common verb in one of its forms."""
    return word.islower() and word in VERBS


def _runs(text: str, tokens: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(tokens):
        last = first + (tokens[first].group().lower() in _DETERMINERS)
        begin = last
        while last < len(tokens) and _inside(text, tokens, begin, last):
            last += 1
        if last > begin and not _predicate(tokens, first, last):
            yield first, last
        first = max(last, first + 1)


def _predicate(tokens: list[re.Match[str]], first: int, last: int) -> bool:
    """Tell whether a run is no phrase but what is said of one: "it is safe", "was reorganised"."""
    word = tokens[first].group()
    if last - first > 1:
        return False
    if word[0].isupper():  # "Note that", "Select the": an order, and nobody's name
        opens = first == 0 or not tokens[first - 1].group()[0].isalnum()
        return opens and last < len(tokens) and tokens[last].group() in _ORDERED
    before = tokens[first - 1].group().lower() if first else ""
    return before in _SUBJECTS or word.endswith(("ed", "ly")) or word.isdigit()


def _inside(text: str, tokens: list[re.Match[str]], begin: int, at: int) -> bool:
    """Tell whether the token at `at` carries on the phrase that begins at `begin`."""
    word = tokens[at].group()
    lower = word.lower()
    if at > begin and lower == "of" and at + 1 < len(tokens):  # "Secretary of State"
        return tokens[at - 1].group()[0].isupper() and tokens[at + 1].group()[0].isupper()
    if not word[0].isalnum() or lower == "i":
        return False
    opening = at == 0 or tokens[at - 1].group() in ".?!"
    if lower in ADJECTIVES and word[0].isupper() and at + 1 < len(tokens):  # "New York"
        return not opening or tokens[at + 1].group()[0].isupper()
    if lower in ADJECTIVES and at == begin and begin and at + 1 < len(tokens):  # "the first summit"
        article = tokens[at - 1].group().lower() in _DETERMINERS
        return article and tokens[at + 1].group().lower() not in FUNCTION
    if lower in FUNCTION | ADJECTIVES and (word.islower() or opening or not word.isupper()):
        return lower == "us" and word.isupper()
    if at == begin and at and word.islower() and _infinitive(tokens, at):
        return False
    if lower in MONTHS and at > begin and not tokens[at - 1].group().isdigit():
        return False
    if word[0].isupper() and not opening:
        return True
    if word.lower() in VERBS and (word.islower() or opening):
        return _noun_here(tokens, begin, at)
    return not (word.islower() and (_ADVERB.search(word) or (at > begin and _VERBAL.search(word))))


def _infinitive(tokens: list[re.Match[str]], at: int) -> bool:
    """Tell whether a word is a verb by what stands before it: "do I apply", "to open a ..."."""
    before = tokens[at - 1].group().lower()
    if before != "to":
        return before in {"i", "you", "we", "they", "he", "she"}
    after = tokens[at + 1].group() if at + 1 < len(tokens) else "?"
    return after.lower() in _DETERMINERS or (after[0].isalpha() and after.lower() not in FUNCTION)


def _noun_here(tokens: list[re.Match[str]], begin: int, at: int) -> bool:
    """Tell whether a word that may be a verb is a noun: "a deal", "the Singapore talks?"."""
    if not begin or tokens[begin - 1].group().lower() not in _DETERMINERS:
        return False
    before = tokens[begin - 2].group().lower() if begin > 1 else ""
    if at > begin and tokens[at - 1].group().lower() in HUMAN and tokens[at].group().endswith("s"):
        return False  # "my friend works"
    after = tokens[at + 1].group().lower() if at + 1 < len(tokens) else "?"
    ends = not after[0].isalnum() or after in AUXILIARIES | PREPOSITIONS
    return at == begin or (ends and before not in AUXILIARIES)


def _mention(text: str, tokens: list[re.Match[str]], first: int, last: int) -> Mention:
    start, end = tokens[first].start(), tokens[last - 1].end()
    phrase = text[start:end]
    after = tokens[last].group().lower() if last < len(tokens) else ""
    before = tokens[first - 1].group().lower() if first else ""
    preposition = before if before in PREPOSITIONS else ""
    speaks = bool({after, *(t.group().lower() for t in tokens[last : last + 2])} & ANIMATE)
    kind = _kind(phrase, preposition, speaks)
    words = phrase.split()
    lowered = {word.lower() for word in words}
    female = True if lowered & FEMALE else False if lowered & MALE else None
    return Mention(
        text=_untitled(phrase) if kind == "person" else phrase,
        start=start,
        end=end,
        kind=kind,
        plural=bool(_PLURAL.search(words[-1]))
        and (kind in {"thing", "name"} or words[-1].lower() in HUMAN),
        female=female,
        possessive=after in {"'s", "’s"},
        relation=after == "of",
        preposition=preposition,
    )


def _kind(phrase: str, preposition: str, speaks: bool) -> str:
    words = [word for word in phrase.split() if word.lower() not in _DETERMINERS]
    lowered = [word.lower() for word in words]
    if not words:
        return "thing"
    if set(lowered) & MONTHS or _YEAR.fullmatch(words[-1]):
        return "date"
    if not words[-1][0].isupper():
        group = lowered[-1] in ORGANISATIONS
        return "person" if lowered[-1] in HUMAN else "organisation" if group else "thing"
    joined = " ".join(lowered)
    if joined in PLACES or lowered[-1] in PLACE_ENDS:
        return "place"
    if set(lowered) & ORGANISATIONS or (len(words) == 1 and words[0].isupper()):
        return "organisation"
    if lowered[0] in TITLES or set(lowered) & (FEMALE | MALE) or "-" in words[-1] or speaks:
        return "person"
    return "place" if preposition in {"in", "at", "near"} else "name"


def _untitled(phrase: str) -> str:
    """Return a person's name without the titles before it, if a name is left."""
    words = phrase.split()
    upper = [i for i, word in enumerate(words) if word.lower() in TITLES | {"of", "the"}]
    rest = words[upper[-1] + 1 :] if upper else words
    return " ".join(rest) if rest and rest[0][0].isupper() else phrase


def _joined(text: str, found: list[Mention]) -> list[Mention]:
    """Give each mention its owner ("Kim's letter") and its whole ("the wall of China")."""
    done: list[Mention] = []
    for at, mention in enumerate(found):
        before = found[at - 1] if at else None
        after = found[at + 1] if at + 1 < len(found) else None
        start = mention.start
        owned = mention.kind == "thing" and before is not None
        if owned and before and text[before.end : start] in {"'s ", "’s "}:
            start = before.start
        whole = mention.end
        if after and text[whole : after.start] == " of ":
            whole = after.end
        done.append(
            replace(
                mention,
                start=start,
                text=mention.text if start == mention.start else text[start : mention.end],
                whole=mention.text if whole == mention.end else text[start:whole],
            )
        )
    return done


def _pairs(text: str, found: list[Mention]) -> Iterator[Mention]:
    for left, right in pairwise(found):
        people = left.kind in {"person", "name"} and right.kind in {"person", "name"}
        if people and text[left.end : right.start] in CONNECTIVES:
            whole = text[left.start : right.end]
            yield replace(left, text=whole, end=right.end, kind="person", plural=True)
