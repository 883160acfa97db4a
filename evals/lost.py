"""The cases worth reading: those that were lost, and those that a change won or lost."""

from collections.abc import Sequence

from evals.compare import CaseChange, Comparison
from evals.html import Raw, joined, put, tag
from evals.rows import Row, Shown

MOST = 60


def lost_cases(rows: Sequence[Row]) -> Raw:
    """The lost cases, worst first: failures, then wrong answers that were given most surely."""
    lost = sorted((row for row in rows if row.why), key=_badness)
    if not lost:
        return Raw("")
    more = f" The first {MOST} of {len(lost)}; the rest are in cases.jsonl." if lost[MOST:] else ""
    return joined(
        (
            tag("h2", "Lost cases"),
            tag(
                "p",
                f"{len(lost)} cases, the surest mistakes first.{more} A citation with a green edge "
                "shows gold evidence, one with a red edge does not.",
                cls="soft",
            ),
            *(_case(row) for row in lost[:MOST]),
        )
    )


def comparison_cases(found: Comparison) -> Raw:
    """The cases that one run won and the other lost."""
    parts: list[object] = []
    for title, changed in (("Lost by the change", found.lost), ("Won by the change", found.won)):
        if changed:
            parts.append(tag("h3", f"{title}: {len(changed)}"))
            parts += [_change(item) for item in changed[:MOST]]
    return joined(parts)


def _badness(row: Row) -> tuple[bool, bool, float, str]:
    return not row.error, not row.answered, -row.confidence, row.id


def _case(row: Row) -> Raw:
    return _details(
        (tag("b", row.question), " ", tag("span", f"{row.kind}. {row.why}", cls="soft")),
        (*_asked(row), *_answered(row, "Answer"), *_expected(row)),
    )


def _change(item: CaseChange) -> Raw:
    return _details(
        (
            tag("b", item.new.question),
            " ",
            tag("span", item.new.why or f"Before: {item.old.why}", cls="soft"),
        ),
        (
            *_asked(item.new),
            *_answered(item.old, "Before"),
            *_answered(item.new, "Now"),
            *_expected(item.new),
        ),
    )


def _details(head: Sequence[object], body: Sequence[object]) -> Raw:
    return tag("details", tag("summary", *head), tag("div", *body))


def _asked(row: Row) -> list[object]:
    parts: list[object] = []
    if row.history:
        said = " / ".join(
            f"{'AQ'[place % 2 == 0]}: {text}" for place, text in enumerate(row.history)
        )
        parts.append(tag("p", f"Before it: {said}", cls="soft"))
        if row.standalone and row.standalone != row.question:
            parts.append(tag("p", f"Understood as: {row.standalone}", cls="soft"))
    return parts


def _answered(row: Row, name: str) -> list[object]:
    sure = f"confidence {row.confidence:.2f}"
    if row.error:
        return [tag("p", tag("b", f"{name}: "), f"failed: {row.error}")]
    kind = sure if row.answered else f"refused, {sure}"
    return [tag("p", tag("b", f"{name} "), f"({kind}): {row.text}"), *map(_citation, row.shown)]


def _citation(item: Shown) -> Raw:
    faults = "" if item.verified else " (not word for word!)"
    said = f"[{item.number}] {item.quote}"
    source = tag(
        "div", f"{item.title or item.article}, {item.start} to {item.end}{faults}", cls="soft"
    )
    return tag("blockquote", put(said), source, cls="hit" if item.hit else "miss")


def _expected(row: Row) -> list[object]:
    if not row.answerable:
        note = f" {row.note[0].upper()}{row.note[1:]}." if row.note else ""
        return [tag("p", tag("b", "Expected: "), f"a refusal.{note}")]
    named = "; ".join(" or ".join(part) for part in row.accepted)
    parts: list[object] = [tag("p", tag("b", "Expected: "), named or "the evidence below")]
    shown: set[tuple[str, str]] = set()
    for gold in row.wanted:
        if (gold.article, gold.quote) not in shown:
            shown.add((gold.article, gold.quote))
            parts.append(tag("blockquote", gold.quote, tag("div", gold.article, cls="soft")))
    if row.rank:
        parts.append(tag("p", f"The search found it at rank {row.rank}.", cls="soft"))
    return parts
