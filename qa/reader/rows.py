"""The training data as examples: one question, one passage, the spans that answer it.

Files: `spans`, `unanswerable`, `qamr_passages` and `ranking`, each `.jsonl.gz`, one object a line.
A ranking row becomes a passage of its candidate sentences with the right ones marked as evidence.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# These titles name a collection or a row, not what the passage is about.
_NO_TITLE = re.compile(r"Wiki1k:|Filtered_Reddit|Amazon_Reviews|\d+\Z")


@dataclass(frozen=True, slots=True)
class Example:
    """A question asked of a passage.

    `spans` are character offsets in `passage`; none means that the passage does not answer. Where
    `evidence` is set they are sentences that hold the answer instead of the answer itself. `kind`
    is "human" or the rule that made the example. `article` groups passages that belong together.
    """

    src: str
    kind: str
    article: str
    title: str
    question: str
    passage: str
    spans: tuple[tuple[int, int], ...] = ()
    evidence: bool = False


def read_examples(data: Path) -> Iterator[Example]:
    """Every usable row of the folder's files, in their order.

    Raises `FileNotFoundError` where the folder lacks `spans.jsonl.gz`; the other files may lack.
    """
    for name in ("spans", "unanswerable", "qamr_passages"):
        if name == "spans" or (data / f"{name}.jsonl.gz").exists():
            yield from map(_from_span, _lines(data / f"{name}.jsonl.gz"))
    if (data / "ranking.jsonl.gz").exists():
        for row in _lines(data / "ranking.jsonl.gz"):
            if row["src"] != "fm2":  # its "questions" are claims
                yield _from_ranking(row)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _from_span(row: dict[str, Any]) -> Example:
    spans = {(a["start"], a["start"] + len(a["text"].rstrip())) for a in row["answers"]}
    article = row["title"]
    if article.startswith("Wiki1k:"):  # Wiki1k:wikinews:628034:16:2 is a sentence of an article
        article = ":".join(article.split(":")[:3])
    return Example(
        src=row["src"],
        kind="human",
        article=article,
        title="" if _NO_TITLE.match(row["title"]) else row["title"].replace("_", " "),
        question=row["question"].strip(),
        passage=row["passage"],
        spans=tuple(sorted(spans)),
    )


def _from_ranking(row: dict[str, Any]) -> Example:
    right = {
        text.strip() for text, label in zip(row["candidates"], row["labels"], strict=True) if label
    }
    passage, spans = "", []
    for text in dict.fromkeys(candidate.strip() for candidate in row["candidates"]):
        start = len(passage) + 1 if passage else 0
        passage = f"{passage} {text}" if passage else text
        if text in right:
            spans.append((start, start + len(text)))
    return Example(
        src=row["src"],
        kind="human",
        article="",
        title="",
        question=row["question"].strip(),
        passage=passage,
        spans=tuple(spans),
        evidence=True,
    )
