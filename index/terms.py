"""The lexical leg: BM25 over the chunks of one generation. The only file that imports tantivy.

Why tantivy, and what its BM25 can and cannot do: docs/decisions/0002-lexical-leg.md.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from index.errors import DamagedError, StoreError
from index.filters import days
from index.stems import stems, words
from index.store_errors import refused
from index.types import Filters

if TYPE_CHECKING:
    import tantivy

__all__ = ["Terms", "TermsRow", "stems"]

_WRITER_BYTES = 200_000_000  # about 500,000 chunks to a segment; taken as needed, not at once
_MOST_WORDS = 64  # of one question, the rarest: a pasted article asks no more than that
_SPARE = 16  # hits beyond those asked for, to see where a tie ends
_DIGITS = 6  # of a score that count: sums of 32-bit floats depend on the segments beyond them


@dataclass(frozen=True, slots=True)
class TermsRow:
    """One chunk to index; `published` is YYYYMMDD, or 0 where the article states no date."""

    chunk_id: str
    article_id: str
    title: str
    text: str
    source: str
    published: int


class Terms:
    """The words of every chunk of one generation, in a folder of their own.

    Any number of threads and processes may search one folder. Only `apply` writes; it is for the
    one writer, on a folder that nobody else has open.
    """

    def __init__(self, index: "tantivy.Index", folder: Path) -> None:
        import tantivy

        self._index = index
        self._folder = folder
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("whitespace", words)
        index.config_reader("manual")  # what is opened stays what it was until `apply`
        self._schema = index.schema
        self._refresh()

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make an empty index in a folder that holds none; StoreError if it cannot be made."""
        import tantivy

        if (folder / "meta.json").exists():
            raise StoreError(f"{folder} already holds a word index; remove it first")
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        for name in ("article", "source", "every"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("published", fast=True)
        builder.add_bytes_field("chunk", stored=True)
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            return cls(tantivy.Index(builder.build(), str(folder), reuse=False), folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open an index for searching; DamagedError if it is missing or cannot be read."""
        import tantivy

        with _reading(folder):
            return cls(tantivy.Index.open(str(folder)), folder)

    def apply(self, *, add: Iterable[TermsRow], remove: Iterable[str]) -> None:
        """Remove every row of the articles in `remove`, then add rows: all of it or nothing.

        An article that has changed is in both. Raises StoreError if the folder cannot be written;
        that, and whatever the iterables raise, leaves the folder as it was.
        """
        with _writing(self._folder):
            writer = self._index.writer(_WRITER_BYTES, 1)
        try:
            for article_id in remove:
                writer.delete_documents_by_term("article", _key(article_id))
            for row in add:
                document = _document(row)
                with _writing(self._folder):
                    writer.add_document(document)
            with _writing(self._folder):
                writer.commit()
        except BaseException:
            writer.rollback()
            raise
        with _writing(self._folder):
            writer.wait_merging_threads()
            self._refresh()

    def search(
        self, question: str, k: int, *, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Find the k chunks that share the question's rarest words: (chunk id, BM25), best first.

        BM25 with k1 = 1.2 and b = 0.75 over title and text (Robertson and Zaragoza 2009, section
        3.2; idf as in Lucene, never negative). Every score is above 0; equal ones stand in the
        order of their ids. Filters choose among chunks and do not change a score. The question is
        data: nothing in it is an operator.
        """
        chosen = filters or Filters()
        first, last = days(chosen) or (0, 0)
        if k < 1 or first > last:
            return []
        asked = Counter(stem for stem, _, _ in stems(question))
        with _reading(self._folder):
            query = self._query(asked, chosen)
            return self._best(query, k) if query else []

    def weights(self, question: str) -> dict[str, float]:
        """Map each distinct stem of the question to its idf, in the order of the question.

        ln(1 + (N - n + 0.5) / (n + 0.5)) for a stem in n of the N chunks, n being 0 for a stem
        that the corpus does not have.
        """
        words = dict.fromkeys(stem for stem, _, _ in stems(question))
        with _reading(self._folder):
            return {word: _idf(self._frequency(word), self.count()) for word in words}

    def known(self, stem: str) -> bool:
        """Tell whether any chunk has the stem."""
        with _reading(self._folder):
            return self._frequency(stem) > 0

    def count(self) -> int:
        """Return the number of chunks."""
        return self._searcher.num_docs

    def close(self) -> None:
        """Let go of the folder; searches that are running end well, later ones must not begin."""
        del self._searcher, self._index

    def _refresh(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()
        # Statistics go on counting what was removed until a merge drops it.
        self._counted = self._searcher.doc_freq("every", "1")

    def _frequency(self, word: str) -> int:
        """Return how many chunks have the word, without those that were removed."""
        counted = self._searcher.doc_freq("words", word)
        if counted == 0 or self._counted == self.count():
            return counted
        return int(getattr(self._searcher.search(self._word(word), 1), "count", 0))

    def _word(self, word: str) -> "tantivy.Query":
        import tantivy

        return tantivy.Query.term_query(self._schema, "words", word, index_option="freq")

    def _query(self, asked: Mapping[str, int], filters: Filters) -> "tantivy.Query | None":
        import tantivy

        known = sorted((n, word) for word in asked if (n := self._frequency(word)))
        words = []
        for n, word in known[:_MOST_WORDS]:
            counted = _idf(self._searcher.doc_freq("words", word), self._counted)
            boost = asked[word] * _idf(n, self.count()) / counted
            words.append(tantivy.Query.boost_query(self._word(word), boost))
        if not words:
            return None
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, word) for word in words])
        kept = [tantivy.Query.const_score_query(part, 0.0) for part in self._kept(filters)]
        must = [(tantivy.Occur.Must, part) for part in (query, *kept)]
        return tantivy.Query.boolean_query(must) if kept else query

    def _kept(self, filters: Filters) -> "Iterator[tantivy.Query]":
        import tantivy

        if filters.sources:
            keys = [_key(source) for source in filters.sources]
            yield tantivy.Query.term_set_query(self._schema, "source", keys)
        if bounds := days(filters):
            kind = tantivy.FieldType.Integer
            yield tantivy.Query.range_query(self._schema, "published", kind, *bounds)

    def _best(self, query: "tantivy.Query", k: int) -> list[tuple[str, float]]:
        """Return the best k, ties at the k-th place settled by id, not by place in the folder."""
        limit = k + _SPARE
        while True:
            found: list[tuple[float, Any]] = self._searcher.search(query, limit, count=False).hits
            hits = [(float(f"{score:.{_DIGITS}g}"), address) for score, address in found]
            if len(hits) < limit or hits[-1][0] < hits[k - 1][0]:
                break
            limit *= 4
        least = hits[min(k, len(hits)) - 1][0] if hits else 0.0
        named = [(self._chunk(place), score) for score, place in hits if 0 < score >= least]
        return sorted(named, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _chunk(self, address: "tantivy.DocAddress") -> str:
        stored: bytes = self._searcher.doc(address)["chunk"][0]
        return stored.decode("utf-8", "surrogatepass")


def _document(row: TermsRow) -> "tantivy.Document":
    import tantivy

    document = tantivy.Document()
    document.add_text("words", " ".join(words(f"{row.title}\n{row.text}")))
    document.add_text("article", _key(row.article_id))
    document.add_text("source", _key(row.source))
    document.add_text("every", "1")
    document.add_integer("published", row.published)
    document.add_bytes("chunk", row.chunk_id.encode("utf-8", "surrogatepass"))
    return document


def _key(value: str) -> str:
    """Return a term that stands for any string; terms themselves may be neither empty nor long."""
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _idf(n: int, total: int) -> float:
    return math.log1p((total - n + 0.5) / (n + 0.5))


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise _damaged(folder, error) from error
    except BaseException as error:
        # A panic in tantivy's own code is no Exception, and its class cannot be imported.
        if type(error).__name__ == "PanicException":
            raise _damaged(folder, error) from error
        raise


def _damaged(folder: Path, error: BaseException) -> DamagedError:
    return DamagedError(
        f"the word index in {folder} is missing or damaged ({str(error)[:200]}); "
        "run `corpus-qa index --rebuild` to make it again"
    )


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        what, said = f"the word index in {folder}", str(error)[:200]
        raise refused(what, said) or StoreError(f"{what} cannot be written ({said})") from error
