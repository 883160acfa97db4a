"""Questions that a sentence of an article answers, made from its own words by rule.

A sentence is cut into a subject, a verb, and what follows it up to a date, a place or a reason;
turned round, it asks for what it was cut at. The rules are of English and would rather make no
question than an odd one: of what does not fit, nothing is asked.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from ui.verbs import BASES

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.)"
)
_DAY = rf"(?:{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{4}})"
_DATE = (
    rf"(?:(?:on )?(?:\w+day,? )?(?:on )?{_DAY}|in (?:early |late |mid-)?{_MONTH}|in [12]\d{{3}})\b"
)
_CAPITAL = r"[A-Z][\w’'-]*"
_NAME = rf"{_CAPITAL}(?: (?:(?:of|the|de|van|bin|al) )?{_CAPITAL})*"
_WHEN = re.compile(rf" {_DATE}(?!\d)")
_WHERE = re.compile(rf" (?:in|at) (?:the )?(?!{_MONTH}\b){_NAME}")
_WHY = re.compile(r",? (?:because|due to|in order to|in response to) ")
_INTRO = re.compile(rf"{_DATE.replace('on ', '[Oo]n ').replace('in ', '[Ii]n ')}, (?=\w)")

_FIRST = """
he she it they we i you this that these those there here what who which when where while if but and
or so as in on at for from with by to of after before during since because although though however
then now not no some many most more both one another all his her its their my our your other others
"""
_INSIDE = """
that which who whom whose where when while if but or so as in on at for from with by to after before
during since because about into over under than not also he she it they had have been be do does
"""
_NOT_AT_FIRST, _NOT_INSIDE = frozenset(_FIRST.split()), frozenset(_INSIDE.split())
_VAGUE = re.compile(r"\b(?:it|they|them|he|she|him|this|these|those|there|here|I|we|you)\b")
_UNFINISHED = re.compile(
    r"\b(?:a|an|and|both|by|for|her|him|of|or|that|the|to|with)\Z|\band (?:\w+ly |also )"
    r"|\b(?:by|for|from|in|of|without) \w+ing\Z"
)
_ENDS = re.compile(r"[,;:!?()\[\]“”\"…—–]| - |\.\s")
_ROLE = (
    r"adviser|advisor|ambassador|analyst|architect|artist|astronaut|attorney|author|billionaire|"
    r"captain|CEO|chair|chairman|chairwoman|chancellor|chief|coach|commissioner|composer|"
    r"congressman|congresswoman|designer|dictator|director|economist|editor|engineer|envoy|"
    r"executive|founder|general|governor|historian|journalist|judge|lawyer|leader|manager|mayor|"
    r"minister|Minister|negotiator|novelist|officer|philosopher|physicist|poet|premier|president|"
    r"professor|prosecutor|researcher|scientist|Secretary|secretary|senator|singer|spokesman|"
    r"spokesperson|spokeswoman|striker|surgeon|trainer|Vice-Chairman|writer"
)
_PERSON = rf"(?P<name>[A-Z][a-z][\w’-]*(?: (?:[A-Z]\.|{_CAPITAL})){{1,2}})(?<!’s)"
_KNOWN_AS = re.compile(rf"\b(?:{_ROLE}),? {_PERSON}(?= [a-z]|,|\.\Z)")
_KNOWN_FOR = re.compile(rf"{_PERSON}, (?:a|an|the) (?:[\w’-]+ ){{0,4}}(?:{_ROLE})\b")
_SAID = re.compile(
    rf"(?:\A|(?:{_ROLE}) |, |\b[Tt]he (?=White|State|Pentagon|Kremlin))(?P<who>{_NAME})"
    r" (?:said|says)(?: \w+day)?(?: that)? "
    r"(?P<about>(?:the|[A-Z][\w-]*[’']s|his|her|its|their) (?:[\w’-]+ ){1,4}?)"
    r"(?:is|are|was|were|will|would|has|have|had|could|should|may|might)\b"
)
_MANY = re.compile(
    r"\A(?:(?:About|Around|Nearly|Almost|Some|Over|Only|At least|More than|Fewer than) )?"
    r"(?:\d[\d,.]*(?: (?:million|billion))?|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|"
    r"[Ee]ight|[Nn]ine|[Tt]en|[Dd]ozens of|[Hh]undreds of|[Tt]housands of) "
    r"(?P<what>(?:[a-z][\w-]* ){0,2}[a-z]\w*s|people|men|women|children) (?P<rest>.+)"
)
_THING = (
    r"agency|airport|alliance|album|animal|area|band|bank|battle|book|bridge|building|capital|city|"
    r"club|college|company|condition|country|county|court|currency|device|disease|disorder|district|"
    r"event|family|festival|film|form|game|genus|group|holiday|hotel|institution|island|kind|lake|"
    r"language|law|league|magazine|material|method|mountain|movement|museum|newspaper|novel|"
    r"organisation|organization|party|peak|people|plant|play|practice|process|programme|program|"
    r"project|protein|province|region|religion|river|school|series|ship|show|society|song|species|"
    r"sport|state|stadium|substance|summit|system|team|technique|theory|tournament|town|treaty|"
    r"tribe|type|union|university|village|war|website"
)
_IS = re.compile(
    rf"\A(?P<what>(?:The )?{_NAME}) (?P<verb>is|was) (?:a|an|one of the|the) (?P<as>.+)"
)
_KINDS_OF = (("Who", _ROLE), ("What", _THING))
_LINKS = ("is", "are", "was", "were")
_STATE = re.compile(
    r"(?:\w+ly )?(?:\w+(?:ed|ing|en|wn)|born|built|due|found|held|led|made|set|sold|to)\b"
)
_SAME = ("will", "would", "is", "are", "was", "were", "can", "could", "has")
_HELPERS = {**{word: word for word in _SAME}, "may": "could", "might": "could"}
_ADVERBS = ("first", "also", "later", "once", "last")
_SENTENCE_LONGEST = 600  # characters: the longest in the seeds has 330
_ALL_LONGEST, _SUBJECT_LONGEST, _REST_LONGEST = 110, 7, 11


class Asked(NamedTuple):
    """A question and what it asks for: when, where, why, many, who, said or what."""

    kind: str
    question: str


class _Clause(NamedTuple):
    subject: str
    helper: str
    rest: str  # from the verb on, the verb in the form that follows the helper


def questions(sentence: str, is_word: Callable[[str], bool]) -> Iterator[Asked]:
    """Yield the questions that a sentence in one line answers, in no order of worth.

    `is_word` tells whether a word is written in lower case elsewhere in the article, so that a
    capital at the beginning of the sentence is not taken for that of a name.
    """
    if len(sentence) > _SENTENCE_LONGEST:
        return
    found = [*_of_clauses(sentence, is_word), *_of_people(sentence), *_of_numbers(sentence)]
    seen: set[str] = set()
    for kind, question in found:
        if question not in seen and len(question) <= _ALL_LONGEST and _is_plain(question):
            seen.add(question)
            yield Asked(kind, question)


def _of_clauses(sentence: str, is_word: Callable[[str], bool]) -> Iterator[Asked]:
    intro = _INTRO.match(sentence)
    body = sentence[intro.end() :] if intro else sentence
    clause = _clause(body, is_word)
    if clause is None:
        yield from _said_on(intro, body)
        return
    subject, helper, rest = clause
    if helper in _LINKS and rest[:1] and not _STATE.match(rest):
        yield from _of_definition(body, is_word)
        return
    begun = f"{helper} {subject}"
    if intro:
        yield from _said_on(intro, body)
        yield from _asked("when", f"When {begun}", _until_stop(rest))
    if (at := _WHEN.search(rest)) and helper != "has":
        place = _WHERE.search(rest[: at.start()])
        yield from _asked("when", f"When {begun}", rest[: place.start() if place else at.start()])
    if (at := _WHERE.search(rest)) and helper != "has":
        yield from _asked("where", f"Where {begun}", rest[: at.start()])
    if at := _WHY.search(rest):
        yield from _asked("why", f"Why {begun}", rest[: at.start()])
    yield from _of_definition(body, is_word)


def _of_definition(body: str, is_word: Callable[[str], bool]) -> Iterator[Asked]:
    if found := _IS.match(body):
        named = re.split(r",| of | in | that | who | which ", found["as"], maxsplit=1)[0].rstrip(
            "."
        )
        word = next((w for w, kind in _KINDS_OF if re.search(rf"\b(?:{kind})\Z", named)), "")
        if word:
            yield Asked("what", f"{word} {found['verb']} {_lowered(found['what'], is_word)}?")


def _asked(kind: str, begun: str, rest: str) -> Iterator[Asked]:
    words = rest.split()
    odd = any(pattern.search(rest.strip()) for pattern in (_ENDS, _VAGUE, _UNFINISHED))
    told = any(one == "and" and two in BASES for one, two in pairwise(words))
    another = told or any(word in _HELPERS for word in words[1:])  # clause, that is
    if len(words) <= _REST_LONGEST and not odd and not another:
        yield Asked(kind, f"{' '.join([begun, *words])}?")


def _until_stop(rest: str) -> str:
    """What follows a verb up to where the clause may end, or the full stop of the sentence."""
    return re.split(r"[,;]| (?:as|after|before|while|when) ", rest, maxsplit=1)[0].rstrip(".")


def _said_on(intro: re.Match[str] | None, body: str) -> Iterator[Asked]:
    found = re.match(rf"(?P<who>(?:the )?{_NAME}) (?:said|announced|declared|warned)\b", body)
    if intro and found:
        date = intro.group().rstrip(", ")
        verb = BASES.get(found.group().split()[-1], "say")
        yield Asked("said", f"What did {found['who']} {verb} {date[0].lower()}{date[1:]}?")


def _of_people(sentence: str) -> Iterator[Asked]:
    for pattern in (_KNOWN_AS, _KNOWN_FOR):
        for found in pattern.finditer(sentence):
            yield Asked("who", f"Who is {found['name']}?")
    for found in _SAID.finditer(sentence):
        about = found["about"].strip()
        if not about.startswith(("his ", "her ", "its ", "their ")):
            the = (
                "the " if re.match(r"White House|State Dep|Pentagon|Kremlin", found["who"]) else ""
            )
            yield Asked("said", f"What did {the}{found['who']} say about {about}?")


def _of_numbers(sentence: str) -> Iterator[Asked]:
    found = _MANY.match(sentence)
    if found is None:
        return
    verb, _, rest = found["rest"].partition(" ")
    if verb in BASES or verb in ("were", "are", "will", "have"):
        yield from _asked("many", f"How many {found['what']} {verb}", _until_stop(rest))


def _clause(body: str, is_word: Callable[[str], bool]) -> _Clause | None:
    """The first clause of a sentence that begins with its subject, or None."""
    words = body.split()
    for place, word in enumerate(words[1 : _SUBJECT_LONGEST + 2], 1):
        if word in _HELPERS or word in BASES:
            return _cut(words[:place], word, words[place + 1 :], is_word)
        if word.lower() in _NOT_INSIDE or not re.fullmatch(r"[\w’'.-]*[\w’']|[A-Z]\.|U\.S\.", word):
            return None
    return None


def _cut(
    before: list[str], verb: str, after: list[str], is_word: Callable[[str], bool]
) -> _Clause | None:
    adverbs: list[str] = []
    while len(before) > 1 and (before[-1] in _ADVERBS or before[-1].endswith("ly")):
        adverbs.insert(0, before.pop())
    if before[0].lower() in _NOT_AT_FIRST or _ENDS.search(before[0]):
        return None
    names = all(word[0].isupper() or word in ("and", "of", "the") for word in before)
    if not names and before[0] not in ("The", "A", "An", "the", "a", "an"):
        return None
    subject = _lowered(" ".join(before), is_word)
    if verb in _HELPERS:
        return _Clause(subject, _HELPERS[verb], " ".join([*adverbs, *after]))
    return _Clause(subject, "did", " ".join([*adverbs, BASES[verb], *after]))


def _lowered(subject: str, is_word: Callable[[str], bool]) -> str:
    """The subject as it stands inside a sentence."""
    first, _, rest = subject.partition(" ")
    lower = first.lower()
    if first in ("The", "A", "An") or is_word(lower):
        return f"{lower} {rest}".strip()
    return subject


def _is_plain(question: str) -> bool:
    """Whether it says enough to stand alone, and nothing that is no part of a question."""
    names = re.findall(r"[A-Z][\w’-]+|\d+", question)[1:]
    words = question.rstrip("?").split()
    return bool(names) and len(words) >= 3 and not re.search(r"[@#/\\_<>{}|*=]", question)
