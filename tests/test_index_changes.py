import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.build import ChunkSettings, Report, sync
from index.embed import FakeEmbedder
from index.errors import CorpusError, ModelError
from index.generations import live_manifest, open_live

SMALL = ChunkSettings(window=24)
ANIMALS = {
    "cats.txt": "Cats sleep all day. Most cats purr when they are content.",
    "dogs.txt": "Dogs bark at strangers. A dog that barks seldom bites.",
    "owls.txt": "Owls hunt at night. Their flight makes no sound at all.",
}


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
    options = {"embedder": FakeEmbedder(), "settings": SMALL} | options
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
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def row(name: str, text: str, **fields: str) -> dict[str, str]:
    return {"id": name, "text": text} | fields


@contextmanager
def opened() -> Iterator[set[str]]:
    """Collect the paths of all files that this process opens."""
    paths: set[str] = set()
    done = False

    def hear(event: str, values: tuple[object, ...]) -> None:
        if event == "open" and not done:
            paths.add(str(values[0]))

    sys.addaudithook(hear)
    yield paths
    done = True


def test_what_was_added_changed_and_removed_is_told_by_name(corpus: Path, data: Path) -> None:
    index(data, corpus)
    (corpus / "apes.txt").write_text("Apes build nests in trees.", encoding="utf-8")
    (corpus / "cats.txt").write_text("Cats swim badly.", encoding="utf-8")
    (corpus / "dogs.txt").unlink()
    report = index(data, corpus)
    assert report.added == ("apes.txt",)
    assert report.changed == ("cats.txt",)
    assert report.removed == ("dogs.txt",)
    assert report.unchanged == ("owls.txt",)
    assert report.embedded == 2
    assert texts(data) == {
        "apes.txt": "Apes build nests in trees.",
        "cats.txt": "Cats swim badly.",
        "owls.txt": ANIMALS["owls.txt"],
    }
    assert words(data, "purr barks") == []
    assert words(data, "swim nests") == ["apes.txt", "cats.txt"]


def test_a_new_file_is_added_to_what_is_there(corpus: Path, tmp_path: Path, data: Path) -> None:
    index(data, corpus)
    new = tmp_path / "new.txt"
    new.write_text("Newts regrow their legs.", encoding="utf-8")
    report = index(data, new)
    assert (report.added, report.removed) == (("new.txt",), ())
    assert texts(data) == ANIMALS | {"new.txt": "Newts regrow their legs."}
    assert live_manifest(data).roots == (str(corpus), str(new))


def test_a_file_of_an_indexed_folder_given_alone_is_not_doubled(corpus: Path, data: Path) -> None:
    index(data, corpus / "cats.txt")
    assert index(data, corpus).unchanged == ("cats.txt",)
    assert index(data, corpus / "dogs.txt", corpus).generation is None
    assert texts(data) == ANIMALS


def test_a_file_asked_for_by_name_stays_when_its_folder_passes_it_over(
    corpus: Path, data: Path
) -> None:
    (corpus / ".hidden.txt").write_text("Moles dig.", encoding="utf-8")
    index(data, corpus / ".hidden.txt")
    assert index(data, corpus).removed == ()
    (corpus / ".hidden.txt").unlink()
    assert index(data, corpus).removed == (".hidden.txt",)


