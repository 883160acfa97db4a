"""A GGUF file as a LlamaIndex LLM, run by llama.cpp in a process of its own."""

import atexit
import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.custom import CustomLLM
from pydantic import PrivateAttr

from qa.errors import LLMError

_REFUSED = "llama.cpp did not accept the question; is its context too small?"
_WORKER = Path(__file__).with_name("worker.py")


class _Process:
    """llama.cpp at work on one file; begun when it is needed, and again where it has ended."""

    def __init__(self, file: Path, window: int, threads: int) -> None:
        self._file = file
        self._command = [sys.executable, "-P", str(_WORKER), str(file), str(window), str(threads)]
        self._running: subprocess.Popen[bytes] | None = None
        self._address = ""
        self._beginning = threading.Lock()
        atexit.register(self.end)

    def address(self) -> str:
        """Return the URL that it serves; raises LLMError where the file cannot be loaded."""
        with self._beginning:
            if self._running is None or self._running.poll() is not None:
                self._running = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for us, not for it
                )
                assert self._running.stdout
                told = self._running.stdout.readline()
                if not told:
                    raise LLMError(f"{self._file} cannot be loaded by llama.cpp.")
                self._address = json.loads(told)
            return self._address

    def end(self) -> None:
        """End it at once, in the midst of whatever it does."""
        running, self._running = self._running, None
        if running is not None:
            with running:  # its pipes are closed, and it is waited for
                running.kill()


class GGUF(CustomLLM):
    """A model file; one text is written at a time, and letting go of a stream ends it."""

    model: str
    context_window: int = 4096
    num_output: int = 384
    _process: _Process = PrivateAttr()

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        context_window: int = 4096,
        threads: int = 0,
        num_output: int = 384,
    ) -> "GGUF":
        """Load a file; all cores where `threads` is 0. Raises LLMError."""
        file = Path(path).expanduser()
        if not file.is_file() or not _is_gguf(file):
            raise LLMError(f"{file} is no GGUF file.")
        if find_spec("xllamacpp") is None:
            raise LLMError(
                "GGUF files need a package that is not installed: pip install corpus-qa[local]"
            )
        made = cls(model=file.stem, context_window=context_window, num_output=num_output)
        made._process = _Process(file.absolute(), context_window, threads)
        made._process.address()
        return made

    def close(self) -> None:
        """Free the model; it is loaded anew when it is asked again."""
        self._process.end()

    @property
    def address(self) -> str:
        """The URL at which it also answers in OpenAI's form, on this machine alone."""
        return f"{self._process.address()}/v1"

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(
            context_window=self.context_window,
            num_output=self.num_output,
            model_name=self.model,
            is_chat_model=True,
        )

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **settings: Any) -> ChatResponse:
        text = "".join(self._pieces(messages))
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text))

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **settings: Any) -> ChatResponseGen:
        def responses() -> ChatResponseGen:
            text = ""
            for piece in self._pieces(messages):
                text += piece
                message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
                yield ChatResponse(message=message, delta=piece)

        return responses()

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **settings: Any) -> CompletionResponse:
        return CompletionResponse(text="".join(self._pieces([ChatMessage(content=prompt)])))

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **settings: Any
    ) -> CompletionResponseGen:
        def responses() -> CompletionResponseGen:
            text = ""
            for piece in self._pieces([ChatMessage(content=prompt)]):
                text += piece
                yield CompletionResponse(text=text, delta=piece)

        return responses()

    def _pieces(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        """Yield the pieces, empty ones while the prompt is read; who lets go ends the work."""
        asked = {
            "messages": [{"role": m.role.value, "content": m.content or ""} for m in messages],
            "max_tokens": self.num_output,
            "temperature": 0,
            "stream": True,
            "return_progress": True,
        }
        connection = http.client.HTTPConnection(urlsplit(self._process.address()).netloc)
        try:
            connection.request(
                "POST", "/v1/chat/completions", json.dumps(asked), {"Connection": "close"}
            )
            with connection.getresponse() as response:
                if response.status != http.client.OK:
                    raise LLMError(_REFUSED)
                for line in response:
                    yield from _texts(line)
        except (OSError, http.client.HTTPException):
            raise LLMError("llama.cpp ended before its answer did.", retry=True) from None
        finally:
            connection.close()


def _is_gguf(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(4) == b"GGUF"


def _texts(line: bytes) -> Iterator[str]:
    """Yield what a line of the stream of events adds."""
    if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
        return
    part = json.loads(line.removeprefix(b"data: "))
    if part.get("error"):
        raise LLMError(_REFUSED)
    for choice in part.get("choices", ()):
        yield choice.get("delta", {}).get("content") or ""
