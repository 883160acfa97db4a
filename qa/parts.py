"""A question of several parts -> the questions that it asks, each of which can be asked alone.

"When will they meet, and where?" has two answers, often in two sentences of two articles; one
search for both finds the words that they share. The rules are of English and leave alone what they
do not know.
"""

import re

from qa.followup import standalone
from qa.types import Turn

MOST = 3  # parts; each costs a search and a reading
_WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
# A second question begins at a question word after a comma or an "and", or after a question mark.
_JOINT = re.compile(
    rf"\?\s+(?:and\s+)?(?=\w)|[,;]\s*(?:and|but|or)\s+(?={_WH}\b)|\s+and\s+(?={_WH}\b)",
    re.IGNORECASE,
)
_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
)
# "what he brought" is a clause of the sentence before it, "what did he bring" a question.
_ASKS = re.compile(
    rf"^{_AUXILIARY}\b|^(?:\w+ )?{_WH} (?:\S+ ){{0,3}}?{_AUXILIARY}\b(?= \S)|"
    r"^who (?!he\b|she\b|it\b|they\b|we\b|you\b|i\b)\w+",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(
    rf"^(?:{_WH} )?(?P<word>before|after|in|at|on|during|for|with|about)\b (?P<rest>.+)$", re.I
)
_PAIR = re.compile(
    r"^(?P<asked>when|where|who|what|why|how) and (?P<also>when|where|who|why|how)\b", re.I
)
_SIDES = re.compile(
    r"^(?:please )?(?:compare|contrast|set|put|hold)\s+(?P<one>.+?)\s+"
    r"(?:with|against|to|beside|and)\s+(?P<other>.+?)[.?!]*$",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"^(?P<head>.*?\b(?:of|in|at|for|from|with)) the (?P<one>\w+) and "
    r"(?:(?:of|in|at|for|from|with) )?"
    r"the (?P<other>\w+) (?P<what>.+)$",
    re.IGNORECASE,
)
_BARE = 2  # words: "the Singapore"
_ORDINALS = frozenset(
    ["first", "second", "third", "last", "next", "previous", "earlier", "later", "former", "latter"]
)


def parts(question: str) -> tuple[str, ...]:
    """Return the one to `MOST` questions that a question asks, in their order.

    A later part that leans on an earlier one is made to stand alone as a follow-up would be. A
    question that asks one thing comes back as it is.
    """
    found = _compared(question) or _paired(question) or _joined(question)
    return found if 1 < len(found) <= MOST else (question,)


def _joined(question: str) -> tuple[str, ...]:
    pieces = [piece.strip(" ,;?.") for piece in _JOINT.split(question)]
    if len(pieces) < 2 or not re.search(rf"\b{_AUXILIARY}\b|\b{_WH}\b.* \w+ ", pieces[0], re.I):
        return ()
    found = [_asked(pieces[0])]
    for piece in pieces[1:]:
        same = _as_before(piece, found[0])
        if not same and not _ASKS.match(piece):
            return ()
        found.append(_asked(same or standalone(piece, tuple(Turn(each, "") for each in found))))
    return tuple(found)


def _as_before(piece: str, first: str) -> str:
    """ "and what before Hanoi?" asks what was asked, with another last phrase."""
    ellipsis = _ELLIPSIS.match(piece)
    if ellipsis is None:
        return ""
    head, found, _ = first.rpartition(f" {ellipsis['word']} ")
    return f"{head} {ellipsis['word']} {ellipsis['rest']}" if found else ""


def _paired(question: str) -> tuple[str, ...]:
    """ "When and where will they meet?" asks twice about the same."""
    match = _PAIR.match(question)
    if match is None or match["asked"].lower() == match["also"].lower():
        return ()
    rest = question[match.end() :]
    return tuple(_asked(f"{word.capitalize()}{rest}") for word in (match["asked"], match["also"]))


def _compared(question: str) -> tuple[str, ...]:
    sides = _SIDES.match(question)
    if sides is None:
        return ()
    both = _BOTH.match(question.rstrip(".?!").split(maxsplit=1)[1])
    if both and {both["one"].lower(), both["other"].lower()} <= _ORDINALS:
        return tuple(
            f"{both['head']} the {which} {both['what']}" for which in (both["one"], both["other"])
        )
    one, other = sides["one"], sides["other"]
    if len(one.split()) <= _BARE and len(other.split()) > 1:
        one = f"{one} {other.split()[-1]}"  # "the Singapore and Hanoi summits"
    return (one, standalone(other, (Turn(one, ""),)))


def _asked(text: str) -> str:
    text = text.strip(" ,;")
    return text if text.endswith("?") else f"{text.rstrip('.!')}?"
