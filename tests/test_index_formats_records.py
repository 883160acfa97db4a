import codecs
from pathlib import Path

import pytest

from index.articles import Loaded, read_corpus
from index.formats import encoding


def outcomes(tmp_path: Path, name: str, content: str | bytes) -> list[tuple[str, str]]:
    """Each outcome as (id, text), or as (name, reason) of a failure."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [
        (item.article.id, item.article.text)
        if isinstance(item, Loaded)
        else (item.name, item.reason)
        for item in read_corpus([path])
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "a"', "is not valid JSON: Expecting ',' delimiter at column 13"),
        ("plain", "is not valid JSON: Expecting value at column 1"),
        ("[1]", "is not a JSON object"),
        ("[" * 100_000, "is not valid JSON: nested too deeply or a number too long"),
        ('{"n": ' + "9" * 5000 + "}", "is not valid JSON: nested too deeply or a number too long"),
        ('{"title": "a"}', "has no text"),
        ('{"text": null}', "has no text"),
        ('{"text": "\\u200b "}', "has no text"),
        ('{"text": "a\\u0000b"}', "is not text (it holds NUL characters)"),
        ('{"text": 5}', "its text is not text but int"),
        ('{"text": "a", "title": ["b"]}', "its title is not text but list"),
        ('{"text": "a", "id": true}', "its id is not text but bool"),
        ('{"text": "a", "published": 20190227}', "its published is not text but int"),
        (
            '{"text": "a", "published": "02/03/2019"}',
            "published '02/03/2019' is not a date (use YYYY-MM-DD)",
        ),
        (b'{"text": "caf\xe9"}', "is not UTF-8 text; convert it to UTF-8"),
    ],
)
def test_a_bad_line_is_reported_and_the_others_stand(
    tmp_path: Path, line: str | bytes, reason: str
) -> None:
    raw = line.encode() if isinstance(line, str) else line
    content = b'{"text": "One."}\r\n' + raw + b'\n{"text": "Three."}'
    assert outcomes(tmp_path, "n.jsonl", content) == [
        ("n.jsonl#1", "One."),
        ("n.jsonl:2", reason),
        ("n.jsonl#3", "Three."),
    ]


def test_only_a_newline_ends_a_line_of_json(tmp_path: Path) -> None:
    content = '{"text": "One\u2028still\x85one\\r\\n."}\n{"text": "Two."}\n'
    assert outcomes(tmp_path, "n.jsonl", content) == [
        ("n.jsonl#1", "One\u2028still\x85one\r\n."),
        ("n.jsonl#2", "Two."),
    ]


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16"])
def test_json_lines_may_carry_a_mark_of_their_encoding(tmp_path: Path, coding: str) -> None:
    content = '{"text": "Café.", "id": 1}\n\n{"text": "Two.", "id": "b"}\n'.encode(coding)
    assert outcomes(tmp_path, "n.jsonl", content) == [("1", "Café."), ("b", "Two.")]


def test_fields_that_are_null_or_unknown_are_as_good_as_absent(tmp_path: Path) -> None:
    content = '{"text": "One.", "id": null, "title": null, "tags": ["a"], "url": "javascript:x()"}'
    path = tmp_path / "n.jsonl"
    path.write_text(content)
    (item,) = list(read_corpus([path]))
    assert isinstance(item, Loaded)
    assert (item.article.id, item.article.title, item.article.url) == ("n.jsonl#1", "", "")


def test_a_line_beyond_the_limit_is_one_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "MAX_BYTES", 1_000_000)
    content = '{"text": "One."}\n' + "{" * 2_500_000 + '\n{"text": "Three."}\n'
    assert outcomes(tmp_path, "n.jsonl", content) == [
        ("n.jsonl#1", "One."),
        ("n.jsonl:2", "the line is larger than 1 MB; split it into articles"),
        ("n.jsonl#3", "Three."),
    ]


@pytest.mark.parametrize("content", ["", "\n\n", codecs.BOM_UTF8])
def test_a_file_without_records_is_reported(tmp_path: Path, content: str | bytes) -> None:
    assert outcomes(tmp_path, "n.jsonl", content) == [("n.jsonl", "has no articles")]
    assert outcomes(tmp_path, "n.csv", content) == [("n.csv", "has no articles")]


def test_a_file_of_bad_records_alone_is_reported_once_a_record(tmp_path: Path) -> None:
    assert [name for name, _ in outcomes(tmp_path, "n.jsonl", b"\xff\n{}\n")] == [
        "n.jsonl:1",
        "n.jsonl:2",
    ]
    assert [name for name, _ in outcomes(tmp_path, "n.csv", "text,id\n,1\n")] == ["n.csv:2"]


def test_a_csv_file_of_a_header_alone_is_reported(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "n.csv", "id,text\n") == [("n.csv", "has no articles")]


def test_columns_come_in_any_order_and_text_is_word_for_word(tmp_path: Path) -> None:
    content = codecs.BOM_UTF8 + (
        b'Published, TEXT ,note,id\r\n2019-02-27,"One, ""quoted""\r\nand broken.",x,7\r\n\r\n'
        b",Two.,,\r\n"
    )
    assert outcomes(tmp_path, "n.csv", content) == [
        ("7", 'One, "quoted"\r\nand broken.'),
        ("n.csv#5", "Two."),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_that_of_the_first_row(tmp_path: Path, separator: str) -> None:
    content = f"id{separator}text\n1{separator}One"
    assert outcomes(tmp_path, "n.csv", content) == [("1", "One")]


def test_bad_rows_are_reported_with_the_line_where_they_start(tmp_path: Path) -> None:
    content = 'id,title,text\n1,a,"One\nlong\ntext"\n2,b\n3,c,Text, and more\n4,d,"x"y\n5,e,Five.\n'
    assert outcomes(tmp_path, "n.csv", content) == [
        ("1", "One\nlong\ntext"),
        ("n.csv:5", "has no text"),
        ("n.csv:6", "has 4 values for 3 columns"),
        ("n.csv:7", "is not valid CSV: ',' expected after '\"'"),
        ("5", "Five."),
    ]


def test_a_quote_that_is_never_closed_is_reported(tmp_path: Path) -> None:
    ((_, text), (name, reason)) = outcomes(tmp_path, "n.csv", 'text\nOne.\n"Two\nThree.\n')
    assert (text, name) == ("One.", "n.csv:3")
    assert reason.startswith("is not valid CSV: unexpected end of data")


def test_a_header_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    ((name, reason),) = outcomes(tmp_path, "n.csv", "id,body\n1,One.\n")
    assert name == "n.csv"
    assert reason.startswith("has no column 'text'; its first row must name the columns")
    doubled = outcomes(tmp_path, "n.csv", "text,title,Text\nOne.,a,b\n")
    assert doubled == [("n.csv", "has two columns 'text'")]


def test_a_long_field_is_read_whole(tmp_path: Path) -> None:
    text = "word " * 200_000
    assert outcomes(tmp_path, "n.csv", f'text\n"{text}"\n') == [("n.csv#2", text)]