def test_a_changed_title_or_date_is_a_change(tmp_path: Path, data: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", row("x", "Cats purr."), row("y", "Dogs bark."))
    index(data, path)
    jsonl(path, row("x", "Cats purr.", title="On cats"), row("y", "Dogs bark."))
    assert index(data, path).changed == ("x",)
    assert words(data, "on cats") == ["x"]
    jsonl(path, row("x", "Cats purr.", title="On cats"), row("y", "Dogs bark.", published="2019"))
    report = index(data, path)
    assert [failed.name for failed in report.failed] == ["a.jsonl:2"]
    dated = row("y", "Dogs bark.", published="2019-02-27")
    jsonl(path, row("x", "Cats purr.", title="On cats"), dated)
    assert index(data, path).changed == ("y",)


def test_a_folder_that_is_suddenly_empty_removes_nothing(corpus: Path, data: Path) -> None:
    index(data, corpus)
    for path in corpus.iterdir():
        path.unlink()
    with pytest.raises(CorpusError, match=r"nothing was removed.*--allow-empty"):
        index(data, corpus)
    assert texts(data) == ANIMALS
    report = index(data, corpus, allow_empty=True)
    assert report.removed == ("cats.txt", "dogs.txt", "owls.txt")
    assert texts(data) == {}


def test_an_empty_folder_does_not_hide_behind_another_root(
    corpus: Path, tmp_path: Path, data: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Newts regrow their legs.", encoding="utf-8")
    index(data, corpus, other)
    for path in corpus.iterdir():
        path.unlink()
    other.write_text("Newts change.", encoding="utf-8")
    with pytest.raises(CorpusError, match="nothing was removed"):
        index(data, corpus, other)
    assert len(texts(data)) == 4


def test_a_root_that_is_gone_removes_its_articles_only_when_told(
    corpus: Path, tmp_path: Path, data: Path
) -> None:
    new = tmp_path / "new.txt"
    new.write_text("Newts regrow their legs.", encoding="utf-8")
    index(data, corpus, new)
    new.unlink()
    with pytest.raises(CorpusError, match=r"new.txt does not exist"):
        index(data, new)
    assert index(data, new, allow_empty=True).removed == ("new.txt",)
    assert texts(data) == ANIMALS
    with pytest.raises(CorpusError, match="does not exist"):
        index(data, tmp_path / "never", allow_empty=True)


def test_an_article_that_cannot_be_read_now_stays_as_it_was(corpus: Path, data: Path) -> None:
    index(data, corpus)
    (corpus / "cats.txt").write_bytes(b"\xff\xfe\x00broken \xff")
    (corpus / "dogs.txt").write_text("Dogs dream.", encoding="utf-8")
    report = index(data, corpus)
    assert [failed.name for failed in report.failed] == ["cats.txt"]
    assert report.kept == ("cats.txt",)
    assert (report.changed, report.removed) == (("dogs.txt",), ())
    assert texts(data) == ANIMALS | {"dogs.txt": "Dogs dream."}
    assert index(data, corpus / "cats.txt").kept == ("cats.txt",)


def test_while_a_line_is_broken_no_record_of_its_file_is_removed(
    tmp_path: Path, data: Path
) -> None:
    rows = [row(name, f"Text of {name}.") for name in "abc"]
    path = jsonl(tmp_path / "a.jsonl", *rows)
    index(data, path)
    jsonl(path, rows[0], '{"id": "b", "te', row("d", "Text of d."))
    report = index(data, path)
    assert [failed.name for failed in report.failed] == ["a.jsonl:2"]
    assert (report.added, report.kept, report.removed) == (("d",), ("b", "c"), ())
    jsonl(path, rows[0], rows[1])
    assert index(data, path).removed == ("c", "d")


def test_a_record_that_moves_to_another_file_keeps_its_id(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    jsonl(folder / "a.jsonl", row("x", "Cats purr."), row("y", "Dogs bark."))
    jsonl(folder / "b.jsonl", row("z", "Owls hunt."))
    index(data, folder)
    jsonl(folder / "a.jsonl", row("y", "Dogs bark."))
    jsonl(folder / "b.jsonl", row("z", "Owls hunt."), row("x", "Cats purr."))
    report = index(data, folder)
    assert (report.changed, report.removed, report.failed) == (("x",), (), ())
    assert texts(data) == {"x": "Cats purr.", "y": "Dogs bark.", "z": "Owls hunt."}
    assert index(data, folder).generation is None


def test_of_two_records_of_one_id_the_same_one_is_refused_each_time(
    tmp_path: Path, data: Path
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("a", "b"):
        jsonl(folder / f"{name}.jsonl", row("x", f"From {name}."), row(name, "Other."))
    time.sleep(2.1)  # files that were just written are read again in any case
    for _ in range(2):
        report = index(data, folder)
        assert [failed.name[:7] for failed in report.failed] == ["b.jsonl"]
        assert "id 'x' is already used" in report.failed[0].reason.replace('"', "'")
        assert texts(data)["x"] == "From a."
    jsonl(folder / "b.jsonl", row("x", "From b, later."), row("b", "Other."))
    assert [failed.name[:7] for failed in index(data, folder).failed] == ["b.jsonl"]
    assert texts(data)["x"] == "From a."


def test_two_roots_that_overlap_are_read_once(corpus: Path, data: Path) -> None:
    report = index(data, corpus, corpus / "cats.txt", corpus)
    assert report.added == ("cats.txt", "dogs.txt", "owls.txt")
    assert texts(data) == ANIMALS


def test_an_unchanged_file_is_not_opened_again(corpus: Path, data: Path) -> None:
    time.sleep(2.1)
    index(data, corpus)
    (corpus / "dogs.txt").write_text("Dogs dream.", encoding="utf-8")
    with opened() as paths:
        report = index(data, corpus)
    assert report.unchanged == ("cats.txt", "owls.txt")
    assert report.changed == ("dogs.txt",)
    assert {path for path in paths if path.startswith(str(corpus))} == {str(corpus / "dogs.txt")}


def test_a_file_that_changes_right_after_it_was_read_is_read_again(
    corpus: Path, data: Path
) -> None:
    index(data, corpus)
    path = corpus / "cats.txt"
    times = path.stat()
    path.write_text(ANIMALS["cats.txt"].replace("sleep", "dream"), encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert index(data, corpus).changed == ("cats.txt",)


def test_a_chunk_larger_than_the_model_reads_is_refused(corpus: Path, data: Path) -> None:
    with pytest.raises(ModelError, match=r"fake reads 256 tokens .* have 257: .* at most 256"):
        sync([corpus], data, embedder=FakeEmbedder(), settings=ChunkSettings(window=257))
    assert not data.exists()
