"""What a claim may be held against: runs of one to three sentences that stand together."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.types import Passage, Span
from qa.claims.compare import Source
from qa.claims.wordlists import SAME
from qa.claims.words import sentence
from qa.followup.mentions import names
from qa.followup.wordlists import TITLES

LONGEST = 3  # sentences; more would bear out what no reader finds in them at once

_PRONOUN = re.compile(r"\b(?:he|she|his|her|him|it|its|they|their|them)\b", re.I)
_PEOPLE = frozenset({"he", "she", "his", "her", "him"})
_OWNERS = frozenset({"his", "her", "its", "their"})
_PLACED = frozenset(SAME) | frozenset(SAME.values())
_RUN = re.compile(r"[A-Z][\w'’.-]*(?:[ -][A-Z][\w'’.-]*)+")


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences of a passage that stand together: `text` is the article's `text[start:end]`.

    A claim is borne by any one of `sources`: the sentences as they stand, and with the names that
    their pronouns mean.
    """

    passage: Passage
    start: int
    end: int
    text: str
    sources: tuple[Source, ...]


def runs(passage: Passage, spans: Sequence[Span]) -> Iterator[Run]:
    """Yield the runs of a passage's sentences, single sentences first.

    `spans` are the article's sentences that are not boilerplate, those outside the passage too.
    """
    first, last = passage.chunk.start, passage.chunk.end
    inside = [Span(max(s.start, first), min(s.end, last)) for s in spans]
    inside = [span for span in inside if span.start < span.end]
    texts = [passage.text[span.start - first : span.end - first] for span in inside]
    full = full_names(passage.text)
    for length in range(1, LONGEST + 1):
        for at in range(len(inside) - length + 1):
            start, end = inside[at].start, inside[at + length - 1].end
            yield Run(
                passage=passage,
                start=start,
                end=end,
                text=passage.text[start - first : end - first],
                sources=_sources(texts[at : at + length], full),
            )


def _sources(texts: Sequence[str], full: Mapping[str, frozenset[str]]) -> tuple[Source, ...]:
    plain = Source(tuple(map(sentence, texts)), full)
    named = [resolved(text, texts[:at]) for at, text in enumerate(texts)]
    if named == list(texts):
        return (plain,)
    return plain, Source(tuple(map(sentence, named)), full)


def resolved(text: str, before: Sequence[str]) -> str:
    """Return a sentence with each pronoun replaced by what it means, where that is beyond doubt.

    Beyond doubt is a pronoun with one name alone that suits it, earlier in the sentence or else in
    the one before.
    """
    parts, done = [], 0
    for match in _PRONOUN.finditer(text):
        word = match.group().lower()
        name = _only(text[: match.start()], word) if match.start() > 2 else ""
        if not name and before and not _suiting(text[: match.start()], word):
            name = _only(before[-1], word)
        if name:
            parts += [text[done : match.start()], name + ("'s" if word in _OWNERS else "")]
            done = match.end()
    return "".join([*parts, text[done:]]) if parts else text


def _only(text: str, pronoun: str) -> str:
    found = _suiting(text, pronoun)
    longest = max(found, key=len, default="")
    same = all(set(name.split()) <= set(longest.split()) for name in found)
    return longest if same else ""


def _suiting(text: str, pronoun: str) -> list[str]:
    wanted = {"person", "name"} if pronoun in _PEOPLE else {"organisation", "place", "name"}
    return [name.text for name in names(text) if name.kind in wanted]


def full_names(text: str) -> dict[str, frozenset[str]]:
    """Return for each word of a name the further words that stand for the same.

    "Kim" is "Kim Jong Un" where the text knows no other Kim; titles that stand before it count.
    """
    known: dict[str, list[frozenset[str]]] = {}
    titles: dict[str, set[str]] = {}
    for match in _RUN.finditer(text):
        words = [word for word in sentence(match.group()).words if word.stem not in _PLACED]
        name = frozenset(word.stem for word in words if word.text.lower() not in TITLES)
        for stem in name:
            known.setdefault(stem, []).append(name)
            titles.setdefault(stem, set()).update(word.stem for word in words)
    further = {}
    for stem, given in known.items():
        longest = max(given, key=len)
        if all(name <= longest for name in given):
            further[stem] = frozenset(longest | titles[stem])
    return further
