"""Whether a claim's words stand to each other as a source's do: who does what to whom, and when."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from qa.claims.words import Sentence, Word
from qa.followup.wordlists import AUXILIARIES, PREPOSITIONS

_NEAR = 4  # words of a claim within which order tells who does what to whom
_SLACK = 6  # words left out of a claim that hold one of its words again
_BESIDE = 2  # words within which a verb is about a name
_JOINING = PREPOSITIONS | (AUXILIARIES - {"am"})  # which tells an hour
_FACTS = frozenset({"name", "number", "date"})


class _At(NamedTuple):
    """Where a word stands among its sentence's, whether it might stand elsewhere, its kind."""

    place: int
    movable: bool
    name: bool
    passive: bool


_SAYING = frozenset({"said", "say", "told", "tell", "ad", "add", "note", "argu", "report", "warn"})

_Layout = Mapping[str, list[_At]]


def disorder(claim: Sentence, sentences: Sequence[Sentence], given: Collection[Word]) -> str:
    """Return in a few words what the sentences say in another order; empty where nothing.

    The first of them that holds both of two words tells their order; `given` are words of the claim
    that have none.
    """
    layouts = [_layout(sentence) for sentence in sentences]
    parted = _SAYING - claim.stems
    for one, other, far in _pairs(claim.words):
        if one in given or other in given or _joins(one) or _joins(other):
            continue
        both = next((at for at in layouts if one.stem in at and other.stem in at), None)
        fact = _fact(one, layouts) or _fact(other, layouts)
        if both is None:
            if fact and _in_any(one, layouts) and _in_any(other, layouts):
                return f"“{one.text}” and “{other.text}” are not said of each other there"
        elif one.stem != other.stem and not _stands(one, other, far, both):
            return f"“{one.text}” and “{other.text}” change places"
        elif fact and far == 1 and _parted(both[one.stem], both[other.stem], parted, both):
            return f"“{one.text}” and “{other.text}” are not said of each other there"
    return _voices(claim, layouts[0])


def _voices(claim: Sentence, layout: _Layout) -> str:
    """Tell whether one thing is done in the claim and another in the source."""
    turned = {}
    for word in claim.words:
        there = {at.passive for at in layout.get(word.stem, ())}
        if word.past and there == {not word.passive}:
            turned[word.passive] = word.text
    return f"“{turned[True]}” and “{turned[False]}” change places" if len(turned) == 2 else ""


def _stands(one: Word, other: Word, far: int, layout: _Layout) -> bool:
    """Tell whether two words that are `far` from each other in the claim stand so in the source.

    Where they come several times there, those count that are as near to each other, or the nearest.
    """
    ones, others = layout[one.stem], layout[other.stem]
    if _one_date(one, other):
        return _together(ones, others)
    if not 0 < one.movable == other.movable and _apart(one, other, layout):
        return True
    apart = [b.place - a.place for a in ones for b in others]
    reach = max(far, min(map(abs, apart))) + _SLACK
    if other.passive and not any(at.passive for at in others):
        # Before what is done to it in the claim, it must not be what does it there.
        return not any(0 < step <= _BESIDE for step in apart)
    if one.passive != any(at.passive for at in ones):
        return True
    return any(0 < step <= reach for step in apart)


def _parted(
    ones: Sequence[_At], others: Sequence[_At], words: Collection[str], layout: _Layout
) -> bool:
    """Tell whether one of the words stands between the two wherever they are: '…, he said, …'."""
    places = [at.place for word in words for at in layout.get(word, ())]
    return all(any(a.place < p < b.place for p in places) for a in ones for b in others)


def _fact(word: Word, layouts: Sequence[_Layout]) -> bool:
    """Tell whether a word is a name, number or date; at the start of a claim the source tells."""
    if word.kind != "opening":
        return word.kind in _FACTS
    return any(at.name for layout in layouts for at in layout.get(word.stem, ()))


def _may_move(word: Word, layout: _Layout) -> bool:
    """Tell whether a word stands in a phrase of time or place both here and there."""
    return word.movable > 0 and any(at.movable for at in layout[word.stem])


def _joins(word: Word) -> bool:
    """Tell whether a word only joins others: "during", "after"."""
    return word.kind == "word" and word.text in _JOINING


def _apart(one: Word, other: Word, layout: _Layout) -> bool:
    """Tell whether one of two words may stand on either side of the other.

    That is so of a phrase of time or place and what is none, and of one of time and one of place.
    """
    moves = _may_move(one, layout), _may_move(other, layout)
    return moves[0] != moves[1] or (all(moves) and (one.kind == "name") != (other.kind == "name"))


def _one_date(one: Word, other: Word) -> bool:
    kinds = {one.kind, other.kind}
    return kinds == {"date", "number"} and other.start - one.start - len(one.text) <= 2


def _together(ones: Sequence[_At], others: Sequence[_At]) -> bool:
    return any(abs(one.place - other.place) == 1 for one in ones for other in others)


def _in_any(word: Word, layouts: Sequence[_Layout]) -> bool:
    return any(word.stem in layout for layout in layouts)


def _pairs(words: Sequence[Word]) -> Iterator[tuple[Word, Word, int]]:
    for (i, one), (j, other) in combinations(enumerate(words), 2):
        if j - i <= _NEAR or (one.movable and other.movable):
            yield one, other, j - i


def _layout(sentence: Sentence) -> dict[str, list[_At]]:
    found: dict[str, list[_At]] = {}
    for place, word in enumerate(sentence.words):
        at = _At(place, word.movable > 0, word.kind == "name", word.passive)
        found.setdefault(word.stem, []).append(at)
    return found
