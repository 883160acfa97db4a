"""Words that point back: pronouns, "there", "that", "the movement", and what they mean."""

import re
from collections.abc import Sequence

from index.stems import stems
from qa.expected import heavy
from qa.followup.empty_words import asks, empty
from qa.followup.mentions import WORD, Mention, mentions, verb
from qa.followup.salience import Memory, Wanted, suits
from qa.followup.wordlists import (
    ANIMATE,
    AUXILIARIES,
    BREAKS,
    GENERIC,
    GOING,
    INDEFINITE,
    NOT_REFERRING,
    PREPOSITIONS,
    WH,
)

_DEFINING = re.compile(
    r"what(?:'s| is| are| was| were) (?:an? )?\w+\W*$|"
    r"what(?:'s| is| was) the \w+(?<!ce)(?<!se)\W*$",  # but: what is the difference
    re.IGNORECASE,
)
_ANY_OR_OURS = re.compile(r"\b(?:an?|my|our|your) [\w-]+", re.IGNORECASE)  # no part of the topic
_FAINT = -0.7  # what suits less is no antecedent
_FEW = 4  # words; a longer question says enough of what it is about

_PERSON = {"he": False, "him": False, "his": False, "she": True, "her": True, "hers": True}
_PLURAL = frozenset({"they", "them", "their", "theirs"})
_POSSESSIVE = frozenset({"his", "its", "their", "hers", "theirs"})
_DEMONSTRATIVE = frozenset({"this", "that", "these", "those"})
_EXISTS = (AUXILIARIES - {"be", "been"}) | {"out"}  # "there is" is no place; "is he there" is
_EMPTY = _DEMONSTRATIVE | {"it", "there"}  # they, and never "he", may mean nothing
_COUNTS = frozenset({"two", "both", "each", "all", "some", "none", "many", "most"})
_PLACING = frozenset({"in", "at", "on"})


def referring(question: str, memory: Memory) -> str:
    """Replace each pronoun whose antecedent lies in the conversation."""
    own = mentions(question)
    nothing = empty(question)
    tokens = list(WORD.finditer(question))
    done: dict[str, str] = {}
    pieces: list[str] = []
    tail, at = "", 0
    for number, token in enumerate(tokens):
        word = token.group().lower()
        if word in _EMPTY and any(start <= token.start() < end for start, end in nothing):
            continue
        wanted = _wanted(tokens, number)
        if wanted is None or _antecedent(question, own, token, wanted):
            continue
        role = "object" if word == "him" else wanted.kind
        if role in done or (word in _POSSESSIVE and wanted.kind in done):
            continue  # "his" after "he" is the same person
        found = memory.choose(wanted, besides=" ".join([question, *done.values()]))
        if found is None:
            done[role] = ""
            continue
        done[role] = found.text
        if wanted.kind == "matter":
            tail = _aside(found)
            continue
        end = token.end()
        pieces += [question[at : token.start()], _form(found, word, tokens, number)]
        at = end
    return _with_tail("".join(pieces) + question[at:], tail)


def _wanted(tokens: Sequence[re.Match[str]], at: int) -> Wanted | None:
    """Return what the token asks of an antecedent; None for a word that asks for nothing."""
    word = tokens[at].group().lower()
    before = tokens[at - 1].group().lower() if at else ""
    after = tokens[at + 1].group().lower() if at + 1 < len(tokens) else ""
    near = {tokens[i].group().lower() for i in (at - 1, at - 2, at + 1) if 0 <= i < len(tokens)}
    if word in _PERSON:
        return Wanted("person", _PERSON[word])
    if word in _PLURAL:
        several = before == "of" and at > 1 and tokens[at - 2].group().lower() in _COUNTS
        return Wanted("things", animate=bool(near & ANIMATE), several=several)
    if word in {"it", "its"}:
        return Wanted("thing")
    if word == "there" and before not in _EXISTS and after not in AUXILIARIES:
        return Wanted("place")
    if word == "then" and after in {"?", ""}:
        return Wanted("date")
    if (
        word in _DEMONSTRATIVE
        and not any(token.group() in ".!" for token in tokens[at + 1 : -1])
        and _stands_for(word, before, after)
    ):
        return Wanted("matter")
    return None


def _stands_for(word: str, before: str, after: str) -> bool:
    """Tell whether "that" and its like stand for something said before."""
    if after in NOT_REFERRING:
        return False
    if after in {"?", "", ".", ",", "!"}:
        return True
    if word == "that":
        return before in {"", "was", "is", "does", "did"} and after in AUXILIARIES
    return after in AUXILIARIES


