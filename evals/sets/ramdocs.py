"""RAMDocs: ambiguous questions over documents that are right, wrong or beside the point.

Source: Wang et al. 2025, https://github.com/HanNight/RAMDocs (MIT).
All documents of all questions are one corpus, each an article without a title. An answer must
name every gold answer and none that is known to be wrong; a document marked correct is gold
evidence, as a whole, for the answer that it gives.
Traps: documents are cut out of pages, many with page furniture or cut mid-sentence; several
documents say the same; the wrong ones are right ones with one value changed, so that nothing but
a second document tells them apart; a gold answer without a document that gives it cannot be found.
"""

from pathlib import Path
from typing import Any

from evals.cases import Case, Gold
from evals.corpus import CaseSet, Corpus, Document
from evals.sets.files import find, malformed, read_jsonl

FILES = ("ramdocs_half.jsonl", "RAMDocs_test.jsonl")


def load(data: Path) -> CaseSet:
    """All documents in one corpus; one case for each question."""
    path = find(data, "ramdocs", FILES)
    documents: list[Document] = []
    cases: list[Case] = []
    for number, record in enumerate(read_jsonl(path)):
        try:
            own = _documents(record, number)
            cases.append(_case(record, number, own))
        except (KeyError, TypeError) as error:
            raise malformed(path, error) from error
        documents += own
    return CaseSet(
        name="ramdocs",
        title="RAMDocs: ambiguous questions, documents that contradict each other",
        source="RAMDocs, Wang et al. 2025, https://github.com/HanNight/RAMDocs",
        licence="MIT",
        traps="Wrong documents are right ones with one value changed; many are cut mid-sentence.",
        corpora=(Corpus("ramdocs", tuple(documents), tuple(cases)),),
        unit="article",
        depth=30,
    )


def _documents(record: dict[str, Any], number: int) -> list[Document]:
    return [
        Document(f"ramdocs-{number:03d}-{place}", document["text"])
        for place, document in enumerate(record["documents"])
    ]


def _case(record: dict[str, Any], number: int, own: list[Document]) -> Case:
    answers = list(dict.fromkeys(record["gold_answers"]))
    evidence = [
        Gold(document.id, 0, len(document.text), answers.index(given["answer"]))
        for document, given in zip(own, record["documents"], strict=True)
        if given["type"] == "correct" and given["answer"] in answers
    ]
    return Case(
        id=f"ramdocs-{number:03d}",
        question=record["question"],
        kind="fact" if len(answers) == 1 else "list",
        parts=tuple((answer,) for answer in answers),
        evidence=tuple(evidence),
        split=("tune", "report")[number % 2],
        wrong=tuple(w for w in record["wrong_answers"] if w not in answers),
    )
