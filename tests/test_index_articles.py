import hashlib
import os
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from index.articles import Failed, Loaded, read_corpus
from index.errors import CorpusError

SEEDS = Path(__file__).parent.parent / "seeds"


def write(path: Path, content: str | bytes = "Some text.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def loaded(*roots: Path, taken: Mapping[str, str] | None = None) -> list[Loaded]:
    outcomes = list(read_corpus(roots, taken=taken))
    assert all(isinstance(outcome, Loaded) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, Loaded)]


def ids(*roots: Path, taken: Mapping[str, str] | None = None) -> list[str]:
    return [outcome.article.id for outcome in loaded(*roots, taken=taken)]


def failed(*roots: Path, taken: Mapping[str, str] | None = None) -> list[Failed]:
    outcomes = read_corpus(roots, taken=taken)
    return [outcome for outcome in outcomes if isinstance(outcome, Failed)]


def only_failure(root: Path) -> str:
    (failure,) = list(read_corpus([root]))
    assert isinstance(failure, Failed)
    return failure.reason


def test_the_seeds_state_their_titles() -> None:
    titles = [item.article.title for item in loaded(SEEDS)]
    assert titles == [
        "Trump and Kim could meet for second day in Singapore",
        "Trump, Kim plan one-on-one meeting in Vietnam",
        "Trump says summit with Kim is back on",
        "White House planning second Trump-Kim summit",
        "CNN: White House discusses Trump's meeting with Kim Jong-un during trip to Asia",
    ]


def test_an_article_is_its_file_word_for_word(tmp_path: Path) -> None:
    text = "Rain falls in Rome\r\n\r\nIt  rained\tall day.\u2028 “Wet,” he said.\r"
    (item,) = loaded(write(tmp_path / "a.txt", text))
    article = item.article
    assert article.text == text
    assert article.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert article.path == item.origin == str(tmp_path / "a.txt")
    assert (article.source, article.published, article.url) == ("", None, "")


