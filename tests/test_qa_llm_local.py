"""A real small model, by its file and over HTTP: it often errs, and nothing false is shown."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embed import Embedder
from qa import Bot, Settings, Token
from qa.citations import verify
from qa.errors import LLMError
from qa.llm.fake import ScriptedModel
from qa.llm.generate import Limits, written
from qa.llm.gguf.llama import GGUF
from qa.llm.llama import LlamaModel, open_llm
from qa.llm.model import Prompt

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT / ".cache/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
QUESTION = "Which hotel hosts the Singapore talks?"


@pytest.fixture(scope="module")
def smollm() -> GGUF:
    """SmolLM2-135M-Instruct: the Makefile fetches it; on one core, as tests share a machine."""
    path = Path(os.environ.get("CORPUS_QA_TEST_GGUF") or DEFAULT)
    if not path.is_file():
        reason = f"{path} is missing: run make test, or name one by CORPUS_QA_TEST_GGUF"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return GGUF.open(path, context_window=900, num_output=48, threads=1)


@pytest.fixture(scope="module")
def plain(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    data = tmp_path_factory.mktemp("data")
    settings = Settings(reader="off")
    with Bot.build(ROOT / "seeds", data, embedder=embedder, settings=settings) as bot:
        yield bot


def test_of_what_it_writes_every_shown_sentence_is_borne_out(
    smollm: GGUF, plain: Bot, embedder: Embedder
) -> None:
    settings = Settings(reader="off", llm_timeout=120)
    with Bot.open(plain.data, settings=settings, embedder=embedder, llm=smollm) as bot:
        answer = bot.ask(QUESTION)
        assert answer.answered
        assert answer.wrote or answer.note
        for citation in answer.citations:
            verify(citation, bot.article(citation.article_id))
        assert not bot.ask("What is the capital of France?").answered


def test_what_it_says_of_france_is_not_borne_out(
    smollm: GGUF, plain: Bot, embedder: Embedder
) -> None:
    """Asked directly it knows; the same words, put before the checks, are shown to nobody."""
    asked = Prompt("Answer in one sentence.", "What is the capital of France?")
    said = "".join(LlamaModel(smollm).write(asked))
    assert "Paris" in said
    model = ScriptedModel(f"{said.strip().rstrip('.')} [1].")
    settings = Settings(reader="off")
    with Bot.open(plain.data, settings=settings, embedder=embedder, llm=model) as bot:
        answer = bot.ask(QUESTION)
    assert answer.wrote == ""
    assert "Paris" not in answer.text


def test_over_http_it_streams_and_lets_go_within_a_second(smollm: GGUF) -> None:
    model = open_llm(f"openai-like:{smollm.address}#smollm2", {"max_tokens": 200}, timeout=60)
    assert model.name == f"openai-like:{smollm.address}#smollm2"
    pieces = written(model, Prompt("Count.", "Count from 1 to 100 in words."), Limits())
    first = next(piece for piece in pieces if piece)
    assert first
    started = time.monotonic()
    pieces.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 1


def test_a_dropped_stream_frees_the_model_for_the_next_question(smollm: GGUF) -> None:
    model = LlamaModel(smollm)
    pieces = model.write(Prompt("Count.", "Count from 1 to 100 in words."))
    next(iter(pieces))
    pieces.close()  # type: ignore[attr-defined]
    assert "".join(model.write(Prompt("Be brief.", "Say yes.")))


READING = """
import sys
from qa.llm.generate import Limits, written
from qa.llm.gguf.llama import GGUF
from qa.llm.llama import LlamaModel
from qa.llm.model import Prompt

gguf = GGUF.open(sys.argv[1], context_window=4000, threads=1)
pieces = written(LlamaModel(gguf), Prompt("Sum up.", "It rained in Hanoi. " * 450), Limits())
assert next(pieces) == ""
print(gguf.address, flush=True)
for piece in pieces:
    assert not piece, "the prompt was read before anybody could interrupt it"
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_process_that_ends_while_a_prompt_is_read_leaves_at_once_and_its_model_with_it(
    smollm: GGUF, sent: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", READING, os.environ.get("CORPUS_QA_TEST_GGUF") or str(DEFAULT)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout
        address = process.stdout.readline().strip()
        time.sleep(0.5)
        assert process.poll() is None
        started = time.monotonic()
        process.send_signal(sent)
        process.wait(timeout=60)
        assert time.monotonic() - started < 3  # 0.5 s alone; Python's own leaving is most of it
    assert process.returncode != 0
    port = int(address.rsplit(":", 1)[1].removesuffix("/v1"))
    end = time.monotonic() + 5
    while _answers(port) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _answers(port)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_what_is_dropped_while_its_prompt_is_read_holds_up_the_next_question_for_moments(
    smollm: GGUF,
) -> None:
    model = LlamaModel(smollm)
    pieces = written(model, Prompt("Sum up.", "It rained in Hanoi. " * 100), Limits())
    for _ in range(2):
        assert next(pieces) == ""
    pieces.close()  # type: ignore[attr-defined]
    started = time.monotonic()
    assert "".join(model.write(Prompt("Be brief.", "Say yes.")))
    assert time.monotonic() - started < 10


def test_a_model_whose_process_was_ended_is_begun_again(smollm: GGUF) -> None:
    smollm.close()
    assert "".join(LlamaModel(smollm).write(Prompt("Be brief.", "Say yes.")))


def test_two_questions_at_once_both_end(smollm: GGUF, plain: Bot, embedder: Embedder) -> None:
    settings = Settings(reader="off", llm_timeout=120)
    with Bot.open(plain.data, settings=settings, embedder=embedder, llm=smollm) as bot:
        answers: list[str] = []
        threads = [
            threading.Thread(target=lambda: answers.append(bot.ask(QUESTION).text))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=200)
        assert len(answers) == 2


def test_while_it_writes_the_stream_shows_signs_of_life(
    smollm: GGUF, plain: Bot, embedder: Embedder
) -> None:
    settings = Settings(reader="off", llm_timeout=120)
    with Bot.open(plain.data, settings=settings, embedder=embedder, llm=smollm) as bot:
        stream = bot.stream(QUESTION)
        assert Token("") in (event for event in stream)
        stream.close()  # type: ignore[attr-defined]


def test_what_is_no_model_file_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    for content in (b"", b"no model", b"GGUF but not really"):
        broken.write_bytes(content)
        with pytest.raises(LLMError) as caught:
            open_llm(f"gguf:{broken}", {}, timeout=5)
        assert "\n" not in str(caught.value)
    with pytest.raises(LLMError, match="is no GGUF file"):
        open_llm(f"gguf:{tmp_path / 'none.gguf'}", {}, timeout=5)
