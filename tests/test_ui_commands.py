"""The commands on a real index; a bag of words stands for the embedding model."""

import json
from datetime import date
from pathlib import Path

import pytest

from index.embed import FakeEmbedder
from ui import cli

ARTICLE = "---\ntitle: Second day\nsource: CNN\ndate: 2018-06-05\n---\n"
TEXT = "Talks will begin at the Capella Hotel on Sentosa Island.\n\nNobody knows who pays for it.\n"
QUESTION = "At which hotel on Sentosa Island will the talks begin?"


@pytest.fixture(autouse=True)
def _bag_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("qa.bot", "qa.opening"):
        monkeypatch.setattr(f"{place}.embedder_for", lambda settings, data: FakeEmbedder())


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "capella.md").write_text(ARTICLE + TEXT, encoding="utf-8")
    (folder / "other.txt").write_text("A zebra eats grass in the sun.\n", encoding="utf-8")
    return folder


@pytest.fixture
def data(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    folder = str(tmp_path / "data")
    assert cli.main(["index", str(corpus), "--data", folder]) == 0
    capsys.readouterr()
    return folder


def test_index_reports_every_article_by_name(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["index", str(corpus), "--data", str(tmp_path / "data")]
    assert cli.main(args) == 0
    first = capsys.readouterr().out
    assert "added: capella.md\nadded: other.txt\n2 articles, " in first
    assert "generation 000001" in first
    assert cli.main(args) == 0
    assert "nothing has changed" in capsys.readouterr().out
    (corpus / "other.txt").write_text("A zebra eats grass in the rain.\n", encoding="utf-8")
    (corpus / "capella.md").unlink()
    (corpus / "new.txt").write_text("A lion eats a zebra.\n", encoding="utf-8")
    assert cli.main(args) == 0
    third = capsys.readouterr().out
    assert "added: new.txt\nchanged: other.txt\nremoved: capella.md\n" in third


def test_the_figures_are_those_of_the_whole_index(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.txt").write_text("A lion eats a zebra.\n", encoding="utf-8")
    assert cli.main(["index", str(tmp_path / "new.txt"), "--data", data]) == 0
    assert "added: new.txt\n3 articles, 3 chunks, 1 embedded in " in capsys.readouterr().out


def test_a_rebuild_without_paths_is_of_what_is_indexed(
    data: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "new.txt").write_text("A lion eats a zebra.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    manifest = Path(data) / "generations" / "000001" / "manifest.json"
    manifest.write_text("damaged", encoding="utf-8")
    assert cli.main(["index", "--rebuild", "--data", data]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2 articles, ")
    assert told.endswith("generation 000002\n")
    assert cli.main(["index", "--rebuild", "--data", str(tmp_path / "fresh")]) == 0
    assert capsys.readouterr().out.startswith("added: new.txt\n")


def test_what_cannot_be_read_is_named_and_the_rest_is_indexed(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (corpus / "lines.jsonl").write_text('{"text": "One fine sentence."}\nnot json\n', "utf-8")
    data = str(tmp_path / "data")
    assert cli.main(["index", str(corpus), "--data", data]) == 1
    told = capsys.readouterr()
    assert "failed: broken.pdf: " in told.out
    assert "failed: lines.jsonl:2: " in told.out
    assert told.err == "error: 2 items could not be read, as listed above.\n"
    assert cli.main(["status", "--data", data]) == 0
    assert "articles    3" in capsys.readouterr().out


def test_ask_prints_the_answer_and_its_citation(
    data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ask", QUESTION, "--data", data]) == 0
    told = capsys.readouterr()
    assert "Talks will begin at the Capella Hotel on Sentosa Island. [1]" in told.out
    assert "[1] Second day (CNN · 5 June 2018)" in told.out
    assert told.err == ""


def test_ask_in_json_prints_one_object_and_nothing_else(
    data: str, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ask", QUESTION, "--json", "--data", data]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    found = json.loads(told.out)
    first = found["citations"][0]
    article = (corpus / "capella.md").read_text(encoding="utf-8")
    assert found["answered"] is True
    assert first["quote"] == "Talks will begin at the Capella Hotel on Sentosa Island."
    assert first["quote"] in article
    assert first["end"] - first["start"] == len(first["quote"])
    assert date.fromisoformat(first["published"]) == date(2018, 6, 5)
    assert set(found["timings"]) == {"search", "read", "compose", "total"}


def test_a_refusal_is_an_answer_and_no_failure(
    data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["ask", "Who painted the Mona Lisa?", "--data", data]
    assert cli.main([*args, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["answered"] is False
    assert found["citations"] == []
    assert cli.main(args) == 0
    assert "The corpus does not answer this." in capsys.readouterr().out


def test_search_lists_passages(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["search", "Capella Hotel", "-k", "1", "--json", "--data", data]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [passage["title"] for passage in found] == ["Second day"]
    assert cli.main(["search", "Capella Hotel", "--data", data]) == 0
    assert "Second day" in capsys.readouterr().out


def test_status_tells_what_is_indexed(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status", "--json", "--data", data]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["articles"], found["model"]) == (2, "fake")
    assert found["sources"] == {"CNN": 1, "": 1}
    assert found["dates"] == ["2018-06-05", "2018-06-05"]
    assert cli.main(["status", "--data", data]) == 0
    told = capsys.readouterr().out
    assert "outlets     CNN (1)" in told
    assert "dates       5 June 2018" in told


def test_the_data_folder_can_come_from_the_environment(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CORPUS_QA_DATA", data)
    assert cli.main(["status"]) == 0
    assert "generation  000001" in capsys.readouterr().out


@pytest.mark.parametrize("question", ["", " \t", "why " * 25_000, "\x00\x1b\x07", "?!", "\udcff"])
def test_a_question_that_cannot_be_asked_is_one_line_and_exit_code_1(
    data: str, question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["ask", "--json"], ["ask"], ["search"]):
        assert cli.main([*command, question, "--data", data]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("error: ")
        assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    "question", ["Где начнутся переговоры?", "会谈在哪里开始？", "أين المحادثات"]
)
def test_a_question_in_another_script_is_answered_or_refused(data: str, question: str) -> None:
    assert cli.main(["ask", question, "--data", data]) == 0


@pytest.mark.parametrize("given", ["nowhere", "empty"])
def test_a_corpus_with_nothing_in_it_is_one_line_and_exit_code_1(
    tmp_path: Path, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert cli.main(["index", str(tmp_path / given), "--data", str(tmp_path / "d")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1


def test_a_data_folder_that_is_a_file_is_one_line_and_exit_code_1(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    assert cli.main(["index", str(corpus), "--data", str(tmp_path / "file")]) == 1
    assert cli.main(["ask", QUESTION, "--data", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err.count("error: ") == 2
