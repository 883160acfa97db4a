"""Language models by name, by class path and as objects, and what their failures are told as."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms import MockLLM
from llama_index.core.llms.custom import CustomLLM

from qa.errors import LLMError
from qa.llm.generate import CutOff, Limits, written
from qa.llm.llama import LlamaModel, open_llm, wrapped
from qa.llm.model import Prompt
from qa.llm.names import Named, parse

PROMPT = Prompt("Answer from the passages.", "<question>Where?</question>")
KEY = "sk-very-secret"


class Scripted(CustomLLM):
    """A LlamaIndex LLM that says one text, as it is configured to."""

    text: str = "At the Capella [1]."
    chats: bool = False
    deltas: bool = True
    streams: bool = True

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=1000, model_name="mine", is_chat_model=self.chats)

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        return CompletionResponse(text=self.text)

    def stream_complete(
        self, prompt: str, formatted: bool = False, **_: Any
    ) -> CompletionResponseGen:
        if not self.streams:
            raise NotImplementedError
        return (
            CompletionResponse(
                text=self.text[: at + 1], delta=self.text[at] if self.deltas else None
            )
            for at in range(len(self.text))
        )

    def stream_chat(self, messages: Any, **_: Any) -> ChatResponseGen:
        assert [message.role for message in messages] == [MessageRole.SYSTEM, MessageRole.USER]
        return (
            ChatResponse(message=ChatMessage(content=self.text[: at + 1]), delta=self.text[at])
            for at in range(len(self.text))
        )


@pytest.mark.parametrize(
    "llm",
    [Scripted(), Scripted(chats=True), Scripted(deltas=False), Scripted(streams=False)],
    ids=["completes", "chats", "without deltas", "cannot stream"],
)
def test_any_llamaindex_llm_is_read_to_the_same_text(llm: Scripted) -> None:
    model = wrapped(llm)
    assert "".join(model.write(PROMPT)) == "At the Capella [1]."
    assert (model.name, model.window) == ("mine", 1000)


def test_an_object_that_is_no_llm_is_refused() -> None:
    with pytest.raises(LLMError, match="str is no LlamaIndex LLM"):
        wrapped("gpt")


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("ollama:llama3.2:1b", Named("ollama", "llama3.2:1b")),
        ("openai:gpt-4o-mini", Named("openai", "gpt-4o-mini")),
        ("gguf:/m/x.gguf", Named("gguf", "/m/x.gguf")),
        ("a.b.C", Named("class", "a.b.C")),
        (
            "openai-like:http://localhost:8080/v1#qwen",
            Named("openai-like", "qwen", "http://localhost:8080/v1"),
        ),
    ],
)
def test_names_are_taken_apart(name: str, named: Named) -> None:
    assert parse(name) == named


@pytest.mark.parametrize(
    "name",
    [
        "gpt",
        "",
        "ollama:",
        "openai-like:http://localhost:8080/v1",
        "openai-like:ftp://x#m",
        "openai-like:localhost:8080#m",
        "openai-like:http://user:sk-very-secret@host/v1#m",
        "openai-like:http://host/v1?key=sk-very-secret#m",
        "anthropic:claude",
    ],
)
def test_what_names_no_model_is_one_sentence_without_a_key(name: str) -> None:
    with pytest.raises(LLMError) as caught:
        open_llm(name, {}, timeout=5)
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_class_path_is_opened_with_its_arguments() -> None:
    model = open_llm("llama_index.core.llms.MockLLM", {"max_tokens": 3}, timeout=5)
    assert len("".join(model.write(PROMPT)).split()) > 0
    assert isinstance(wrapped(MockLLM()), LlamaModel)
    for path in ("no.such.Thing", "json.JSONDecoder", "llama_index.core.llms.NoSuch"):
        with pytest.raises(LLMError) as caught:
            open_llm(path, {}, timeout=5)
        assert "\n" not in str(caught.value)
    with pytest.raises(LLMError, match="cannot be opened"):
        open_llm("llama_index.core.llms.MockLLM", {"max_tokens": "many"}, timeout=5)


def test_keys_come_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(LLMError, match="set OPENAI_API_KEY"):
        open_llm("openai:gpt-4o-mini", {}, timeout=5)
    with pytest.raises(LLMError, match="environment alone") as caught:
        open_llm("openai:gpt-4o-mini", {"api_key": KEY}, timeout=5)
    assert KEY not in str(caught.value)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = open_llm("openai:gpt-4o-mini", {}, timeout=5)
    assert KEY not in repr(model)
    with pytest.raises(LLMError, match=r"cannot be opened|failed"):
        open_llm("openai:no-such-model-at-all", {}, timeout=5)


class Service(BaseHTTPRequestHandler):
    """A server in OpenAI's form that answers as its class is told to."""

    status = 200
    body = ""
    waits = 0.0
    headers_seen: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        type(self).headers_seen.append(self.headers.get("Authorization", ""))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        time.sleep(self.waits)
        self.send_response(self.status)
        self.send_header("Content-Type", "text/event-stream" if self.status == 200 else "text/json")
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(self.body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


def chunks(*pieces: str) -> str:
    parts = [
        {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "m",
            "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
        }
        for piece in pieces
    ]
    return "".join(f"data: {json.dumps(part)}\n\n" for part in parts) + "data: [DONE]\n\n"


@pytest.fixture
def service() -> Iterator[tuple[type[Service], str]]:
    handler = type("Told", (Service,), {"headers_seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield handler, f"openai-like:http://127.0.0.1:{server.server_address[1]}/v1#m"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_server_in_openais_form_is_read_and_gets_only_its_own_key(
    service: tuple[type[Service], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, name = service
    handler.body = chunks("At the ", "Capella", " [1].")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert "".join(open_llm(name, {}, timeout=5).write(PROMPT)) == "At the Capella [1]."
    monkeypatch.setenv("OPENAI_LIKE_API_KEY", "for-this-one")
    assert "".join(open_llm(name, {}, timeout=5).write(PROMPT)) == "At the Capella [1]."
    assert handler.headers_seen == ["Bearer none", "Bearer for-this-one"]


@pytest.mark.parametrize(
    ("status", "told", "retry"),
    [
        (401, "did not accept the key (HTTP 401)", False),
        (404, "There is no", False),
        (429, "takes no more questions for now", True),
        (503, "failed (HTTP 503)", True),
        (400, "did not accept the question (HTTP 400)", False),
    ],
)
def test_a_refusal_of_the_server_is_one_sentence_that_repeats_nothing_of_it(
    service: tuple[type[Service], str], status: int, told: str, retry: bool
) -> None:
    handler, name = service
    handler.status = status
    handler.body = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}})
    with pytest.raises(LLMError) as caught:
        list(open_llm(name, {}, timeout=5).write(PROMPT))
    assert told in str(caught.value)
    assert caught.value.retry is retry
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("body", ["<html>hello</html>", "data: {nonsense\n\n", ""])
def test_a_server_that_answers_nonsense_says_nothing_or_fails_in_one_sentence(
    service: tuple[type[Service], str], body: str
) -> None:
    handler, name = service
    handler.body = body
    said, told = "", ""
    try:
        said = "".join(open_llm(name, {}, timeout=5).write(PROMPT))
    except LLMError as error:
        told = str(error)
    assert said == ""
    assert "\n" not in told


def test_no_server_is_told_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(LLMError, match="cannot be reached"):
        list(open_llm("openai-like:http://127.0.0.1:9/v1#m", {}, timeout=5).write(PROMPT))
    model = open_llm("ollama:m", {"base_url": "http://127.0.0.1:9"}, timeout=5)
    with pytest.raises(LLMError, match="cannot be reached"):
        list(model.write(PROMPT))
    assert time.monotonic() - started < 20


def test_a_dropped_stream_is_closed_so_that_the_server_stops_writing() -> None:
    gone = threading.Event()

    class Endless(Service):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(chunks("more ").removesuffix("data: [DONE]\n\n").encode())
                    time.sleep(0.02)
            except OSError:
                gone.set()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model = open_llm(
        f"openai-like:http://127.0.0.1:{server.server_address[1]}/v1#m", {}, timeout=30
    )
    pieces = written(model, PROMPT, Limits())
    assert next(piece for piece in pieces if piece)
    assert not gone.is_set()
    pieces.close()  # type: ignore[attr-defined]
    try:
        assert gone.wait(timeout=5)
    finally:
        server.shutdown()
        server.server_close()


def test_a_slow_server_is_given_up_in_time(service: tuple[type[Service], str]) -> None:
    handler, name = service
    handler.waits = 3.0
    model = open_llm(name, {}, timeout=30)
    started = time.monotonic()
    with pytest.raises(CutOff, match="did not answer in time"):
        list(written(model, PROMPT, Limits(seconds=0.5)))
    assert time.monotonic() - started < 1.5
