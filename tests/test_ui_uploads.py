import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embed import FakeEmbedder
from index.lock import writing
from qa import Bot
from ui.errors import BusyError, NotFoundError, UploadError
from ui.upload_check import read
from ui.upload_names import free_name, safe_name
from ui.uploads import Job, Upload, Uploads

TEXT = "Talks will begin at the Capella Hotel on June 12.\n"
ZEBRA = b"A zebra named Marty eats the tall grass of Tanzania.\n"
ANNA, BO = "user:anna", "user:bo"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "capella.txt").write_text(TEXT, encoding="utf-8")
    with Bot.build([corpus], tmp_path / "data", embedder=FakeEmbedder()) as built:
        yield built


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot for uploads of which nothing may be left."""
    folder = tmp_path_factory.mktemp("untouched")
    (folder / "capella.txt").write_text(TEXT, encoding="utf-8")
    with Bot.build(folder / "capella.txt", folder / "data", embedder=FakeEmbedder()) as built:
        yield built


@pytest.fixture
def uploads(bot: Bot) -> Uploads:
    return Uploads(bot.data, bot, patience_s=1.0)


def found(bot: Bot) -> list[str]:
    return [passage.text for passage in bot.search("zebra Marty", 20) if "zebra" in passage.text]


def stored(bot: Bot) -> list[Path]:
    return [path for path in (bot.data / "uploads").rglob("*") if path.is_file()]


def encrypted_pdf() -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=72, height=72)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"\0" * 20_000_000)
    return out.getvalue()


def test_an_upload_can_be_asked_about_and_is_gone_when_removed(bot: Bot, uploads: Uploads) -> None:
    report = uploads.add(ANNA, [("zebra.txt", ZEBRA)])
    assert (report.added, report.failed) == (("zebra.txt",), ())
    assert found(bot) == [ZEBRA.decode().strip()]
    answer = bot.ask("What does the zebra named Marty eat?")
    assert "tall grass" in answer.text
    [mine] = uploads.list(ANNA)
    assert (mine.name, mine.size) == ("zebra.txt", len(ZEBRA))
    assert mine.articles == (answer.citations[0].article_id,)
    assert mine.when.endswith("+00:00")
    uploads.remove(ANNA, "zebra.txt")
    assert found(bot) == []
    assert uploads.list(ANNA) == []
    assert stored(bot) == []
    assert bot.status().articles == 1, "what was not uploaded is touched"


def test_everybody_finds_an_upload_and_its_owner_alone_removes_it(
    bot: Bot, uploads: Uploads
) -> None:
    uploads.add(ANNA, [("zebra.txt", ZEBRA)])
    uploads.add(BO, [("zebra.txt", b"The other zebra is Martha.\n")])
    assert len(found(bot)) == 2
    assert [upload.name for upload in uploads.list(BO)] == ["zebra.txt"]
    for name in ("zebra (2).txt", "../zebra.txt", "*", "", str(stored(bot)[0]), "."):
        with pytest.raises(NotFoundError):
            uploads.remove(BO, name)
    uploads.remove(BO, "zebra.txt")
    assert found(bot) == [ZEBRA.decode().strip()]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", zip_bomb(), r"is \.docx, which is none of \.txt, .*"),
        ("a", b"text", "is without a suffix, which is none of .*"),
        ("a.exe.", b"MZ", "is .*, which is none of .*"),
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \n\t\n", "has no text"),
        ("a.txt", zip_bomb(), r"is binary, not text .*"),
        ("a.txt", b"caf\xe9", "is not UTF-8 text; .*"),
        ("a.txt", b"x" * 3_000_000, "is larger than 2 MB; split it"),
        ("a.pdf", b"%PDF-1.7 nothing at all", "is not a PDF that can be read .*"),
        ("a.pdf", encrypted_pdf(), "is an encrypted PDF; .*"),
        ("a.jsonl", b"not json\n", ".*not.*JSON.*"),
        ("a.csv", b"title,source\nA,B\n", ".*text.*"),
        ("a.html", b"<html></html>", "is a web page without an article's text"),
        ("a.jsonl", b'{"text": "One."}\n' * 2_001, "holds more than 2,000 articles; split it"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence_and_not_stored(
    untouched: Bot, name: str, content: bytes, reason: str
) -> None:
    bot = untouched
    uploads = Uploads(bot.data, bot, most_bytes=2_000_000)
    report = uploads.add(ANNA, [(name, content)])
    assert report.added == ()
    [(told, why)] = report.failed
    assert told.startswith("a")
    assert re.fullmatch(reason, why), why
    assert "\n" not in why
    assert str(bot.data) not in why
    assert stored(bot) == []
    assert bot.status().generation == "000001"


def test_a_file_that_kills_its_reader_harms_nobody_else(
    untouched: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, uploads = untouched, Uploads(untouched.data, untouched)
    monkeypatch.setattr("sys.executable", "/bin/false")
    report = uploads.add(ANNA, [("zebra.txt", ZEBRA)])
    assert report.failed == (("zebra.txt", "cannot be read; its reader broke down over it"),)
    assert stored(bot) == []


def test_the_good_files_of_an_upload_are_taken_in_without_the_bad_ones(
    bot: Bot, uploads: Uploads
) -> None:
    lines = b'{"text": "A zebra sleeps."}\nnot json\n{"text": "A zebra runs."}\n'
    report = uploads.add(ANNA, [("bad.pdf", b"%PDF"), ("lines.jsonl", lines), ("zebra.txt", ZEBRA)])
    assert report.added == ("lines.jsonl", "zebra.txt")
    assert [name for name, _ in report.failed] == ["bad.pdf", "lines.jsonl:2"]
    assert len(found(bot)) == 3
    assert uploads.latest(ANNA) == Job("done", done=3, total=3, report=report)


def test_a_record_cannot_take_the_place_of_another_article(bot: Bot, uploads: Uploads) -> None:
    def line(text: str) -> bytes:
        return json.dumps({"id": "capella.txt", "text": text}).encode()

    report = uploads.add(BO, [("own.jsonl", line("A zebra checks in."))])
    assert report.added == ()
    assert "the id 'capella.txt', which another article has" in report.failed[0][1]
    assert bot.article("capella.txt").text == TEXT
    first = b'{"id": "z", "text": "The first zebra."}'
    assert uploads.add(ANNA, [("one.jsonl", first)]).added
    assert not uploads.add(BO, [("two.jsonl", first.replace(b"first", b"second"))]).added
    assert bot.article("z").text == "The first zebra."


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("zebra.txt", "zebra.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\anna\\zebra.txt", "zebra.txt"),
        ("/etc/cron.d/x.md", "x.md"),
        (".hidden.txt", "hidden.txt"),
        ("..", "unnamed"),
        ("", "unnamed"),
        (".txt", "unnamed.txt"),
        ("a\x00b\n\x1b[31m.txt", "ab[31m.txt"),
        ("gpj\u202etxt.md", "gpjtxt.md"),
        ("\ud800.txt", "unnamed.txt"),
        ("a  b .txt", "a b.txt"),
        ("e\u0301.txt", "\u00e9.txt"),
        ("x" * 500 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_a_name_never_outgrows_what_a_file_system_takes() -> None:
    assert len(free_name(safe_name("\U0001f993" * 400 + ".jsonl"), ()).encode()) <= 220


def test_equal_names_are_numbered(bot: Bot, uploads: Uploads) -> None:
    files = [("zebra.txt", ZEBRA), ("x/zebra.txt", ZEBRA + b"Yes.\n")]
    assert uploads.add(ANNA, files).added == ("zebra.txt", "zebra (2).txt")
    assert uploads.add(ANNA, files[:1]).added == ("zebra (3).txt",)
    assert free_name("a", {"a", "a (2)"}) == "a (3)"


def test_an_index_that_another_program_writes_is_waited_for_and_then_told(
    bot: Bot, uploads: Uploads
) -> None:
    with writing(bot.data), pytest.raises(BusyError, match="another program"):
        uploads.add(ANNA, [("zebra.txt", ZEBRA)])
    assert stored(bot) == []
    assert uploads.latest(ANNA).state == "failed"
    assert "try again" in uploads.latest(ANNA).error
    assert uploads.add(ANNA, [("zebra.txt", ZEBRA)]).added == ("zebra.txt",)
    with writing(bot.data), pytest.raises(BusyError):
        uploads.remove(ANNA, "zebra.txt")
    assert len(stored(bot)) == 1, "a removal that failed has removed the file"
    assert found(bot)


def test_one_owner_has_one_upload_under_way_and_only_some_wait(uploads: Uploads) -> None:
    from contextlib import ExitStack

    with ExitStack() as held:
        held.enter_context(uploads.job(ANNA))
        assert uploads.latest(ANNA).state == "waiting"
        with pytest.raises(BusyError, match="Your last upload"), uploads.job(ANNA):
            pass
        for number in range(7):
            held.enter_context(uploads.job(f"user:{number}"))
        with pytest.raises(BusyError, match="other uploads"), uploads.job(BO):
            pass
    assert uploads.latest(ANNA).state == "failed", "an upload that never came is still awaited"
    with uploads.job(BO):
        pass


def test_a_disk_that_fails_is_one_sentence(bot: Bot, uploads: Uploads) -> None:
    (bot.data / "uploads").write_text("a file where the folder should be")
    with pytest.raises(UploadError, match="cannot be kept"):
        uploads.add(ANNA, [("zebra.txt", ZEBRA)])
    assert uploads.list(ANNA) == []


def test_an_index_that_has_vanished_is_not_begun_anew(bot: Bot, uploads: Uploads) -> None:
    (bot.data / "CURRENT").rename(bot.data / "AWAY")
    with pytest.raises(UploadError, match="Nothing has been indexed"):
        uploads.add(ANNA, [("zebra.txt", ZEBRA)])
    assert stored(bot) == []
    (bot.data / "AWAY").rename(bot.data / "CURRENT")
    away = bot.data.rename(bot.data.with_name("away"))
    with pytest.raises(UploadError, match="cannot be kept"):
        uploads.add(ANNA, [("zebra.txt", ZEBRA)])
    assert not bot.data.exists()
    away.rename(bot.data)
    assert uploads.add(ANNA, [("zebra.txt", ZEBRA)]).added == ("zebra.txt",)


def test_uploads_at_the_same_time_all_arrive(bot: Bot) -> None:
    uploads = Uploads(bot.data, bot)
    reports = {}

    def add(number: int) -> None:
        text = f"Zebra number {number} has {number} stripes.\n".encode()
        reports[number] = uploads.add(f"user:{number}", [("zebra.txt", text)])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reports[number].added for number in range(4)] == [("zebra.txt",)] * 4
    assert bot.status().articles == 5


def test_an_index_made_in_other_chunks_takes_uploads_in_too(tmp_path: Path) -> None:
    from index.build import ChunkSettings, sync

    corpus = tmp_path / "capella.txt"
    corpus.write_text(TEXT, encoding="utf-8")
    model = FakeEmbedder()
    sync([corpus], tmp_path / "data", embedder=model, settings=ChunkSettings(window=20))
    with Bot.open(tmp_path / "data", embedder=model) as bot:
        assert Uploads(bot.data, bot).add(ANNA, [("zebra.txt", ZEBRA)]).added == ("zebra.txt",)


def test_no_more_than_a_file_may_hold_is_read(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("A zebra. " * 600_000)
    assert read(tmp_path / "long.txt").faults == (
        ("long.txt", "holds more than 5 million characters; split it"),
    )


def test_the_list_is_the_newest_first(bot: Bot, uploads: Uploads) -> None:
    import os

    uploads.add(ANNA, [("old.txt", ZEBRA), ("new.txt", ZEBRA + b"Yes.\n")])
    old = next(path for path in stored(bot) if path.name == "old.txt")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    listed = uploads.list(ANNA)
    assert [upload.name for upload in listed] == ["new.txt", "old.txt"]
    assert isinstance(listed[1], Upload)
    assert listed[1].when == "2023-11-14T22:13:20+00:00"
