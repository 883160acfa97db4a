"""How well claims are told apart: `python -m evals.claims --data DIR` prints what came of them.

True and false claims are made by rule (`evals/made_claims.py`) from the default corpus and from
SQuAD's paragraphs, each held against the whole article that it cites, and each true one against the
wrong article too; then whole answers of such sentences go through the bot (`evals/scripted.py`),
and the time that checking adds is taken (`evals/scripted_time.py`). SQuAD's pages for tuning and
for reporting are told apart.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.corpus import Corpus, written
from evals.made_claims import Claim, claims, names_of
from evals.scripted import Outcome, confusion, outcomes, share
from evals.scripted import summary as scripted_summary
from evals.scripted_time import WHOLE, seconds
from evals.sets import squad
from evals.sets.seeds import ARTICLES, load_seeds
from index.articles import Loaded, read_corpus
from index.boilerplate import content_sentences
from index.embed import DEFAULT_MODEL, open_embedder
from index.types import Article, Chunk, Passage, Span
from qa.bot import Bot
from qa.claims.bind import Checker
from qa.claims.words import sentence
from qa.llm.fake import ScriptedModel
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
) -> list[Row]:
    """Hold each claim against the passage that it cites."""
    by_id = {one.passage.article_id: one for one in articles}
    spans = {name: one.spans for name, one in by_id.items()}.__getitem__
    checkers = {
        name: Checker([one.passage], spans, similarity=similarity) for name, one in by_id.items()
    }
    rows = []
    for claim in found:
        started = time.perf_counter()
        verdict = checkers[claim.cited].check(claim.text, [1])
        seconds = time.perf_counter() - started
        rows.append(Row(claim, bool(verdict.borne), verdict.reason, seconds))
    return rows


def table(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Kept and removed claims by how they were made, the true kinds first."""
    return confusion((row.claim.true, row.claim.change, row.kept) for row in rows)


def squad_corpus(data: Path, split: str) -> Corpus:
    """SQuAD's paragraphs of one split, each an article, with the questions on them."""
    (corpus,) = squad.load(data).corpora
    cases = tuple(case for case in corpus.cases if case.split == split)
    groups = {case.group for case in cases}
    documents = tuple(document for document in corpus.documents if document.id in groups)
    return Corpus(f"squad {split}", documents, cases)


def read(paths: Sequence[Path]) -> list[Held]:
    """The articles in files and folders."""
    return [held(item.article) for item in read_corpus(paths) if isinstance(item, Loaded)]


def main() -> None:
    """Print what came of each set as JSON; with --lost the claims that were judged wrong."""
    parser = argparse.ArgumentParser(description="Tell true claims from false ones.")
    parser.add_argument("--data", type=Path, help="the folder of public sets; seeds alone without")
    parser.add_argument("--step", type=int, default=1, help="every how many SQuAD paragraphs")
    parser.add_argument("--answers", type=int, default=150, help="how many questions of each set")
    parser.add_argument("--timed", type=int, default=30, help="how many answers are timed")
    parser.add_argument("--lost", type=int, default=0, help="how many wrong ones to show")
    options = parser.parse_args()
    corpora = [*load_seeds(ARTICLES).corpora]
    if options.data:
        corpora += [squad_corpus(options.data, split) for split in ("tune", "report")]
    with tempfile.TemporaryDirectory() as folder:
        for number, corpus in enumerate(corpora):
            _report(corpus, Path(folder) / str(number), options)


def _report(corpus: Corpus, folder: Path, options: argparse.Namespace) -> None:
    paths = written(corpus, folder / "articles")
    articles = read(paths)[:: options.step]
    similarity = Similarity(open_embedder(DEFAULT_MODEL, folder))
    rows = judged(articles, made(articles), similarity)
    summary: dict[str, object] = {"set": corpus.name, "claims": _claims(rows)}
    Bot.build(paths, folder / "index").close()
    model = ScriptedModel("", size=WHOLE)
    questions = [case for case in corpus.cases if not case.history]
    cases = random.Random(0).sample(questions, min(options.answers, len(questions)))
    with Bot.open(folder / "index", llm=model) as bot:
        found = outcomes(bot, model, cases)
        summary["answers"] = scripted_summary(found)
        if options.timed:
            summary["seconds"] = seconds(bot, model, cases, options.timed)
    sys.stdout.write(json.dumps(summary, indent=1) + "\n")
    _show(rows, found, options.lost)


def _claims(rows: Sequence[Row]) -> dict[str, object]:
    return {
        "true kept": share([row.kept for row in rows if row.claim.true]),
        "false kept": share([row.kept for row in rows if not row.claim.true]),
        "ms per claim": round(1000 * sum(r.seconds for r in rows) / max(len(rows), 1), 2),
        "table": table(rows),
    }


def _show(rows: Sequence[Row], found: Sequence[Outcome], lost: int) -> None:
    wrong = [row for row in rows if row.kept != row.claim.true]
    for row in random.Random(1).sample(wrong, min(lost, len(wrong))):
        sys.stdout.write(f"{row.claim.true} {row.claim.change}: {row.claim.text} <- {row.reason}\n")
    lines = [
        line
        for one in found
        for line in one.script.lines
        if one.answer.wrote and (line in one.shown) != line.true
    ]
    for line in lines[:lost]:
        sys.stdout.write(f"{line.true} {line.change} {line.cited}: {line.text}\n")


if __name__ == "__main__":
    main()
