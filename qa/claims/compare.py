"""One claim against one source: what the source does not bear out, or nothing where it does."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from qa.claims.wordlists import NEGATIVE_PREFIXES, OPENERS, OPPOSITES, OWN_WORDS
from qa.claims.words import Sentence, Word
from qa.followup.wordlists import FUNCTION

_NEAR = 4  # words of a claim within which order tells who does what to whom
_NEAREST = 2  # words after a negation or a hedge that it is surely about
_FACTS = frozenset({"name", "number", "date"})


Scopes = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """How much of a claim may be in other words; tuned on one half of `evals/claims.py`.

    At least `covered` of its plain words are the source's, at most `new` are not (one more for
    every `every` words), and at most `turned` of its neighbouring plain words stand in another
    order than there. Of several sentences one must hold `core` of the claim's words: the others
    may give a name, but a claim that is put together from several is nobody's.
    """

    core: float = 0.7
    covered: float = 0.7
    new: int = 1
    every: int = 8
    turned: float = 0.25


@dataclass(frozen=True, slots=True)
class Source:
    """Sentences that stand together in an article, as a claim is held against them.

    `full` holds, for a name's word, those that the article also calls it by: "kim" is "jong", "un".
    """

    sentences: tuple[Sentence, ...]
    full: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def stems(self) -> frozenset[str]:
        return frozenset[str]().union(*(sentence.stems for sentence in self.sentences))


class _At(NamedTuple):
    """Where a word stands among its sentence's, and whether it might stand elsewhere."""

    place: int
    movable: bool
    name: bool


def objection(
    claim: Sentence, source: Source, asked: frozenset[str], settings: CompareSettings
) -> str:
    """Return in a few words what the source does not bear out; empty where it bears the claim.

    `asked` are the stems of the question's plain words, which a claim may use besides.
    """
    held = source.stems
    return (
        _facts(claim, held, source.full)
        or _repeated(claim, source)
        or _opposites(claim, held)
        or _qualified(claim, source)
        or _scattered(claim, source, settings)
        or _other_words(claim, held | asked, settings)
        or _order(claim, source, settings)
    )


def coverage(claim: Sentence, held: Collection[str]) -> float:
    """Return the share of a claim's words that are among `held`, 0 to 1."""
    own = [word.stem in held for word in claim.words if not _own(word)]
    return sum(own) / len(own) if own else 0.0


def _facts(claim: Sentence, held: frozenset[str], full: Mapping[str, frozenset[str]]) -> str:
    for at, word in enumerate(claim.words):
        if word.stem in held or word.kind == "word":
            continue
        if word.kind in {"name", "opening"}:
            if any(word.stem in full.get(stem, ()) for stem in _beside(claim.words, at) & held):
                continue
            if word.stem in OPENERS and word.kind == "opening":
                continue
        kind = "name" if word.kind == "opening" else word.kind
        return f"the {kind} “{word.text}” is not there"
    return ""


def _repeated(claim: Sentence, source: Source) -> str:
    """Tell of a number that the claim says more often than the source: it is about other things."""
    said = [Counter(word.stem for word in one.words) for one in source.sentences]
    here = Counter(word.stem for word in claim.words if word.kind in {"number", "date"})
    more = next((stem for stem, n in here.items() if n > max(one[stem] for one in said)), "")
    return f"“{more}” is not said so often there" if more else ""


def _beside(words: Sequence[Word], at: int) -> frozenset[str]:
    """Return the stems of the capitalised words that stand in one run with the one at `at`."""
    found = set()
    for step in (-1, 1):
        here, there = at, at + step
        while 0 <= there < len(words) and words[there].kind in {"name", "opening"}:
            first, second = sorted((words[here], words[there]), key=lambda word: word.start)
            if not 0 <= second.start - first.start - len(first.text) <= 2:
                break
            found.add(words[there].stem)
            here, there = there, there + step
    return frozenset(found)


def _opposites(claim: Sentence, held: frozenset[str]) -> str:
    for word in claim.words:
        if word.stem in held:
            continue
        if OPPOSITES.get(word.stem, frozenset()) & held:
            return f"“{word.text}” is the opposite of what is there"
        for other in held:
            longer, shorter = sorted((word.stem, other), key=len, reverse=True)
            if len(shorter) > 2 and any(longer == f"{p}{shorter}" for p in NEGATIVE_PREFIXES):
                return f"“{word.text}” is the opposite of what is there"
    return ""


def _qualified(claim: Sentence, source: Source) -> str:
    said = claim.stems
    nearest = max(source.sentences, key=lambda one: coverage(claim, one.stems))
    if _matched(claim.negations, nearest.negations, said)[0]:
        return "it is negated only in the claim"
    near = [one for one in source.sentences if 2 * coverage(claim, one.stems) >= 1]
    if _matched(claim.negations, [scope for one in near for scope in one.negations], said)[1]:
        return "it is negated there"
    hedges = [scope for one in near for scope in one.hedges]
    if _matched(claim.hedges, hedges, said)[1]:
        return "it is less certain there"
    if not claim.conditions and _conditional(claim, source):
        return "it depends on a condition there"
    return ""


