import io
from pathlib import Path
from typing import Any

import pytest

from index.embed import FakeEmbedder
from qa import Bot
from ui import cli
from ui.accounts import Accounts, line_for
from ui.service import Limits, Options


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, int, Options]]:
    """What the server would have been started with."""
    (tmp_path / "a.txt").write_text("A zebra eats grass.\n", encoding="utf-8")
    Bot.build(tmp_path / "a.txt", tmp_path / "data", embedder=FakeEmbedder()).close()
    monkeypatch.setattr("qa.bot.embedder_for", lambda settings, data: FakeEmbedder())
    monkeypatch.setenv("CORPUS_QA_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("ui.serving_cli._end_soon", lambda: None)
    found: list[tuple[str, int, Options]] = []

    def serve(bot: Bot, host: str, port: int, *, options: Options, **rest: Any) -> None:
        found.append((host, port, options))

    monkeypatch.setattr("ui.server.serve", serve)
    return found


def accounts(tmp_path: Path) -> str:
    file = tmp_path / "accounts"
    file.write_text(line_for("anna", "a long password") + "\n", encoding="utf-8")
    return str(file)


def test_the_chat_is_served_for_this_machine_alone_unless_told(
    served: list[tuple[str, int, Options]],
) -> None:
    assert cli.main(["serve"]) == 0
    assert served == [("127.0.0.1", 7860, Options(access_log=True))]


def test_every_option_reaches_the_server(
    served: list[tuple[str, int, Options]], tmp_path: Path
) -> None:
    told = ["--host", "0.0.0.0", "--port", "8000", "--auth", accounts(tmp_path), "--at-once", "2"]
    told += ["--waiting", "3", "--answer-seconds", "9", "--upload-mb", "5", "--no-access-log"]
    assert cli.main(["serve", *told, "--public-url", "https://chat.example/"]) == 0
    [(host, port, options)] = served
    assert (host, port, options.public_url) == ("0.0.0.0", 8000, "https://chat.example")
    assert options.accounts is not None
    assert "anna" in options.accounts
    assert options.limits == Limits(2, 3, 9.0, 5_000_000)
    assert (options.access_log, options.log_questions) == (False, False)
    assert cli.main(["serve", "--log-questions", "--no-access-log"]) == 0
    assert (served[1][2].access_log, served[1][2].log_questions) == (True, True)


@pytest.mark.parametrize(
    "args",
    [
        ["--host", "0.0.0.0"],
        ["--public-url", "https://chat.example"],
        ["--public-url", "chat.example", "--allow-remote"],
        ["--public-url", "https://chat.example/path", "--allow-remote"],
        ["--public-url", "https://a@chat.example", "--allow-remote"],
        ["--at-once", "0"],
        ["--upload-mb", "0"],
        ["--auth", ""],
    ],
)
def test_what_would_open_the_chat_by_mistake_is_refused(
    served: list[tuple[str, int, Options]], args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", *args]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert served == []


def test_other_machines_may_ask_with_a_sign_in_or_where_that_is_meant(
    served: list[tuple[str, int, Options]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", "--host", "0.0.0.0", "--auth", accounts(tmp_path)]) == 0
    assert "unencrypted" in capsys.readouterr().err
    assert cli.main(["serve", "--host", "0.0.0.0", "--allow-remote"]) == 0
    assert len(served) == 2


def test_an_accounts_file_that_is_wrong_is_one_line(
    served: list[tuple[str, int, Options]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wrong").write_text("anna:secret\n")
    for name, said in (("wrong", "line 1"), ("missing", "Cannot read")):
        assert cli.main(["serve", "--auth", str(tmp_path / name)]) == 1
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1
    assert served == []


def test_a_password_becomes_a_line_that_lets_its_name_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert cli.main(["password", "anna"]) == 0
    told = capsys.readouterr()
    assert (told.err, told.out.count("\n")) == ("", 1)
    (tmp_path / "accounts").write_text(told.out, encoding="utf-8")
    assert Accounts.read(tmp_path / "accounts").fits("anna", "correct horse")


def test_a_password_is_typed_twice_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter(["correct horse", "correct house", "correct horse", "correct horse"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert cli.main(["password", "anna"]) == 2
    assert "not the same" in capsys.readouterr().err
    assert cli.main(["password", "anna"]) == 0
    assert capsys.readouterr().out.startswith("anna:scrypt$")


@pytest.mark.parametrize(("name", "typed"), [("a:b", "correct horse"), ("anna", "short")])
def test_a_name_or_password_that_cannot_be_one_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, typed: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
    assert cli.main(["password", name]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
