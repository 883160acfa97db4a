import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ui import cli

COMMANDS = ["index", "ask", "search", "chat", "serve", "password", "status", "feedback", "eval"]
HEAVY = ("torch", "gradio", "llama_index", "chromadb", "onnxruntime", "tantivy", "rich", "numpy")


def run(*args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, as a person would."""
    return subprocess.run(
        [sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())", *args],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **(env or {})},
    )


def test_help_is_quick_and_names_every_command() -> None:
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        done = run("--help")
        seconds.append(time.perf_counter() - started)
    assert done.returncode == 0
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout
    assert min(seconds) < 0.5


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from ui.cli import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & set(HEAVY)


def test_an_answer_needs_no_web_server_and_no_torch(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Talks will begin at the Capella Hotel.\n", encoding="utf-8")
    code = """
import sys
import qa.bot, qa.opening
from index.embed import FakeEmbedder
from ui.cli import main
qa.bot.embedder_for = qa.opening.embedder_for = lambda settings, data: FakeEmbedder()
corpus, data = sys.argv[1:]
main(["index", corpus, "--data", data])
main(["ask", "Where will talks begin?", "--data", data])
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.txt"), str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "Capella Hotel. [1]" in done.stdout
    loaded = {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert not loaded & {"torch", "gradio", "llama_index", "sentence_transformers", "uvicorn"}


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert capsys.readouterr().out.startswith("Usage: corpus-qa")


@pytest.mark.parametrize(
    "args",
    [
        ["frobnicate"],
        ["ask"],
        ["ask", "--frobnicate", "Where?"],
        ["ask", "Where?", "When?"],
        ["search", "-k", "0", "Where?"],
        ["search", "-k", "many", "Where?"],
        ["serve", "--port", "70000"],
        ["serve", "--host", "0.0.0.0"],
        ["serve", "--host", "192.0.2.7"],
        ["index", "--chunk-tokens", "1"],
        ["index", ""],
        ["status", "--data", ""],
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(args) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("command", [["ask", "Where?"], ["search", "x"], ["status"], ["serve"]])
def test_without_an_index_one_line_says_what_to_do(command: list[str], tmp_path: Path) -> None:
    done = run(*command, "--data", str(tmp_path / "none"))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "corpus-qa index" in done.stderr


def test_a_wrong_setting_in_the_environment_is_named(tmp_path: Path) -> None:
    done = run("status", "--data", str(tmp_path), env={"CORPUS_QA_THREADS": "many"})
    assert done.returncode == 2
    assert "CORPUS_QA_THREADS=many" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("value", ["{sk-secret", '"sk-secret"'])
def test_arguments_for_a_language_model_are_never_repeated(value: str, tmp_path: Path) -> None:
    done = run("status", "--data", str(tmp_path), env={"CORPUS_QA_LLM_ARGS": value})
    assert "CORPUS_QA_LLM_ARGS is no JSON object" in done.stderr
    assert "secret" not in done.stderr


def test_an_unexpected_error_is_one_line_and_its_traceback_is_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("first\nsecond \x1b[31m")

    monkeypatch.setattr(cli, "_open", broken)
    assert cli.main(["status"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: RuntimeError: first second ␛[31m (unexpected")
    assert told.count("\n") == 1
    monkeypatch.setenv("CORPUS_QA_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli.main(["status"])


def test_bytes_on_the_input_that_are_no_text_are_no_error() -> None:
    code = "import sys; from ui.cli import main; main(['--help']); print(ascii(sys.stdin.read()))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=b"Where \xff is it?",
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )
    assert done.stdout.endswith(b"'Where \\udcff is it?'\n")


def test_an_interruption_is_quiet_and_exits_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_open", interrupted)
    assert cli.main(["status"]) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = "import sys; from ui.cli import main; sys.exit(main(['--help']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
