"""How well claims are told apart: `python -m evals.claims --data DIR` prints the confusion table.

True and false claims are made by rule (`evals/made_claims.py`) from the default corpus and from
SQuAD's paragraphs, each held against the passage that it cites, and each true one against the
wrong passage too. SQuAD's pages for tuning and for reporting are told apart.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.made_claims import Claim, claims, names_of
from evals.sets import squad
from index.articles import Loaded, read_corpus
from index.boilerplate import content_sentences
from index.embed import DEFAULT_MODEL, open_embedder
from index.types import Article, Chunk, Passage, Span
from qa.claims.bind import BindSettings, Checker
from qa.claims.words import sentence
from qa.similarity import Similarity

_SHORT = 5  # words; what is so short another article may well say too


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one claim: whether it was taken as borne out, the reason and the seconds."""

    claim: Claim
    kept: bool
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Held:
    """One article as the passage that claims cite, with its sentences."""

    passage: Passage
    spans: tuple[Span, ...]

    @property
    def sentences(self) -> list[str]:
        return [self.passage.text[span.start : span.end] for span in self.spans]


def held(article: Article) -> Held:
    """The whole article as one passage: more sentences to be misled by than a chunk has."""
    chunk = Chunk(article.id, article.id, 0, 0, len(article.text))
    passage = Passage(
        chunk, article.id, article.title, article.source, article.published, article.text, 1.0
    )
    return Held(passage, tuple(content_sentences(article.text, article.title)))


def made(articles: Sequence[Held], *, seed: int = 0) -> list[Claim]:
    """The claims on these articles, among them true ones that cite another article."""
    names = sorted({name for one in articles for name in names_of(one.passage.text)})
    found = [
        claim
        for one in articles
        for claim in claims(one.passage.article_id, one.sentences, names=names, seed=seed)
    ]
    draw = random.Random(seed)
    ids = [one.passage.article_id for one in articles]
    astray = [
        replace(claim, cited=draw.choice([i for i in ids if i != claim.article]))
        for claim in found
        if claim.change == "verbatim" and len(ids) > 1 and len(sentence(claim.text).words) > _SHORT
    ]
    return found + [replace(claim, change="wrong passage", true=False) for claim in astray]


def judged(
    articles: Sequence[Held],
    found: Iterable[Claim],
    similarity: Similarity,
    settings: BindSettings | None = None,
) -> list[Row]:
    """Hold each claim against the passage that it cites."""
    by_id = {one.passage.article_id: one for one in articles}
    spans = {name: one.spans for name, one in by_id.items()}.__getitem__
    checkers = {
        name: Checker("", [one.passage], spans, similarity=similarity, settings=settings)
        for name, one in by_id.items()
    }
    rows = []
    for claim in found:
        started = time.perf_counter()
        verdict = checkers[claim.cited].check(claim.text, [1])
        seconds = time.perf_counter() - started
        rows.append(Row(claim, bool(verdict.borne), verdict.reason, seconds))
    return rows


def _sentences(articles: Sequence[Held]) -> Callable[[str], Sequence[Span]]:
    found = {one.passage.article_id: one.spans for one in articles}
    return found.__getitem__


def table(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Kept and removed claims by how they were made, the true kinds first."""
    counts: dict[str, dict[str, int]] = {}
    for row in sorted(rows, key=lambda row: (not row.claim.true, row.claim.change)):
        kind = f"{'true' if row.claim.true else 'false'}: {row.claim.change}"
        entry = counts.setdefault(kind, {"kept": 0, "removed": 0})
        entry["kept" if row.kept else "removed"] += 1
    return counts


def squad_articles(data: Path, work: Path, split: str) -> list[Held]:
    """SQuAD's paragraphs of one split, each an article."""
    documents = {
        case.group: case.split for corpus in squad.load(data).corpora for case in corpus.cases
    }
    (corpus,) = squad.load(data).corpora
    found = []
    for document in corpus.documents:
        if documents.get(document.id) == split:
            path = work / f"{document.id}.txt"
            path.write_text(document.text, encoding="utf-8")
            found.append(path)
    return read(found)


def read(paths: Sequence[Path]) -> list[Held]:
    """The articles in files and folders."""
    return [held(item.article) for item in read_corpus(paths) if isinstance(item, Loaded)]


def main() -> None:
    """Print the table of each set as JSON; with --lost the claims that were judged wrong."""
    parser = argparse.ArgumentParser(description="Tell true claims from false ones.")
    parser.add_argument("--data", type=Path, help="the folder of public sets; seeds alone without")
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    parser.add_argument("--step", type=int, default=1, help="every how many SQuAD paragraphs")
    parser.add_argument("--lost", type=int, default=0, help="how many wrong ones to show")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sets = {"seeds": read([options.seeds])}
        if options.data:
            for split in ("tune", "report"):
                (work / split).mkdir()
                sets[f"squad {split}"] = squad_articles(options.data, work / split, split)[
                    :: options.step
                ]
        similarity = Similarity(open_embedder(DEFAULT_MODEL, work))
        for name, articles in sets.items():
            rows = judged(articles, made(articles), similarity)
            _print(name, rows, options.lost)


def _print(name: str, rows: Sequence[Row], lost: int) -> None:
    true = [row for row in rows if row.claim.true]
    false = [row for row in rows if not row.claim.true]
    summary = {
        "set": name,
        "true kept": f"{sum(r.kept for r in true)}/{len(true)}",
        "false kept": f"{sum(r.kept for r in false)}/{len(false)}",
        "ms per claim": round(1000 * sum(r.seconds for r in rows) / max(len(rows), 1), 2),
        "table": table(rows),
    }
    sys.stdout.write(json.dumps(summary, indent=1) + "\n")
    wrong = [row for row in rows if row.kept != row.claim.true]
    for row in random.Random(1).sample(wrong, min(lost, len(wrong))):
        sys.stdout.write(f"{row.claim.true} {row.claim.change}: {row.claim.text} <- {row.reason}\n")


if __name__ == "__main__":
    main()
