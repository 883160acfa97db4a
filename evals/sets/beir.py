"""A folder in the form of BEIR: retrieval alone, no answers.

Source of the form: Thakur et al. 2021, https://github.com/beir-cellar/beir. SciFact: Wadden et
al. 2020, claims CC BY 4.0, abstracts ODC-By.
A folder holds `corpus.jsonl` (or .gz; `_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and
`qrels/SPLIT.tsv`; `queries_SPLIT.jsonl` and `qrels_SPLIT.tsv` are read too.
Each document is an article, each judged query a case; a passage counts for its article, and the
articles of a ranking are counted once, at their best passage.
Traps: SciFact's queries are claims, not questions; judgements are sparse, so an unjudged document
counts as wrong though it may be right; grades above 1 count as 1.
"""

from pathlib import Path

from evals.cases import Case, Gold
from evals.corpus import CaseSet, Corpus, Document
from evals.sets.files import find, malformed, read_jsonl, read_tsv


def load_scifact(data: Path) -> CaseSet:
    """SciFact: 5,183 abstracts and the 300 claims of its validation split."""
    return load(data, folder="scifact", split="validation")


def load(data: Path, *, folder: str, split: str) -> CaseSet:
    """Read the folder `data/folder`; raises SetError where a file is missing or malformed."""
    corpus = find(data, folder, ["corpus.jsonl", "corpus.jsonl.gz"])
    queries = find(data, folder, [f"queries_{split}.jsonl", "queries.jsonl"])
    qrels = find(data, folder, [f"qrels_{split}.tsv", f"qrels/{split}.tsv"])
    try:
        documents = {
            d["_id"]: Document(d["_id"], d["text"], d["title"]) for d in read_jsonl(corpus)
        }
    except KeyError as error:
        raise malformed(corpus, error) from error
    wanted = _relevant(qrels, documents)
    try:
        asked = {query["_id"]: query["text"] for query in read_jsonl(queries)}
    except KeyError as error:
        raise malformed(queries, error) from error
    cases = tuple(
        Case(id=name, question=asked[name], kind="claim", evidence=tuple(gold), split=_side(split))
        for name, gold in wanted.items()
        if name in asked
    )
    return CaseSet(
        name=folder,
        title=f"{folder} ({split}): retrieval alone",
        source="BEIR, Thakur et al. 2021, https://github.com/beir-cellar/beir",
        licence="the set's own; SciFact: CC BY 4.0 (claims), ODC-By (abstracts)",
        traps="Queries are claims, not questions; unjudged documents count as wrong.",
        corpora=(Corpus(folder, tuple(documents.values()), cases),),
        unit="article",
        asks=False,
        depth=30,
    )


def _relevant(path: Path, documents: dict[str, Document]) -> dict[str, list[Gold]]:
    wanted: dict[str, list[Gold]] = {}
    try:
        for query, document, grade in read_tsv(path):
            if int(grade) > 0:
                gold = wanted.setdefault(query, [])
                gold.append(Gold(document, 0, len(documents[document].text), len(gold)))
    except (ValueError, KeyError) as error:
        raise malformed(path, error) from error
    return wanted


def _side(split: str) -> str:
    return "tune" if split == "train" else "report"
