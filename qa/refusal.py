"""What to say when the corpus does not answer: plainly, and with what is missing."""

import re
from collections.abc import Callable, Sequence

from index.stems import stems
from index.types import Passage
from qa.expected import heavy, subject
from qa.followup.mentions import mentions
from qa.types import PLAIN

NEAREST = 3
_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
_NAMES = frozenset({"person", "organisation", "name"})

_FACTS = {
    "when": "a date or time",
    "where": "a place",
    "who": "a person",
    "count": "a number",
    "why": "a reason",
}


def explain(
    question: str, kind: str, passages: Sequence[Passage], *, known: Callable[[str], bool]
) -> tuple[str, tuple[str, ...]]:
    """Return the text of a refusal and the names of what is missing.

    `known` tells whether a stem occurs anywhere in the corpus. Named are, in this order: things of
    the question that the corpus never mentions; else things that its nearest passage does not; else
    the kind of fact that was asked for. A verb is no such thing: that the articles say "cancel"
    and not "pull out" is no reason why they should not answer.
    """
    matter = subject(question)
    weighty = things(matter)
    absent = phrases(matter, lambda stem: stem in weighty and not known(stem))
    if absent:
        return f"{PLAIN} It never mentions {_listed(absent)}.", absent
    if passages:
        nearest = {stem for stem, _, _ in stems(f"{passages[0].title}\n{passages[0].text}")}
        elsewhere = phrases(matter, lambda stem: stem in weighty and stem not in nearest)
        if elsewhere:
            said = f"The nearest passage does not mention {_listed(elsewhere)}."
            return f"{PLAIN} {said}", elsewhere
    fact = _FACTS.get(kind)
    if fact:
        return f"{PLAIN} Nothing in it gives {fact} for this.", (fact,)
    return PLAIN, ()


def things(matter: str) -> frozenset[str]:
    """Return the weighty stems of the question's noun phrases."""
    held = {stem: 1.0 for mention in mentions(matter) for stem, _, _ in stems(mention.text)}
    return frozenset(heavy(held))


def phrases(question: str, chosen: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the question's words whose stems are chosen, neighbours joined, each once.

    A name is named whole: of "Choe Son Hui" not "Hui" alone.
    """
    names = [each for each in mentions(question) if each.kind in _NAMES]
    found: list[tuple[int, int]] = []
    for stem, start, end in stems(question):
        if not chosen(stem):
            continue
        for name in names:
            if name.start <= start and end <= name.end:
                article = _ARTICLE.match(question, name.start)
                start, end = article.end() if article else name.start, name.end
        if found and not question[found[-1][1] : start].strip(" -–’'"):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(dict.fromkeys(question[start:end] for start, end in found))


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
