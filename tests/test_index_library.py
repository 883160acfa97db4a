import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from index.errors import DamagedError
from index.library import Library, Record, day_number
from index.library_writer import LibraryWriter
from index.types import Chunk, Span

TEXT = "First line.\r\nZero\u200bwidth, “quotes” and 🦊. A tab\tand a \x1b sign.\n\n  Last  "


def record(name: str, **fields: object) -> Record:
    values: dict[str, object] = {
        "id": name,
        "origin": f"/corpus/{name}",
        "root": "/corpus",
        "title": "A title",
        "source": "",
        "published": 0,
        "path": f"/corpus/{name}",
        "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "url": "",
    }
    return Record(**(values | fields))  # type: ignore[arg-type]


def chunk(name: str, ordinal: int, start: int = 0, end: int = 5) -> Chunk:
    return Chunk(f"{name}/{ordinal}", name, ordinal, start, end)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library of three articles: a has three chunks, b one, c none."""
    path = tmp_path / "a ?#%" / "library.sqlite"
    path.parent.mkdir()
    writer = LibraryWriter(path)
    spans = [Span(0, 11), Span(13, 34)]
    dated = record("a", source="CNN", published=20190227, url="https://example.org/a")
    writer.add(dated, TEXT, sentences=spans, chunks=[chunk("a", i) for i in range(3)])
    late = record("b", source="CNN", published=20200105)
    writer.add(late, "Short text.", sentences=[Span(0, 11)], chunks=[chunk("b", 0)])
    writer.add(record("c"), "©", sentences=[], chunks=[])
    writer.stamp("/corpus/a", "one state")
    writer.commit({"format": 1, "target": None})
    writer.close()
    return path


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    library = Library(path)
    yield library
    library.close()


def test_a_text_comes_back_character_for_character(library: Library) -> None:
    article = library.article("a")
    assert article.text == TEXT
    assert (article.source, article.published) == ("CNN", date(2019, 2, 27))
    assert (article.path, article.url) == ("/corpus/a", "https://example.org/a")


def test_an_article_without_a_date_has_none(library: Library) -> None:
    assert library.article("c").published is None


def test_an_unknown_article_is_a_key_error(library: Library) -> None:
    with pytest.raises(KeyError, match="d"):
        library.article("d")
    with pytest.raises(KeyError, match="d"):
        library.sentence_spans("d")


def test_sentence_spans_come_back_in_order(library: Library) -> None:
    assert library.sentence_spans("a") == [Span(0, 11), Span(13, 34)]
    assert library.sentence_spans("c") == []


def test_articles_are_listed_in_the_order_in_which_they_came(library: Library) -> None:
    assert [article.id for article in library.articles()] == ["a", "b", "c"]


def test_chunks_are_found_by_id_and_by_article(library: Library) -> None:
    assert library.chunks(["b/0", "a/2"]) == {"a/2": chunk("a", 2), "b/0": chunk("b", 0)}
    assert library.chunks_of("a") == [chunk("a", 0), chunk("a", 1), chunk("a", 2)]


def test_a_chunk_that_is_searched_for_and_missing_is_damage(library: Library) -> None:
    with pytest.raises(DamagedError, match=r"lacks 1 chunks.*--rebuild"):
        library.chunks(["a/0", "a/9"])


def test_more_chunks_than_one_query_takes_are_found(tmp_path: Path) -> None:
    writer = LibraryWriter(tmp_path / "library.sqlite")
    many = [chunk("a", ordinal) for ordinal in range(1200)]
    writer.add(record("a"), TEXT, sentences=[], chunks=many)
    writer.commit({})
    writer.close()
    library = Library(tmp_path / "library.sqlite")
    assert library.chunks([one.id for one in many]) == {one.id: one for one in many}
    library.close()


def test_outlets_dates_and_counts_are_summed_up(library: Library) -> None:
    assert library.sources() == {"CNN": 2, "": 1}
    assert library.dates() == (date(2019, 2, 27), date(2020, 1, 5))
    assert library.counts() == (3, 4)
    assert library.roots() == ["/corpus"]
    assert library.settings == {"format": "1", "target": ""}


def test_a_folder_is_not_taken_for_one_whose_name_begins_alike(tmp_path: Path) -> None:
    writer = LibraryWriter(tmp_path / "library.sqlite")
    for name, where in [("1", "/a/x"), ("2", "/a/b/y"), ("3", "/ab/z"), ("4", "/a"), ("5", "/a!")]:
        writer.add(record(name, path=where), TEXT, sentences=[], chunks=[])
    writer.commit({})
    writer.close()
    library = Library(tmp_path / "library.sqlite")
    assert [name for name, _, _ in library.under("/a")] == ["1", "2", "4"]
    assert [name for name, _, _ in library.under("/a/")] == ["1", "2"]
    assert [name for name, _, _ in library.under("/")] == ["1", "2", "3", "4", "5"]
    library.close()


def test_a_sample_reaches_from_the_oldest_to_the_newest(library: Library) -> None:
    assert library.sample(20) == ["a/0", "b/0"]


def test_what_is_removed_leaves_nothing_behind(path: Path) -> None:
    writer = LibraryWriter(path)
    assert sorted(writer.remove("a")) == ["a/0", "a/1", "a/2"]
    assert writer.remove("a") == []
    writer.commit({})
    writer.close()
    library = Library(path)
    assert library.counts() == (2, 1)
    assert library.stamp("/corpus/a") is None
    assert TEXT not in [article.text for article in library.articles()]
    library.close()


def test_a_span_outside_the_text_is_refused(tmp_path: Path) -> None:
    writer = LibraryWriter(tmp_path / "library.sqlite")
    for start, end in [(0, 4), (-1, 2), (2, 2), (2, 1)]:
        with pytest.raises(ValueError, match="no span of 3"):
            writer.add(record("a"), "abc", sentences=[Span(start, end)], chunks=[])
        with pytest.raises(ValueError, match="no span of 3"):
            writer.add(record("a"), "abc", sentences=[], chunks=[chunk("a", 0, start, end)])
    writer.close()


def test_many_threads_read_the_same(library: Library) -> None:
    def read(_: int) -> tuple[str, list[Span], dict[str, Chunk]]:
        return library.article("a").text, library.sentence_spans("a"), library.chunks(["a/1"])

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(read, range(400)))
    assert all(one == (TEXT, [Span(0, 11), Span(13, 34)], {"a/1": chunk("a", 1)}) for one in found)


def test_a_library_is_read_without_being_written(path: Path) -> None:
    before = (path.read_bytes(), sorted(path.parent.iterdir()))
    library = Library(path)
    library.article("a")
    library.close()
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before


@pytest.mark.parametrize("left", [0, 50, 5000])
def test_a_library_that_is_cut_short_is_damaged(path: Path, left: int) -> None:
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(DamagedError, match="--rebuild"):
        Library(path).verify()


def test_a_missing_library_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="--rebuild"):
        Library(tmp_path / "library.sqlite")


def test_a_sound_library_is_verified(library: Library) -> None:
    library.verify()


def test_dates_become_numbers_that_sort_as_they_do() -> None:
    assert day_number(date(2019, 2, 7)) == 20190207
    assert day_number(None) == 0
