import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.build import ChunkSettings, Report, sync
from index.embed import FakeEmbedder, Kind
from index.errors import CorpusError, DamagedError, LockedError, MismatchError, NoIndex, StoreError
from index.generations import folder_of, live_manifest, live_name, open_live
from index.lock import writing

SMALL = ChunkSettings(window=24)
ANIMALS = {
    "cats.txt": "Cats sleep all day. Most cats purr when they are content.",
    "dogs.txt": "Dogs bark at strangers. A dog that barks seldom bites.",
    "owls.txt": "Owls hunt at night. Their flight makes no sound at all.",
}


class Counting:
    """The fake embedder, which also keeps the texts and fails when told to."""

    def __init__(self, fingerprint: str = "", fail_after: int = 1_000_000) -> None:
        self._fake = FakeEmbedder()
        self.fingerprint = fingerprint or self._fake.fingerprint
        self.name = self.fingerprint
        self.dimension, self.window = self._fake.dimension, self._fake.window
        self.texts: list[str] = []
        self.fail_after = fail_after

    def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
        if len(self.texts) + len(texts) > self.fail_after:
            raise KeyboardInterrupt
        self.texts += texts
        return self._fake.embed(texts)

    def tokens(self, text: str) -> Sequence[tuple[int, int]]:
        return self._fake.tokens(text)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in ANIMALS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def index(data: Path, *roots: Path, **options: object) -> Report:
    options = {"embedder": Counting(), "settings": SMALL} | options
    return sync(roots, data, **options)  # type: ignore[arg-type]


def texts(data: Path) -> dict[str, str]:
    """Read the live library, after a check that its three stores hold the same chunks."""
    with open_live(data) as generation:
        articles, chunks = generation.library.counts()
        assert (articles, chunks) == (generation.manifest.articles, generation.manifest.chunks)
        assert chunks == generation.vectors.count() == generation.terms.count()
        found = {article.id: article.text for article in generation.library.articles()}
        assert len(found) == articles
        return found


def words(data: Path, question: str) -> list[str]:
    """Return the articles that the lexical leg finds."""
    with open_live(data) as generation:
        ids = [chunk_id for chunk_id, _ in generation.terms.search(question, 10)]
        found = generation.library.chunks(ids)
        return sorted({found[chunk_id].article_id for chunk_id in ids})