def _antecedent(
    question: str, own: Sequence[Mention], pronoun: re.Match[str], wanted: Wanted
) -> bool:
    """Tell whether the question itself names what the pronoun means."""
    if wanted.kind == "date":
        return False
    if wanted.kind == "matter":
        return _told(question, own, pronoun)
    word = pronoun.group().lower()
    reported = _reported(question, pronoun)
    if reported and question.lower().startswith("who "):
        return True
    for mention in own:
        if mention.end > pronoun.start() or suits(wanted, mention) < _FAINT:
            continue
        between = {w.group().lower() for w in WORD.finditer(question, mention.end, pronoun.start())}
        if word in _POSSESSIVE or word in {"he", "she"} or reported or between & (BREAKS | WH):
            return True
    return False


def _told(question: str, own: Sequence[Mention], pronoun: re.Match[str]) -> bool:
    """Tell whether the question says what "that" stands for: "They call me. Why is that?"."""
    before = question[: pronoun.start()]
    return any(
        mention.end < pronoun.start() and re.search(r"[.?!,;] |\band ", before[mention.end :])
        for mention in own
    )


def _reported(question: str, pronoun: re.Match[str]) -> bool:
    """Tell whether the pronoun is the subject of what somebody says: "declare it would"."""
    before = question[: pronoun.start()].split()[-1:]
    after = question[pronoun.end() :].split()[:1]
    said = any(verb(word) and word not in AUXILIARIES for word in before)
    return said and any(word in AUXILIARIES or verb(word) for word in after)


def _form(found: Mention, word: str, tokens: Sequence[re.Match[str]], at: int) -> str:
    """Return the antecedent as it fits the pronoun's place."""
    text = _definite(found)
    after = tokens[at + 1].group().lower() if at + 1 < len(tokens) else "?"
    owned = word in _POSSESSIVE or (
        word == "her" and after.isalpha() and after not in PREPOSITIONS | AUXILIARIES | WH
    )
    if owned:
        return f"{text}'" if text.endswith("s") else f"{text}'s"
    before = tokens[at - 1].group().lower() if at else ""
    if word == "there":
        place = found.preposition if found.preposition in _PLACING else "in"
        place = "to" if before in GOING else place
        return text if before in PREPOSITIONS else f"{place} {text}"
    if word == "then":
        return f"in {text}"
    return text


def _definite(found: Mention) -> str:
    first, _, rest = found.text.partition(" ")
    if first == "The":
        return f"the {rest}"
    return f"the {rest}" if rest and first.lower() in INDEFINITE else found.text


def described(question: str, memory: Memory) -> str:
    """Replace "the movement" by the fuller name that the conversation gave it."""
    own = mentions(question)
    for mention in reversed(own):
        words = question[mention.start : mention.end].lower().split()
        article = words[0] if len(words) == 2 else ""
        start = mention.start
        if len(words) == 1:
            before = re.search(r"\b(this|that|these|those) $", question[:start], re.IGNORECASE)
            article, start = (before.group(1), before.start()) if before else ("", start)
        if article not in _DEMONSTRATIVE | {"the"} or mention.relation:
            continue
        fuller = memory.with_head(mention, besides=question)
        if fuller:
            whole = fuller.whole.removeprefix("the ").removeprefix("a ").removeprefix("an ")
            return f"{question[:start]}the {whole}{question[mention.end :]}"
        few = len(heavy({stem: 1.0 for stem, _, _ in stems(question)})) <= _FEW
        if words[-1] in GENERIC and few and not any(other.named for other in own):
            topic = memory.choose(Wanted("matter"), besides=question)
            if topic:
                return _with_tail(question, _aside(topic))
    return question


def carried_along(question: str, memory: Memory) -> str:
    """Name what the conversation is about beside a question with hardly a word of its own."""
    words = heavy({stem: 1.0 for stem, _, _ in stems(question)})
    named = any(mention.named for mention in mentions(question))
    said = {match.group().lower() for match in WORD.finditer(question)}
    somebody = bool(said & _PERSON.keys())  # of whom nothing is known, or who is named by now
    alone = _DEFINING.match(question) or _ANY_OR_OURS.search(question) or not asks(question)
    if len(words) > 1 or named or somebody or not said & AUXILIARIES or alone:
        return question
    topic = memory.choose(Wanted("topic"), besides=question)
    return _with_tail(question, _aside(topic)) if topic else question


def _aside(found: Mention) -> str:
    return f" ({_definite(found)})"


def _with_tail(question: str, tail: str) -> str:
    body = question.rstrip(" ?.!")
    return f"{body}{tail}{question[len(body) :]}" if tail else question
