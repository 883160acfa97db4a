"""MTRAG: conversations over four collections, with follow-ups that people rewrote.

Source: Katsis et al. 2025, https://github.com/IBM/mt-rag-benchmark (Apache-2.0).

`mtrag`: the passages of all turns are one corpus; each turn is asked with the conversation before
it. Turns that are answerable are right where the answer holds half of the target's words; those
that are unanswerable, or underspecified so that one would have to ask back, should be refused.
Turns that are answerable in part are left out: neither an answer nor a refusal is right.
`mtrag-rewrite`: 777 follow-ups. Judged is only how near the question as it was understood comes to
a person's rewrite, beside what leaving the last turn as it is would score.
Traps: targets were drafted by language models and corrected by people, so they share few words
with the passages; passages are unclean (forum posts, link text); the full collections hold more
passages than these, so ranking figures here are easier than the published ones; in the rewrite
files only the person's turns are given, not the answers.
"""

from pathlib import Path
from typing import Any

from evals.cases import Case, Gold
from evals.corpus import CaseSet, Corpus, Document
from evals.sets.files import find, malformed, read_jsonl
from qa.types import Turn

FILES = ("mtrag_un_reference.jsonl",)
DOMAINS = ("clapnq", "cloud", "fiqa", "govt")
SOURCE = "MTRAG, Katsis et al. 2025, https://github.com/IBM/mt-rag-benchmark"
KINDS = {"UNANSWERABLE": "unanswerable", "UNDERSPECIFIED": "underspecified"}


def load(data: Path) -> CaseSet:
    """Conversation turns with their passages; partly answerable ones are left out."""
    documents, cases = _turns(find(data, "mtrag", FILES))
    return CaseSet(
        name="mtrag",
        title="MTRAG: turns of conversations",
        source=SOURCE,
        licence="Apache-2.0",
        traps="Targets share few words with the passages; partly answerable turns are left out.",
        corpora=(Corpus("mtrag", tuple(documents.values()), tuple(cases)),),
        unit="article",
        depth=30,
    )


def load_rewrites(data: Path) -> CaseSet:
    """Follow-ups with a person's rewrite; the corpus is that of `load`."""
    documents, _ = _turns(find(data, "mtrag", FILES))
    cases = tuple(case for domain in DOMAINS for case in _rewrites(data, domain))
    return CaseSet(
        name="mtrag-rewrite",
        title="MTRAG: follow-ups against people's rewrites",
        source=SOURCE,
        licence="Apache-2.0",
        traps="Only the person's earlier turns are known; there are many good rewrites of a turn.",
        corpora=(Corpus("mtrag", tuple(documents.values()), cases),),
        searches=False,
    )


def _turns(path: Path) -> tuple[dict[str, Document], list[Case]]:
    documents: dict[str, Document] = {}
    cases: list[Case] = []
    for record in read_jsonl(path):
        try:
            own = [_document(context, documents) for context in record["contexts"]]
            label = record["answerability"][0]
            if label != "PARTIAL":
                cases.append(_turn(record, label, [d for d in own if d is not None]))
        except (KeyError, IndexError, TypeError) as error:
            raise malformed(path, error) from error
    return documents, cases


def _document(context: dict[str, Any], documents: dict[str, Document]) -> Document | None:
    text = context["text"]
    if not text.strip():
        return None
    name = context["document_id"]
    if name in documents and documents[name].text != text:
        name = f"{name}-{len(documents)}"
    return documents.setdefault(name, Document(name, text, context.get("title", "")))


def _turn(record: dict[str, Any], label: str, own: list[Document]) -> Case:
    said = record["input"]
    history = tuple(
        Turn(asked["text"], answer["text"])
        for asked, answer in zip(said[:-1:2], said[1::2], strict=True)
    )
    answerable = label == "ANSWERABLE"
    target = record["targets"][0]["text"].strip()
    return Case(
        id=record["task_id"],
        question=said[-1]["text"].strip(),
        kind=KINDS.get(label, "follow-up" if history else "fact"),
        parts=((target,),) if answerable else (),
        evidence=tuple(Gold(d.id, 0, len(d.text)) for d in own) if answerable else (),
        history=history,
        split=("tune", "report")[int(record["conversation_id"], 16) % 2],
        long=True,
        group=record["conversation_id"],
    )


def _rewrites(data: Path, domain: str) -> list[Case]:
    asked, written = (
        {record["_id"]: _said(record["text"]) for record in read_jsonl(path)}
        for path in (
            find(data, "mtrag", [f"{domain}_questions.jsonl"]),
            find(data, "mtrag", [f"{domain}_rewrite.jsonl"]),
        )
    )
    return [
        Case(
            id=name,
            question=turns[-1],
            kind="follow-up",
            history=tuple(Turn(turn, "") for turn in turns[:-1]),
            rewrite=written[name][-1],
            group=name.split("<")[0],
        )
        for name, turns in asked.items()
        if name in written
    ]


def _said(text: str) -> list[str]:
    return [turn.strip() for turn in text.split("|user|:") if turn.strip()]
