"""Stanford Question Answering Dataset 2.0, or any file of its form.

Source: Rajpurkar et al. 2018, https://rajpurkar.github.io/SQuAD-explorer/ (CC BY-SA 4.0).

`squad`: each paragraph is an article under its page's title, all in one corpus. Questions with an
answer are cases of kind fact, those that the set calls impossible of kind near-miss.
Traps: questions were written with the paragraph in sight, so some say "the text" or repeat its
words, and a few make sense only beside it; the impossible ones are meant to fool a reader, so
almost all their words are in the paragraph; "impossible" was judged against that paragraph alone,
not against its neighbours.

`squad-removed`: refusal as users meet it. The paragraphs are dealt to two corpora in turn, and
each question with an answer is asked of both: once where its paragraph is, once where only its
neighbours from the same page are. Trap: now and then a neighbour does answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evals.cases import Case, Gold
from evals.corpus import CaseSet, Corpus, Document
from evals.sets.files import find, malformed, read_json

FILES = ("squad2_half.json", "dev-v2.0.json")
SOURCE = "SQuAD 2.0, Rajpurkar et al. 2018, https://rajpurkar.github.io/SQuAD-explorer/"
LICENCE = "CC BY-SA 4.0"
# Weights, thresholds and the reader were chosen on these pages; figures to report are of others.
TUNED = frozenset({"Steam_engine", "Harvard_University", "Yuan_dynasty", "Imperialism"})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as an article, with the questions on it."""

    document: Document
    cases: tuple[Case, ...]


def load(data: Path) -> CaseSet:
    """Every paragraph in one corpus, with the questions that it answers and those it does not."""
    paragraphs = _paragraphs(find(data, "squad2", FILES))
    return CaseSet(
        name="squad",
        title="SQuAD 2.0: encyclopedia paragraphs in one corpus",
        source=SOURCE,
        licence=LICENCE,
        traps="The questions without an answer are made to look answerable from their paragraph.",
        corpora=(
            Corpus(
                "squad",
                tuple(paragraph.document for paragraph in paragraphs),
                tuple(case for paragraph in paragraphs for case in paragraph.cases),
            ),
        ),
        unit="article",
        depth=30,
    )


def load_removed(data: Path) -> CaseSet:
    """Two corpora of every other paragraph; each answerable question is asked of both."""
    paragraphs = _paragraphs(find(data, "squad2", FILES))
    return CaseSet(
        name="squad-removed",
        title="SQuAD 2.0 with the paragraph that answers taken away",
        source=SOURCE,
        licence=LICENCE,
        traps="Now and then a neighbouring paragraph does answer, and a refusal there is no merit.",
        corpora=tuple(_half(paragraphs, kept) for kept in (0, 1)),
        unit="article",
        depth=30,
    )


def load_mixed(data: Path) -> CaseSet:
    """`squad-removed` with the impossible questions too, each asked where its paragraph is.

    What a corpus cannot answer comes in both kinds: far from all that it holds, and near to it.
    """
    paragraphs = _paragraphs(find(data, "squad2", FILES))
    return replace(
        load_removed(data),
        name="squad-mixed",
        corpora=tuple(_half(paragraphs, kept, impossible=True) for kept in (0, 1)),
    )


def _half(paragraphs: list[Paragraph], kept: int, *, impossible: bool = False) -> Corpus:
    name = ("even", "odd")[kept]
    cases: list[Case] = []
    for number, paragraph in enumerate(paragraphs):
        answerable = [case for case in paragraph.cases if case.answerable]
        if number % 2 == kept:
            asked = paragraph.cases if impossible else answerable
            cases += [replace(case, id=f"{case.id}-kept") for case in asked]
        else:
            cases += [_without(case) for case in answerable]
    held = tuple(paragraph.document for paragraph in paragraphs[kept::2])
    return Corpus(name, held, tuple(cases))


def _without(case: Case) -> Case:
    note = f"its paragraph is not in this corpus; it says: {case.parts[0][0]}"
    return replace(
        case, id=f"{case.id}-removed", kind="unanswerable", parts=(), evidence=(), note=note
    )


def _paragraphs(path: Path) -> list[Paragraph]:
    try:
        return list(_read(read_json(path)["data"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise malformed(path, error) from error


def _read(pages: list[dict[str, Any]]) -> Iterator[Paragraph]:
    for page in pages:
        split = "tune" if page["title"] in TUNED else "report"
        for number, paragraph in enumerate(page["paragraphs"]):
            name, title = f"{page['title']}-{number:03d}", page["title"].replace("_", " ")
            document = Document(name, paragraph["context"], title)
            yield Paragraph(document, tuple(_case(qa, name, split) for qa in paragraph["qas"]))


def _case(qa: dict[str, Any], article: str, split: str) -> Case:
    answers = [] if qa.get("is_impossible") else qa["answers"]
    spans = dict.fromkeys((a["answer_start"], a["answer_start"] + len(a["text"])) for a in answers)
    accepted = tuple(dict.fromkeys(answer["text"] for answer in answers))
    return Case(
        id=qa["id"],
        question=qa["question"].strip(),
        kind="fact" if accepted else "near-miss",
        parts=(accepted,) if accepted else (),
        evidence=tuple(Gold(article, start, end) for start, end in spans),
        split=split,
        group=article,
    )
