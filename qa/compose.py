"""Evidence in, the answer's text out: a few verbatim sentences, each with its marker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.stems import stems
from qa.types import Citation, Evidence

SURE = 1.0  # of the reader's margin; passages without an answer were seen to reach 0.4
_EDGES = " ,;:!?()[]“”\"‘’'—–"
_SECOND = re.compile(r" (?:and|or|to) \d+(?=[\s,.;:)]|$)")
SENTENCES = 3  # at most; a fourth added almost no gold answer on SQuAD and cost precision


@dataclass(frozen=True, slots=True)
class ComposeSettings:
    """When a further sentence is worth showing: its score may be `drop` below the best one's.

    Questions for reasons and lists get the wider `drop_list`. Sentences that share at least `same`
    of the shorter one's words count as the same.
    """

    drop: float = 0.8
    drop_list: float = 2.0
    same: float = 0.8


def choose(
    evidence: Sequence[Evidence], kind: str, settings: ComposeSettings
) -> tuple[Evidence, ...]:
    """Return one to three pieces of evidence in reading order, near-duplicates dropped.

    The best one's article comes first; within an article sentences stand as they do in its text.
    """
    if not evidence:
        return ()
    drop = settings.drop_list if kind in {"why", "list"} else settings.drop
    floor = evidence[0].score - drop
    chosen: list[Evidence] = []
    for item in evidence:
        if len(chosen) == SENTENCES or item.score < floor:
            break
        if not any(repeats(item.text, other.text, settings.same) for other in chosen):
            chosen.append(item)
    return reading_order(chosen)


def reading_order(chosen: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Order evidence by article, the best evidence's first, then by position."""
    articles = list(dict.fromkeys(item.passage.article_id for item in chosen))
    return tuple(
        sorted(chosen, key=lambda item: (articles.index(item.passage.article_id), item.start))
    )


def repeats(text: str, other: str, share: float) -> bool:
    """Tell whether the shorter text has at least `share` of its distinct stems in the longer."""
    mine, theirs = _stems(text), _stems(other)
    smaller = min(len(mine), len(theirs))
    if smaller == 0:
        return text.strip() == other.strip()
    return len(mine & theirs) / smaller >= share


def _stems(text: str) -> set[str]:
    return {stem for stem, _, _ in stems(text)}


def short_answer(best: Evidence) -> str:
    """Return the reader's span where it is surely ahead of "no answer", else the whole sentence.

    The span is widened to whole words, whole names and both of two numbers: "Capella" becomes
    "Capella Hotel", and "Feb. 27" of "Feb. 27 and 28" becomes that.
    """
    if best.span is None or best.margin <= SURE:
        return best.text
    first, last = best.span.start - best.start, best.span.end - best.start
    words = [match.span() for match in re.finditer(r"\S+", best.text)]
    inside = [place for place, (start, end) in enumerate(words) if end > first and start < last]
    low, high = inside[0], inside[-1]
    while low and _one_name(best.text, words[low - 1], words[low]):
        low -= 1
    while high + 1 < len(words) and _one_name(best.text, words[high], words[high + 1]):
        high += 1
    if more := _SECOND.match(best.text, words[high][1]):
        high += len(more.group().split()) * best.text[: words[high][1]][-1].isdigit()
    short = best.text[words[low][0] : words[high][1]].strip(_EDGES)
    # The full stop of the sentence goes, that of "U.S." stays.
    return short.rstrip(".") if high + 1 == len(words) and short.count(".") == 1 else short


def _one_name(text: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Tell whether two neighbouring words are both capitalised, and neither begins a sentence."""
    before, after = text[left[0] : left[1]], text[right[0] : right[1]]
    ends_here = before[-1] in ',;:.!?)”"' or before.endswith(("’s", "'s"))
    capitals = before[:1].isupper() and after[:1].isupper()
    return capitals and not ends_here and bool(stems(before)) and bool(stems(after))


def answer_text(citations: Sequence[Citation]) -> str:
    """Return the quotes as running text, each followed by its marker.

    A quote that begins or ends in the middle of a sentence is shown with an ellipsis there.
    """
    return " ".join(f"{_framed(citation.quote)} [{citation.number}]" for citation in citations)


def _framed(quote: str) -> str:
    one_line = " ".join(quote.split())
    opens = "" if not one_line[:1].islower() else "… "
    closes = " …" if one_line[-1:] in ",;:—–-" else ""
    return f"{opens}{one_line}{closes}"
