"""One claim against one source: what the source does not bear out, or nothing where it does."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa.claims.order import disorder
from qa.claims.wordlists import NEGATIVE_PREFIXES, OPENERS, OPPOSITES, OWN_WORDS, SYNONYMS
from qa.claims.words import Sentence, Word

_CORE = 0.7  # of a claim's words that one sentence must hold; others may give a name
_NEAREST = 2  # words after a negation or a hedge that it is surely about
# What goes before what is yet to be done, what ought to be, and what can be.
_COMING = frozenset({"will", "would", "shall", "to", "may", "might"})
_DUTIES = frozenset({"should", "must", "ought to"})
_ABLE = frozenset({"can", "could"})


Scopes = Sequence[tuple[str, ...]]


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


def objection(claim: Sentence, source: Source) -> str:
    """Return in a few words what the source does not bear out; empty where it bears the claim.

    A claim's plain words are those of one sentence of the source, or mean the same. Words of the
    question are none that may be used besides: it may take for granted what is not so.
    """
    held = source.stems
    claim = _reworded(claim, held, _nearest(claim, source).stems)
    return (
        _facts(claim, held, source.full)
        or _repeated(claim, source)
        or _opposites(claim, held)
        or _qualified(claim, source)
        or _led(claim, source)
        or _scattered(claim, source)
        or _other_words(claim, source)
        or disorder(claim, _by_coverage(claim, source), _in_full(claim, source))
    )


def _reworded(claim: Sentence, held: frozenset[str], nearest: frozenset[str]) -> Sentence:
    """Return a claim with words that are not `held` put as their synonyms among the `nearest`."""
    said, other = claim.stems, {}
    for word in claim.words:
        same = SYNONYMS.get(word.stem, frozenset()) & nearest
        if same and word.stem not in held and word.kind in {"word", "opening"}:
            other[word.stem] = min(same - said or same)
    if not other:
        return claim

    def scopes(given: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(other.get(stem, stem) for stem in scope) for scope in given)

    return replace(
        claim,
        words=tuple(replace(word, stem=other.get(word.stem, word.stem)) for word in claim.words),
        negations=scopes(claim.negations),
        hedges=scopes(claim.hedges),
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
    """Tell of a word that the claim says more often than the source: it is about other things."""
    said = [Counter(word.stem for word in one.words) for one in source.sentences]
    told = (word for word in claim.words if word.kind != "name" and not _own(word))
    here = Counter(word.stem for word in told)
    more = next((stem for stem, n in here.items() if n > max(1, *(one[stem] for one in said))), "")
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
    nearest = _nearest(claim, source)
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


def _led(claim: Sentence, source: Source) -> str:
    """Tell of what is only to be done there, or of what goes the other way."""
    there: dict[str, list[Word]] = {}
    for one in source.sentences:
        for word in one.words:
            there.setdefault(word.stem, []).append(word)
    told = ((word, there[word.stem]) for word in claim.words if word.stem in there)
    return next(filter(None, (_led_astray(word, others) for word, others in told)), "")


def _led_astray(word: Word, others: Sequence[Word]) -> str:
    leads = {other.lead for other in others}
    if word.lead in leads:
        return ""
    if {word.lead} | leads == {"from", "to"}:
        return f"“{word.text}” has another direction there"
    if word.kind != "word":
        return ""
    if leads <= _COMING | _DUTIES | _ABLE and _past(word):
        return f"“{word.text}” has not happened there"
    if word.lead in {"will", "shall"} and all(map(_past, others)):
        return f"“{word.text}” has happened there"
    unsure = any((leads <= kind) != (word.lead in kind) for kind in (_DUTIES, _ABLE))
    return f"“{word.text}” is not said for certain there" if unsure else ""


def _past(word: Word) -> bool:
    return word.past and not word.lead


def _own(word: Word) -> bool:
    return word.stem in OWN_WORDS


def _scattered(claim: Sentence, source: Source) -> str:
    given = frozenset(word.stem for word in _in_full(claim, source))
    best = max(coverage(claim, one.stems | given) for one in source.sentences)
    together = len(source.sentences) == 1 or best >= _CORE
    return "" if together else "no one sentence there says it"


def _other_words(claim: Sentence, source: Source) -> str:
    """Tell of plain words that are not the nearest sentence's: other sentences give names alone."""
    held = _nearest(claim, source).stems
    there = [word for one in source.sentences for word in one.words]
    held |= {word.stem for word in there if word.kind not in {"word", "opening"}}
    begun = held | {word.stem for word in there if word.kind == "opening"} | OPENERS
    kinds = {"word": held, "opening": begun}
    new = (w for w in claim.words if w.stem not in kinds.get(w.kind, {w.stem}) and not _own(w))
    strange = next(new, None)
    return f"“{strange.text}” is not there" if strange else ""


def _by_coverage(claim: Sentence, source: Source) -> list[Sentence]:
    return sorted(source.sentences, key=lambda one: -coverage(claim, one.stems))


def _nearest(claim: Sentence, source: Source) -> Sentence:
    return max(source.sentences, key=lambda one: coverage(claim, one.stems))


def _in_full(claim: Sentence, source: Source) -> set[Word]:
    """Return the words that only complete a name which the source has: "Jong Un" of "Kim"."""
    nearest = _nearest(claim, source).stems
    return {
        word
        for at, word in enumerate(claim.words)
        if word.stem not in nearest
        and any(word.stem in source.full.get(s, ()) for s in _beside(claim.words, at) & nearest)
    }
