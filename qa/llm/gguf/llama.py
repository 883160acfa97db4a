"""A GGUF file as a LlamaIndex LLM, run by llama.cpp in this process."""

import atexit
import queue
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

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

_PATIENCE = 20.0  # seconds at most for a part of a prompt to be read on the way out


class GGUF(CustomLLM):
    """A model file; one text is written at a time, and letting go of a stream ends it."""

    model: str
    context_window: int = 4096
    num_output: int = 384
    _server: Any = PrivateAttr()

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
        if not file.is_file() or file.read_bytes()[:4] != b"GGUF":
            raise LLMError(f"{file} is no GGUF file.")
        try:
            import xllamacpp  # type: ignore[import-untyped]
        except ImportError as error:
            raise LLMError(
                "GGUF files need a package that is not installed: pip install corpus-qa[local]"
            ) from error
        settings = xllamacpp.CommonParams()
        settings.model.path = str(file)
        settings.n_ctx, settings.n_parallel = context_window, 1
        settings.warmup, settings.verbosity = False, 0
        if threads:
            settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = threads
        try:
            server = xllamacpp.Server(settings)
        except RuntimeError as error:
            raise LLMError(f"{file} cannot be loaded by llama.cpp.") from error
        made = cls(model=file.stem, context_window=context_window, num_output=num_output)
        made._server = server
        # llama.cpp's threads must have ended before Python takes itself apart.
        atexit.register(made.close)
        return made

    def close(self) -> None:
        """Free the model; nothing can be asked of it any more."""
        self._server = None

    @property
    def address(self) -> str:
        """The URL at which it also answers in OpenAI's form, on this machine alone."""
        return f"{self._server.listening_address}/v1"

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
        """Yield the pieces; llama.cpp calls back on a thread and stops when told True."""
        arrived: queue.Queue[Any] = queue.Queue()
        dropped = threading.Event()
        asked = {
            "messages": [{"role": m.role.value, "content": m.content or ""} for m in messages],
            "max_tokens": self.num_output,
            "temperature": 0,
            "stream": True,
        }

        def take(part: Any) -> bool:
            arrived.put(part)
            return dropped.is_set()

        def work() -> None:
            try:
                self._server.handle_chat_completions(asked, take)
            finally:
                arrived.put(None)

        thread = threading.Thread(target=work, name="llama.cpp", daemon=True)
        thread.start()
        # A process that ends while llama.cpp is at work is aborted in the midst of its C++.
        leave = partial(_ended, dropped, thread)
        atexit.register(leave)
        try:
            while (part := arrived.get()) is not None:
                yield from _texts(part)
            atexit.unregister(leave)
        finally:
            dropped.set()


def _ended(dropped: threading.Event, thread: threading.Thread) -> None:
    dropped.set()
    thread.join(timeout=_PATIENCE)


def _texts(part: Any) -> Iterator[str]:
    for entry in part if isinstance(part, list) else [part]:
        if entry.get("error") or entry.get("code", 200) >= 400:
            raise LLMError("llama.cpp did not accept the question; is its context too small?")
        for choice in entry.get("choices", ()):
            if piece := choice.get("delta", {}).get("content"):
                yield piece
