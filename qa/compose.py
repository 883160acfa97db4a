"""Evidence in, the answer's text out: a few verbatim sentences, each with its marker."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.stems import stems
from qa.types import Citation, Evidence

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
    """Return the reader's span where it prefers one to "no answer", else the whole sentence."""
    if best.span is None or best.margin <= 0:
        return best.text
    return best.text[best.span.start - best.start : best.span.end - best.start]


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
