import codecs
from pathlib import Path

import pytest

from index.articles import Failed, Loaded, read_corpus
from index.formats import encoding
from index.types import Article


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only(path: Path) -> Article | str:
    """The article of a file, or the reason why there is none."""
    (outcome,) = list(read_corpus([path]))
    return outcome.article if isinstance(outcome, Loaded) else outcome.reason


def test_half_a_character_is_reported(tmp_path: Path) -> None:
    lines = (
        '{"text": "One \\ud800."}\n{"text": "Two.", "title": "\\udfff"}\n{"text": "\\ud83d\\ude00"}'
    )
    outcomes = list(read_corpus([write(tmp_path / "a.jsonl", lines)]))
    reasons = [item.reason if isinstance(item, Failed) else item.article.text for item in outcomes]
    assert reasons[0].startswith("its text holds half a character")
    assert reasons[2] == "😀"


@pytest.mark.parametrize("raw", [b"", b" \r\n\t", "\u200b\ufeff\u2060\n".encode(), codecs.BOM_UTF8])
def test_a_text_without_a_visible_character_is_no_text(tmp_path: Path, raw: bytes) -> None:
    assert only(write(tmp_path / "a.txt", raw)) == "has no text"


@pytest.mark.parametrize(
    "raw",
    [
        b"Caf\xc3\xa9\r\n",
        codecs.BOM_UTF8 + b"Caf\xc3\xa9\r\n",
        codecs.BOM_UTF16_LE + "Café\r\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "Café\r\n".encode("utf-16-be"),
    ],
)
def test_the_mark_of_an_encoding_is_not_text(tmp_path: Path, raw: bytes) -> None:
    found = only(write(tmp_path / "a.txt", raw))
    assert isinstance(found, Article)
    assert found.text == "Café\r\n"


def test_other_encodings_and_binary_files_are_reported(tmp_path: Path) -> None:
    sentence = "is not UTF-8 text; convert it to UTF-8"
    assert only(write(tmp_path / "a.txt", "Café".encode("latin-1"))) == sentence
    assert only(write(tmp_path / "b.txt", codecs.BOM_UTF16_LE + b"odd")) == sentence
    for raw in (b"\x89PNG\r\n\0\0", "Text".encode("utf-16-le"), codecs.BOM_UTF16_LE + b"a\0\0\0"):
        found = only(write(tmp_path / "c.txt", raw))
        assert isinstance(found, str)
        assert found.startswith("is binary, not text")


def test_a_line_of_five_million_characters_is_fine(tmp_path: Path) -> None:
    text = "word " * 1_000_000
    found = only(write(tmp_path / "a.txt", text))
    assert isinstance(found, Article)
    assert found.text == text
    assert found.title == ""


def test_a_file_beyond_the_limit_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "MAX_BYTES", 1_000_000)
    path = write(tmp_path / "a.txt", "x" * 1_000_001)
    assert only(path) == "the file is larger than 1 MB; split it into articles"


def test_a_file_that_changes_while_it_is_read_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "One."}\n{"text": "Two."}\n')
    outcomes = read_corpus([path])
    assert isinstance(next(outcomes), Loaded)
    write(path, '{"text": "One."}\n{"text": "Two."}\n{"text": "Three."}\n')
    last = list(outcomes)[-1]
    assert isinstance(last, Failed)
    assert last.reason == "changed while it was being read; index it again"
