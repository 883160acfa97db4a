"""Fragments made whole from the question before them: "And where?", "What about Hanoi?"."""

import re

from index.stems import stems
from qa.followup.mentions import WORD, mentions, names, verb
from qa.followup.salience import Memory, Wanted
from qa.followup.wordlists import AUXILIARIES, FUNCTION, PREPOSITIONS

_OPENING = re.compile(r"(?:(?:and|but|so|or|also|well|ok(?:ay)?|oh|then)\b[, ]+)+", re.IGNORECASE)
_ABOUT = re.compile(r"(?:what|how) about\b\s*(?:the )?", re.IGNORECASE)
_BEFORE = r"(?:(?:on|in|at|by|from|since|for|to|with|of|until|under|about) )?"
_HOW = r"how(?: (?:many|much|long|often|far|old|big|large|soon|come))?"
_AHEAD = (  # what is asked for ends where the sentence goes on: "what time | do they start"
    r"(?= (?:is|are|was|were|do|does|did|will|would|can|could|should|has|have|had|may|might)\b)"
)
_LEAD = re.compile(
    rf"{_BEFORE}(?:whom?|whose|when|where|why|{_HOW}(?: [a-z]+{_AHEAD})?|"
    rf"(?:what|which)(?: (?:\w+ )?[a-z]+{_AHEAD})?)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"{_BEFORE}(?:whom?|when|where|why|{_HOW}|"
    r"(?:what|which)(?: (?:exact |specific )?(?:dates?|days?|months?|years?|times?|places?|"
    r"city|cities|country|countries|hotel|town|people|reasons?|purpose|ones?))?)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(first|second|third|fourth|fifth|last|next|other|previous)(?: ones?\b)?", re.IGNORECASE
)
_BARE_TOPIC = 2  # content words; a fragment with more of them is a search of its own
_FRAGMENT = 6  # words; a longer text without a verb is not filled in


def opening(question: str) -> int:
    """Return how many characters at the start only tie the question to the one before."""
    match = _OPENING.match(question)
    return match.end() if match else 0


def complete(question: str, memory: Memory) -> str:
    """Return a fragment as a whole question in the light of the last one; others unchanged."""
    rest = question[opening(question) :]
    tied = rest != question
    body = rest.rstrip(" ?!.")
    if _BARE.fullmatch(body):
        return _asked_again(body, memory.question, question)
    if rest.endswith("!"):
        return question
    about = _ABOUT.match(body)
    if about and not _whole(body[about.end() :]):
        return _changed(body[about.end() :], memory, question)
    if _whole(body) or len(body.split()) > _FRAGMENT:
        return question
    if _LEAD.match(body) or tied or _first(body) in PREPOSITIONS:
        return _changed(body, memory, question)
    return question if _keywords(rest) else _carried(body, memory, question)


def _keywords(text: str) -> bool:
    """Tell whether a text without a verb is a search by keywords: nothing says that it asks on."""
    words = [match.group().lower() for match in WORD.finditer(text)]
    return not text.rstrip().endswith("?") and FUNCTION.isdisjoint(words)


def _asked_again(asking: str, before: str, question: str) -> str:
    """Ask the last question again with another question word."""
    body = before.rstrip(" ?!.")
    lead = _LEAD.match(body)
    rest = body[lead.end() :].strip() if lead else body
    first = _first(rest)
    if first in AUXILIARIES:
        return f"{asking} {rest[0].lower()}{rest[1:]}?"
    plain = rest.replace("(", "").replace(")", "")
    return f"{asking} ({plain})?" if plain else question


def _changed(part: str, memory: Memory, question: str) -> str:
    """Ask the last question again with one part of it exchanged."""
    before = memory.question.rstrip(" ?!.")
    if _BARE.fullmatch(part):
        return _asked_again(part, before, question)
    ordinal, old = _ORDINAL.match(part.removeprefix("the ")), _ORDINAL.search(before)
    if ordinal and old:
        return f"{before[: old.start(1)]}{ordinal.group(1)}{before[old.end(1) :]}?"
    if _first(part) in PREPOSITIONS:
        return f"{_without(before, _first(part))} {part}?"
    new = names(part)
    if new and all(word[0].isupper() or word == "and" for word in part.split()):
        same = [
            m for m in names(before) if m.kind == new[0].kind or "name" in (m.kind, new[0].kind)
        ]
        if len(same) == 1 and same[0].text != part:
            return f"{before[: same[0].start]}{part}{before[same[0].end :]}?"
    return _carried(part, memory, question)


def _carried(part: str, memory: Memory, question: str) -> str:
    """Name beside the fragment what the conversation is about, unless it says so itself."""
    words = {stem for stem, _, _ in stems(part)}
    if words & memory.stems or len(words) > _BARE_TOPIC:
        return question
    topic = memory.choose(Wanted("topic"), besides=part)
    body = question.rstrip(" ?!.")
    return f"{body} ({topic.text}){question[len(body) :]}" if topic else question


def _without(before: str, preposition: str) -> str:
    """Return the question without its last phrase that begins with the preposition."""
    for mention in reversed(mentions(before)):
        if mention.preposition == preposition and mention.end == len(before):
            return before[: mention.start].rstrip()[: -len(preposition)].rstrip()
    return before


def _whole(text: str) -> bool:
    """Tell whether a text has a verb."""
    words = [match.group() for match in WORD.finditer(text)]
    return any(word.lower() in AUXILIARIES or verb(word.lower()) for word in words)


def _first(text: str) -> str:
    match = WORD.match(text)
    return match.group().lower() if match else ""
