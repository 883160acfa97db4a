"""How near an answer's words are to the accepted ones, by the rules of SQuAD's own script."""

import re
import string
from collections import Counter
from collections.abc import Sequence

_MARKERS = re.compile(r"\s*\[\d+\]")
_TYPOGRAPHIC = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\xa0": " ", "…": "..."}
)
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalised(text: str) -> str:
    """Lower case, no punctuation, no a/an/the, single spaces: SQuAD's `normalize_answer`.

    Typographic quotes and dashes count as their ASCII forms first: news is full of them, and
    SQuAD's list of punctuation knows only ASCII. Markers such as [1] are dropped.
    """
    plain = _MARKERS.sub("", text).translate(_TYPOGRAPHIC).lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", plain).split())


def contains(text: str, accepted: Sequence[str]) -> bool:
    """Whether the text holds one of the accepted strings as whole words, both normalised."""
    held = f" {normalised(text)} "
    return any(f" {wanted} " in held for wanted in map(normalised, accepted) if wanted)


def exact(text: str, accepted: Sequence[str]) -> float:
    """1 where the text is one of the accepted strings, both normalised, else 0."""
    return float(normalised(text) in set(map(normalised, accepted)))


def token_f1(text: str, accepted: Sequence[str]) -> float:
    """The best harmonic mean of token precision and recall over the accepted strings, 0 to 1."""
    return max((_f1(_tokens(text), _tokens(wanted)) for wanted in accepted), default=0.0)


def token_recall(text: str, accepted: Sequence[str]) -> float:
    """The largest share of an accepted string's tokens that the text holds, 0 to 1."""
    return max((_recall(_tokens(text), _tokens(wanted)) for wanted in accepted), default=0.0)


def rouge_l(text: str, accepted: Sequence[str]) -> float:
    """ROUGE-L, the F1 of the longest common subsequence of tokens (Lin 2004), the best one.

    Tokens are normalised as for the other measures and not stemmed, so figures differ slightly
    from those of packages that stem.
    """
    return max((_lcs_f1(_tokens(text), _tokens(wanted)) for wanted in accepted), default=0.0)


def word_count(text: str) -> int:
    """How many words a reader sees, markers not counted."""
    return len(_MARKERS.sub("", text).split())


def _tokens(text: str) -> list[str]:
    return normalised(text).split()


def _f1(ours: list[str], wanted: list[str]) -> float:
    if not ours or not wanted:
        return float(ours == wanted)
    same = (Counter(ours) & Counter(wanted)).total()
    return 2 * same / (len(ours) + len(wanted))


def _recall(ours: list[str], wanted: list[str]) -> float:
    return (Counter(ours) & Counter(wanted)).total() / len(wanted) if wanted else 0.0


def _lcs_f1(ours: list[str], wanted: list[str]) -> float:
    if not ours or not wanted:
        return float(ours == wanted)
    row = [0] * (len(wanted) + 1)
    for token in ours:
        diagonal = 0
        for column, other in enumerate(wanted, 1):
            above = row[column]
            row[column] = diagonal + 1 if token == other else max(above, row[column - 1])
            diagonal = above
    return 2 * row[-1] / (len(ours) + len(wanted))
