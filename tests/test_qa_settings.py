"""Settings: arguments before the environment before the file."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from qa import Settings
from qa.errors import SettingsError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_arguments_go_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().caution == "balanced"
    (tmp_path / "corpus-qa.toml").write_text(
        'caution = "eager"\nllm = "ollama:m"\nreader = "off"\n[llm_args]\ntemperature = 0.2\n'
    )
    assert (Settings().caution, Settings().llm_args) == ("eager", {"temperature": 0.2})
    monkeypatch.setenv("CORPUS_QA_CAUTION", "cautious")
    monkeypatch.setenv("CORPUS_QA_LLM", "ollama:n")
    found = Settings(llm="ollama:o")
    assert (found.caution, found.llm, found.reader) == ("cautious", "ollama:o", "off")


def test_the_file_may_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.toml"
    monkeypatch.setenv("CORPUS_QA_CONFIG", str(file))
    with pytest.raises(SettingsError, match=r"mine\.toml, which CORPUS_QA_CONFIG names"):
        Settings()
    file.write_text('unsupported = "mark"\n')
    assert Settings().unsupported == "mark"


@pytest.mark.parametrize("content", ["caution = ", "colour = 'red'", b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "corpus-qa.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=r"corpus-qa\.toml") as caught:
        Settings()
    assert "\n" not in str(caught.value)


def test_an_argument_that_is_no_value_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(llm_timeout=0)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('caution = "reckless"', "caution = 'reckless' is refused: Input should be 'cautious'"),
        ("llm_timeout = -1", "llm_timeout = -1 is refused: Input should be greater than 0."),
        ('threads = "many"', "threads = 'many' is refused: Input should be a valid integer"),
        ("model = 3", "model = 3 is refused: Input should be a valid string."),
        ("llm_args = ['sk-secret']", "llm_args is refused: Input should be a valid dictionary."),
        ("llm_args = 'sk-secret'", "llm_args is refused: Input should be a valid dictionary."),
    ],
)
def test_a_bad_value_in_the_file_is_told_by_file_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    (tmp_path / "corpus-qa.toml").write_text(f"{line}\n")
    with pytest.raises(SettingsError) as caught:
        Settings(llm="ollama:m")
    assert f"corpus-qa.toml: {told}" in str(caught.value)
    assert "CORPUS_QA" not in str(caught.value)
    assert "sk-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    # What goes before the file does not hide what is wrong in it.
    monkeypatch.setenv("CORPUS_QA_LLM_TIMEOUT", "5")
    with pytest.raises(SettingsError):
        Settings()