def _matched(here: Scopes, there: Scopes, said: frozenset[str]) -> tuple[bool, bool]:
    """Pair the scopes of a claim's negations, or hedges, with those of its source.

    Return whether one of the claim's is left over, and whether one of the source's is that is
    about what is `said` in the claim.
    """
    free = list(there)
    missing = False
    for scope in here:
        same = max(free, key=lambda other: _alike(scope, other), default=())
        if _alike(scope, same):
            free.remove(same)
        else:
            missing = True
    return missing, any(set(scope[:_NEAREST]) & said for scope in free)


def _alike(scope: Sequence[str], other: Sequence[str]) -> int:
    near = {*scope[:1]} & {*other} | {*other[:1]} & {*scope}
    return len(near) and len(near) + len({*scope} & {*other})


def _conditional(claim: Sentence, source: Source) -> bool:
    """Tell whether the claim is about a clause that holds an "if", in whole or by half of it."""
    clauses = [clause for sentence in source.sentences for clause in sentence.conditions]
    said = claim.stems
    return any(said <= clause or 2 * len(clause & said) >= len(clause) for clause in clauses)


def _own(word: Word) -> bool:
    return word.stem in OWN_WORDS


def _scattered(claim: Sentence, source: Source, settings: CompareSettings) -> str:
    given = frozenset(word.stem for word in _in_full(claim, source))
    best = max(coverage(claim, one.stems | given) for one in source.sentences)
    together = len(source.sentences) == 1 or best >= settings.core
    return "" if together else "no one sentence there says it"


def _other_words(claim: Sentence, held: frozenset[str], settings: CompareSettings) -> str:
    plain = [word for word in claim.words if word.kind == "word" and not _own(word)]
    new = [word for word in plain if word.stem not in held]
    allowed = settings.new + len(claim.words) // settings.every
    if len(new) > allowed or len(new) > (1 - settings.covered) * max(len(claim.words), 1):
        return f"“{new[0].text}” is not there"
    return ""


def _order(claim: Sentence, source: Source, settings: CompareSettings) -> str:
    """Tell whether the claim's words stand to each other as the source's do."""
    nearest = sorted(source.sentences, key=lambda one: -coverage(claim, one.stems))
    layouts = [_layout(sentence) for sentence in nearest]
    plain = turned = 0
    given = _in_full(claim, source)
    for one, other in _pairs(claim.words):
        if one in given or other in given or _joins(one) or _joins(other):
            continue
        both = next((at for at in layouts if one.stem in at and other.stem in at), None)
        fact = _fact(one, layouts) or _fact(other, layouts)
        if both is None:
            if fact and _in_any(one, layouts) and _in_any(other, layouts):
                return f"“{one.text}” and “{other.text}” are not said of each other there"
            continue
        dated = _one_date(one, other)
        if one.stem == other.stem or (not dated and _apart(one, other, both)):
            continue
        if dated:
            right = _together(both[one.stem], both[other.stem])
        else:
            right = any(a.place < b.place for a in both[one.stem] for b in both[other.stem])
        if not right and fact:
            return f"“{one.text}” and “{other.text}” change places"
        plain += 1
        turned += not right
    if plain and turned / plain > settings.turned:
        return "its words stand in another order there"
    return ""


def _fact(word: Word, layouts: Sequence[Mapping[str, list[_At]]]) -> bool:
    """Tell whether a word is a name, number or date; at the start of a claim the source tells."""
    if word.kind != "opening":
        return word.kind in _FACTS
    return any(at.name for layout in layouts for at in layout.get(word.stem, ()))


def _may_move(word: Word, layout: Mapping[str, list[_At]]) -> bool:
    """Tell whether a word stands in a phrase of time or place both here and there."""
    return word.movable and any(at.movable for at in layout[word.stem])


def _joins(word: Word) -> bool:
    """Tell whether a word only joins others: "during", "after"."""
    return word.kind == "word" and word.text in FUNCTION


def _in_full(claim: Sentence, source: Source) -> set[Word]:
    """Return the words that only complete a name which the source has: "Jong Un" of "Kim"."""
    nearest = max(source.sentences, key=lambda one: coverage(claim, one.stems)).stems
    return {
        word
        for at, word in enumerate(claim.words)
        if word.stem not in nearest
        and any(word.stem in source.full.get(s, ()) for s in _beside(claim.words, at) & nearest)
    }


def _apart(one: Word, other: Word, layout: Mapping[str, list[_At]]) -> bool:
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


def _in_any(word: Word, layouts: Sequence[Mapping[str, list[_At]]]) -> bool:
    return any(word.stem in layout for layout in layouts)


def _pairs(words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    for (i, one), (j, other) in combinations(enumerate(words), 2):
        if j - i <= _NEAR or (one.movable and other.movable):
            yield one, other


def _layout(sentence: Sentence) -> dict[str, list[_At]]:
    found: dict[str, list[_At]] = {}
    for place, word in enumerate(sentence.words):
        found.setdefault(word.stem, []).append(_At(place, word.movable, word.kind == "name"))
    return found
