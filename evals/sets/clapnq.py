"""CLAP NQ: real questions with answers in whole sentences, and some without an answer.

Source: Rosenthal et al. 2024, https://github.com/primeqa/clapnq (Apache-2.0); the questions and
passages are from Natural Questions (Kwiatkowski et al. 2019).
All passages of all questions are one corpus. The sentences that annotators chose are the gold
evidence. An answer counts as right where it holds at least half of the words of a gold answer.
Traps: the text is tokenised (spaces before punctuation), so quotes look odd; passages stop in the
middle of a sentence; an unanswerable question was judged against its own passage alone; sharing
words with a gold answer is a coarse sign of being right.
"""

from pathlib import Path
from typing import Any

from evals.cases import Case, Gold
from evals.corpus import CaseSet, Corpus, Document
from evals.sets.files import find, malformed, read_jsonl

ANSWERABLE = ("clapnq_dev_answerable_half.jsonl", "clapnq_dev_answerable.jsonl")
UNANSWERABLE = ("clapnq_dev_unanswerable_half.jsonl", "clapnq_dev_unanswerable.jsonl")


def load(data: Path) -> CaseSet:
    """All passages in one corpus, with both kinds of questions."""
    documents: dict[tuple[str, str], Document] = {}
    cases: list[Case] = []
    for names in (ANSWERABLE, UNANSWERABLE):
        path = find(data, "clapnq", names)
        for record in read_jsonl(path):
            try:
                cases.append(_case(record, documents, len(cases)))
            except (KeyError, IndexError, TypeError) as error:
                raise malformed(path, error) from error
    return CaseSet(
        name="clapnq",
        title="CLAP NQ: answers in whole sentences",
        source="CLAP NQ, Rosenthal et al. 2024, https://github.com/primeqa/clapnq",
        licence="Apache-2.0",
        traps="Tokenised text; right means half of a gold answer's words; judged by one passage.",
        corpora=(Corpus("clapnq", tuple(documents.values()), tuple(cases)),),
    )


def _case(record: dict[str, Any], documents: dict[tuple[str, str], Document], number: int) -> Case:
    given = record["passages"][0]
    key = (given["title"], given["text"])
    document = documents.setdefault(
        key, Document(f"clapnq-{len(documents):03d}", given["text"], given["title"])
    )
    answers = tuple(output["answer"] for output in record["output"] if output["answer"].strip())
    chosen = [sentence for output in record["output"] for sentence in output["selected_sentences"]]
    starts = {(document.text.find(sentence), len(sentence)) for sentence in chosen if answers}
    return Case(
        id=str(record["id"]),
        question=record["input"],
        kind="fact" if answers else "near-miss",
        parts=(answers,) if answers else (),
        evidence=tuple(Gold(document.id, at, at + n) for at, n in sorted(starts) if at >= 0),
        split=("tune", "report")[number % 2],
        long=True,
        group=document.id,
    )