def jsonl(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def row(name: str, text: str, **fields: str) -> dict[str, str]:
    return {"id": name, "text": text} | fields


def nearest(data: Path, text: str) -> str:
    """Return the text of the chunk whose vector is nearest."""
    with open_live(data) as generation:
        vector = FakeEmbedder().embed([text])[0]
        chunk_id = generation.vectors.search(vector, 1)[0][0]
        chunk = generation.library.chunks([chunk_id])[chunk_id]
        return generation.library.article(chunk.article_id).text[chunk.start : chunk.end]


def test_every_article_is_indexed_once_and_word_for_word(corpus: Path, data: Path) -> None:
    report = index(data, corpus)
    assert report.added == ("cats.txt", "dogs.txt", "owls.txt")
    assert report.changed == report.removed == report.unchanged == report.kept == ()
    assert report.failed == ()
    assert report.generation == live_name(data) == "000001"
    assert texts(data) == ANIMALS
    assert words(data, "purr") == ["cats.txt"]
    assert "no sound" in nearest(data, "Their flight makes no sound at all.")


def test_without_a_change_nothing_is_embedded_and_nothing_published(
    corpus: Path, data: Path
) -> None:
    before = index(data, corpus)
    embedder = Counting()
    report = index(data, corpus, embedder=embedder)
    assert report.unchanged == ("cats.txt", "dogs.txt", "owls.txt")
    assert report.generation is None
    assert report.chunks == before.chunks
    assert (report.embedded, embedder.texts) == (0, [])
    assert [path.name for path in (data / "generations").iterdir()] == ["000001"]


def test_an_article_that_shrinks_leaves_no_chunk_behind(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(" ".join(f"Sentence number {i} is here to fill it." for i in range(40)))
    many = index(data, path).chunks
    path.write_text("Sentence number 0 is here to fill it.")
    assert many > 5
    assert index(data, path).chunks == 1
    assert texts(data) == {"a.txt": "Sentence number 0 is here to fill it."}


def test_a_corpus_that_is_not_there_makes_no_data_folder(tmp_path: Path, data: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist"):
        index(data, tmp_path / "never")
    assert not data.exists()


def test_a_corpus_without_text_is_refused(tmp_path: Path, data: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CorpusError, match=r"no article in .*empty"):
        index(data, empty)
    (empty / "a.txt").write_text(" \n\t\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"can be read: a.txt"):
        index(data, empty)
    with pytest.raises(NoIndex):
        open_live(data)


def test_an_empty_folder_is_refused_beside_an_index_too(
    corpus: Path, tmp_path: Path, data: Path
) -> None:
    index(data, corpus)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CorpusError, match=r"no article in .*empty"):
        index(data, empty)
    assert texts(data) == ANIMALS


def test_another_model_is_refused_until_a_rebuild(corpus: Path, data: Path) -> None:
    index(data, corpus)
    other = Counting("another model")
    with pytest.raises(MismatchError, match=r"another model.*corpus-qa index --rebuild"):
        index(data, corpus, embedder=other)
    report = index(data, corpus, embedder=other, rebuild=True)
    assert report.embedded == len(other.texts) == report.chunks
    assert live_manifest(data).settings.fingerprint == "another model"
    assert texts(data) == ANIMALS


def test_another_size_of_chunks_is_refused_until_a_rebuild(corpus: Path, data: Path) -> None:
    index(data, corpus)
    larger = ChunkSettings(window=100)
    with pytest.raises(MismatchError, match=r"24 tokens.*100 tokens.*corpus-qa index --rebuild"):
        index(data, corpus, settings=larger)
    assert index(data, corpus, settings=larger, rebuild=True).generation == "000002"
    assert texts(data) == ANIMALS


def test_a_rebuild_embeds_nothing_twice_and_keeps_what_came_from_elsewhere(
    corpus: Path, tmp_path: Path, data: Path
) -> None:
    new = tmp_path / "new.txt"
    new.write_text("Newts regrow their legs.", encoding="utf-8")
    index(data, corpus, new)
    new.unlink()
    report = index(data, corpus, rebuild=True)
    assert (report.embedded, report.generation) == (0, "000002")
    assert texts(data) == ANIMALS | {"new.txt": "Newts regrow their legs."}
    assert index(data, rebuild=True).generation == "000003"


def test_the_same_text_in_two_articles_is_embedded_once(tmp_path: Path, data: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", row("x", "Cats purr."), row("y", "Cats purr."))
    report = index(data, path)
    assert (report.embedded, report.chunks) == (1, 2)
    assert words(data, "purr") == ["x", "y"]


def test_an_index_of_older_rules_is_made_anew_at_the_next_sync(corpus: Path, data: Path) -> None:
    index(data, corpus)
    path = folder_of(data, "000001") / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"rules": 1', '"rules": 0'))
    report = index(data, corpus)
    assert (report.generation, report.embedded) == ("000002", 0)
    assert live_manifest(data).settings.rules == 1
    assert index(data, corpus).generation is None


def test_after_much_change_the_vectors_are_written_afresh(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "a.txt"
    churn = []
    for version in range(4):
        path.write_text(f"Version {version} of the text.", encoding="utf-8")
        index(data, path)
        churn.append(live_manifest(data).churn)
    # One chunk is replaced each time; more than three tenths of the index is too much.
    assert churn == [0, 1, 0, 1]
    assert texts(data) == {"a.txt": "Version 3 of the text."}


def test_an_interrupt_leaves_the_index_and_keeps_what_was_embedded(
    tmp_path: Path, data: Path
) -> None:
    corpus = jsonl(tmp_path / "a.jsonl", row("a0", "The first text."))
    index(data, corpus)
    jsonl(corpus, *[row(f"a{i}", f"Text number {i} of many.") for i in range(400)])
    with pytest.raises(KeyboardInterrupt):
        index(data, corpus, embedder=Counting(fail_after=250))
    assert texts(data) == {"a0": "The first text."}
    assert [path.name for path in (data / "generations").iterdir()] == ["000001"]
    rest = Counting()
    index(data, corpus, embedder=rest)
    assert 0 < len(rest.texts) < 400
    assert len(texts(data)) == 400


def test_an_embedder_that_fails_is_heard_of(corpus: Path, data: Path) -> None:
    class Broken(Counting):
        def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
            raise RuntimeError("out of order")

    with pytest.raises(RuntimeError, match="out of order"):
        index(data, corpus, embedder=Broken())
    assert list((data / "generations").iterdir()) == []


def test_a_vector_store_that_forgets_is_found_out(corpus: Path, data: Path) -> None:
    index(data, corpus)
    # The copy is made of a generation whose vectors were removed behind its back.
    with open_live(data) as generation:
        gone = generation.library.sample(1)
        generation.vectors.apply(add=(), remove=gone)
    (corpus / "apes.txt").write_text("Apes build nests in trees.", encoding="utf-8")
    with pytest.raises(DamagedError, match=r"does not add up.*--rebuild"):
        index(data, corpus)
    assert live_name(data) == "000001"
    index(data, corpus, rebuild=True)
    assert len(texts(data)) == 4


def test_a_second_writer_is_refused_at_once(corpus: Path, data: Path) -> None:
    data.mkdir()
    started = time.perf_counter()
    with writing(data), pytest.raises(LockedError, match=f"process {os.getpid()} since"):
        index(data, corpus)
    assert time.perf_counter() - started < 2


def test_a_data_folder_that_is_a_file_is_refused(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="--data"):
        index(tmp_path / "file", corpus)
    with pytest.raises(StoreError, match="--data"):
        index(tmp_path / "file" / "below", corpus)


def test_a_broken_embedding_cache_is_replaced(corpus: Path, data: Path) -> None:
    index(data, corpus)
    (data / "embeddings.sqlite").write_bytes(b"not a database" * 1000)
    report = index(data, corpus, rebuild=True)
    assert report.embedded == report.chunks
    assert index(data, corpus, rebuild=True).embedded == 0


def test_progress_grows_and_ends_with_everything_done(tmp_path: Path, data: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", *[row(f"a{i}", f"Text number {i}.") for i in range(300)])
    heard: list[tuple[int, int | None, int, int | None]] = []
    index(data, path, progress=lambda *numbers: heard.append(numbers))
    assert [numbers[0] for numbers in heard] == sorted(numbers[0] for numbers in heard)
    assert {numbers[1] for numbers in heard} == {300}
    assert heard[-1] == (300, 300, 300, 300)
    heard.clear()
    index(data, path, progress=lambda *numbers: heard.append(numbers))
    assert heard[-1][:3] == (300, 300, 0)
