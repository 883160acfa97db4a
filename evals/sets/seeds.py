"""Cases in a file of one's own, and the questions on the five articles of the default corpus.

`seeds`: 174 questions written by hand on the articles in `seeds/`, before any answer was seen. No
figure is tuned on the half marked `report`. Traps: five articles on one subject over seven years,
so the same people, places and weekdays come up in different roles; page furniture that looks like
an answer; names spelled in several ways; quotes that may be answered from more than one article,
of which only those known to the writer count as evidence.
"""

from pathlib import Path

from evals.cases import Case, load_cases
from evals.corpus import CaseSet, Corpus, Document
from evals.errors import SetError
from index.errors import IndexFailure

ARTICLES = Path("seeds")
CASES = Path(__file__).parents[1] / "questions" / "seeds.jsonl"


def load_seeds(articles: Path) -> CaseSet:
    """The hand-written questions on the default corpus, whose articles are in `articles`."""
    return CaseSet(
        name="seeds",
        title="The default corpus: five news articles",
        source="written for this project",
        licence="the project's own",
        traps="The same people and weekdays in several articles; page furniture like answers.",
        corpora=(_corpus(CASES, articles),),
    )


def load_file(path: Path, articles: Path) -> CaseSet:
    """A file of cases on the articles in a folder, or in the data folder of an index."""
    return CaseSet(
        name=path.stem,
        title=f"{path.name} on {articles}",
        source=str(path),
        licence="the file's own",
        traps="none stated",
        corpora=(_corpus(path, articles),),
    )


def _corpus(path: Path, articles: Path) -> Corpus:
    opened = articles if (articles / "CURRENT").exists() else None
    documents = tuple(_indexed(articles) if opened else _read(articles))
    texts = {document.id: document.text for document in documents}
    cases: tuple[Case, ...] = load_cases(path, texts)
    paths = () if opened else (articles,)
    return Corpus(path.stem, documents, cases, paths=paths, opened=opened)


def _read(folder: Path) -> list[Document]:
    from index.articles import Loaded, read_corpus

    if not folder.exists():
        raise SetError(f"{folder} does not exist; give the folder of the articles by --data.")
    try:
        found = [item for item in read_corpus([folder]) if isinstance(item, Loaded)]
    except IndexFailure as error:
        raise SetError(f"The articles in {folder} cannot be read: {error}") from error
    return [Document(i.article.id, i.article.text, i.article.title) for i in found]


def _indexed(data: Path) -> list[Document]:
    from index.live import Live

    try:
        live = Live(data)
        with live.hold() as generation:
            articles = list(generation.library.articles())
        live.close()
    except IndexFailure as error:
        raise SetError(f"The index in {data} cannot be read: {error}") from error
    return [Document(article.id, article.text, article.title) for article in articles]