def test_files_come_in_order_of_their_names_and_roots_as_given(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/10.txt", "a.txt", "c.txt", "b.txt"):
        write(tmp_path / "one" / name)
    write(tmp_path / "two" / "0.txt")
    names = ["0.txt", "a.txt", "b/10.txt", "b/2.txt", "b.txt", "c.txt"]
    assert ids(tmp_path / "two", tmp_path / "one") == names


def test_hidden_and_unknown_files_in_a_folder_are_skipped(tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/a.txt", "a.png", "Makefile", "b.TXT"):
        write(tmp_path / name)
    assert ids(tmp_path) == ["b.TXT"]


def test_a_root_of_unknown_suffix_is_reported(tmp_path: Path) -> None:
    assert "is .docx, which is none of .txt, .md" in only_failure(write(tmp_path / "a.docx"))
    assert "is without a suffix" in only_failure(write(tmp_path / "README"))


def test_a_hidden_root_that_is_named_is_read(tmp_path: Path) -> None:
    write(tmp_path / ".news" / "a.txt")
    assert ids(tmp_path / ".news") == ["a.txt"]


def test_a_missing_root_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    with pytest.raises(CorpusError, match=r"nowhere does not exist; name a file or folder"):
        read_corpus([tmp_path, tmp_path / "nowhere"])


def test_a_root_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    with pytest.raises(CorpusError, match="cannot be opened"):
        read_corpus([tmp_path / "a.txt" / "b"])
    with pytest.raises(CorpusError, match="cannot be opened"):
        read_corpus([Path("a\0b")])


def test_a_folder_that_can_no_longer_be_listed_stops_the_reading(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b" / "c.txt")
    outcomes = read_corpus([tmp_path])
    next(outcomes)
    shutil.rmtree(tmp_path / "b")
    with pytest.raises(CorpusError, match=r"the folder .*b cannot be listed"):
        next(outcomes)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "a.txt").chmod(0)
    assert only_failure(tmp_path) == "cannot be read (Permission denied)"


def test_a_file_that_vanishes_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    gone = write(tmp_path / "b.txt")
    outcomes = read_corpus([tmp_path])
    assert isinstance(next(outcomes), Loaded)
    gone.unlink()
    (failure,) = list(outcomes)
    assert isinstance(failure, Failed)
    assert failure.name == "b.txt"
    assert failure.reason.startswith("does not exist any more")


def test_reading_is_lazy(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    late = write(tmp_path / "b.txt", "old")
    outcomes = read_corpus([tmp_path])
    next(outcomes)
    late.write_text("new")
    second = next(outcomes)
    assert isinstance(second, Loaded)
    assert second.article.text == "new"


def test_links_that_form_a_loop_are_harmless(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "x2.txt").symlink_to(tmp_path / "a" / "x.txt")
    assert ids(tmp_path) == ["a/x.txt"]


def test_links_to_nothing_are_reported_as_they_may_have_led_to_articles(tmp_path: Path) -> None:
    (tmp_path / "archive").symlink_to(tmp_path / "gone")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    failures = failed(tmp_path)
    assert [failure.name for failure in failures] == ["archive", "self.txt"]
    assert "link to nothing" in failures[0].reason
    assert failures[1].reason == "cannot be read (Too many levels of symbolic links)"


def test_overlapping_roots_give_an_article_once(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.txt")
    write(tmp_path / "y.txt")
    items = loaded(tmp_path / "a" / "x.txt", tmp_path, tmp_path / "a", tmp_path)
    assert [(item.article.id, item.root) for item in items] == [
        ("x.txt", str(tmp_path / "a" / "x.txt")),
        ("y.txt", str(tmp_path)),
    ]


def test_a_file_to_skip_is_not_opened_and_its_id_is_avoided(tmp_path: Path) -> None:
    kept, other = write(tmp_path / "p" / "a.txt", b"\0"), write(tmp_path / "q" / "a.txt")
    asked: list[str] = []

    def skip(path: str) -> bool:
        asked.append(path)
        return path == str(kept)

    taken = {"a.txt": str(kept)}
    (item,) = list(read_corpus([kept.parent, other.parent], taken=taken, skip=skip))
    assert isinstance(item, Loaded)
    assert item.article.id == "q/a.txt"
    assert asked == [str(kept), str(other)]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert only_failure(tmp_path) == "is not a regular file"


def test_the_same_name_under_two_roots_takes_the_folder_before_it(tmp_path: Path) -> None:
    for folder in ("p/news", "q/news", "r/news", "r/other"):
        write(tmp_path / folder / "a.txt")
    roots = [tmp_path / folder for folder in ("p/news", "q/news", "r/news")]
    single = tmp_path / "r/other/a.txt"
    assert ids(*roots, single) == ["a.txt", "news/a.txt", "news/a.txt~2", "other/a.txt"]


def test_an_origin_keeps_its_id_and_others_avoid_it(tmp_path: Path) -> None:
    first, second = write(tmp_path / "p" / "a.txt"), write(tmp_path / "q" / "a.txt")
    taken = {"a.txt": str(second), "kept": "/elsewhere/b.txt"}
    write(tmp_path / "p" / "kept")
    assert ids(first.parent, second.parent, taken=taken) == ["p/a.txt", "a.txt"]
    # Read from the folder above, both would have other names.
    taken = {"p/a.txt": str(first), "a.txt": str(second)}
    assert ids(tmp_path, taken=taken) == ["p/a.txt", "a.txt"]


def test_records_without_an_id_are_named_by_their_line(tmp_path: Path) -> None:
    lines = '{"text": "One."}\n\n{"text": "Two.", "id": 7}\n'
    items = loaded(write(tmp_path / "d" / "n.jsonl", lines).parent)
    path = str(tmp_path / "d" / "n.jsonl")
    assert [item.article.id for item in items] == ["n.jsonl#1", "7"]
    assert [item.origin for item in items] == [f"{path}#line=1", f"{path}#id=7"]
    assert {item.article.path for item in items} == {path}


def test_an_id_given_twice_is_reported_with_the_first(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", '{"text": "One.", "id": "x"}\n{"text": "Two.", "id": "x"}')
    write(tmp_path / "b.csv", "id,text\nx,Three.\n")
    failures = failed(tmp_path)
    assert [failure.name for failure in failures] == ["a.jsonl:2", "b.csv:2"]
    assert {failure.reason for failure in failures} == {"id 'x' is already used by a.jsonl:1"}
    origins = {item.origin for item in read_corpus([tmp_path])}
    assert len(origins) == 3


def test_a_given_id_of_another_root_is_not_taken_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "One.", "id": "x"}')
    (failure,) = failed(path, taken={"x": "/elsewhere/b.jsonl#id=x"})
    assert failure.reason == "id 'x' is already used by /elsewhere/b.jsonl#id=x"


def test_a_record_may_move_between_files_of_the_same_root(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "One.", "id": "x"}')
    write(tmp_path / "b.jsonl", '{"text": "Two.", "id": "y"}')
    taken = {"x": f"{tmp_path / 'b.jsonl'}#id=x"}
    assert ids(path.parent, taken=taken) == ["x", "y"]


def test_a_path_avoids_an_id_that_a_record_gave(tmp_path: Path) -> None:
    write(tmp_path / "d" / "a.jsonl", '{"text": "One.", "id": "b.txt"}')
    write(tmp_path / "d" / "b.txt")
    assert ids(tmp_path / "d") == ["b.txt", "d/b.txt"]


@pytest.mark.parametrize("key", ["x" * 513, "a\\u0007b", "a\\nb", "\\ud800"])
def test_an_id_that_is_too_long_or_cannot_be_shown_is_reported(tmp_path: Path, key: str) -> None:
    reason = only_failure(write(tmp_path / "a.jsonl", f'{{"text": "One.", "id": "{key}"}}'))
    assert reason.startswith("its id ")
    assert reason.isprintable()


def test_a_file_name_with_control_characters_is_reported_escaped(tmp_path: Path) -> None:
    write(tmp_path / "a\nb\x1b.txt")
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/c\xff.txt")))
    failures = failed(tmp_path)
    assert [failure.name for failure in failures] == ["a\\nb\\x1b.txt", "c\\udcff.txt"]
    assert all(failure.origin.isprintable() for failure in failures)


def test_what_a_record_states_reaches_the_article(tmp_path: Path) -> None:
    line = (
        '{"id": "n1", "title": " A \\n title ", "text": "Text.", "source": "The Paper",'
        ' "published": "2019-02-27", "url": "https://paper.example/n1"}'
    )
    (item,) = loaded(write(tmp_path / "a.jsonl", line))
    article = item.article
    assert (article.id, article.title, article.source) == ("n1", "A title", "The Paper")
    assert (article.published, article.url) == (date(2019, 2, 27), "https://paper.example/n1")
