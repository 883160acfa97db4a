"""Any LlamaIndex LLM as a model of ours; touches no global setting and no template."""

import gc
import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM

from qa.errors import LLMError
from qa.llm.failures import failure
from qa.llm.model import Model, Prompt
from qa.llm.names import Named, check_arguments, parse, shown

OUTPUT = 512  # tokens; five sentences need fewer
_WINDOW = 8192  # tokens asked of an Ollama model; it would be asked over the network otherwise
_LIKE_WINDOW = 4096  # of a server that does not say


class LlamaModel:
    """A LlamaIndex LLM; `name` is what it is called in notes and answers."""

    def __init__(self, llm: LLM, name: str = "") -> None:
        self._llm = llm
        try:
            metadata = llm.metadata
        except Exception as error:  # a class of anyone's may raise anything  # noqa: BLE001
            raise failure(error, shown(name) or type(llm).__name__) from None
        self.name = shown(name or metadata.model_name or type(llm).__name__)
        self.window = metadata.context_window
        self.output = metadata.num_output if metadata.num_output > 0 else OUTPUT
        self._chats = metadata.is_chat_model

    def __repr__(self) -> str:
        return f"LlamaModel({self.name!r})"  # the LLM's own would show its key

    def write(self, prompt: Prompt) -> Iterator[str]:
        """Yield the pieces as they come; all at once from an LLM that cannot stream."""
        whole = False
        try:
            yield from self._stream(prompt)
            whole = True
        except Exception as error:  # a class of anyone's may raise anything  # noqa: BLE001
            raise failure(error, self.name) from None
        finally:
            if not whole:
                # Libraries leave the connection of a dropped stream to the collector, and the
                # service writes on until it is closed.
                gc.collect()

    def _stream(self, prompt: Prompt) -> Iterator[str]:
        if self._chats:
            messages = [
                ChatMessage(role=MessageRole.SYSTEM, content=prompt.system),
                ChatMessage(role=MessageRole.USER, content=prompt.user),
            ]
            try:
                yield from _deltas(self._llm.stream_chat(messages))
            except NotImplementedError:
                yield str(self._llm.chat(messages).message.content or "")
            return
        whole = f"{prompt.system}\n\n{prompt.user}\n\nAnswer:"
        try:
            yield from _deltas(self._llm.stream_complete(whole, formatted=True))
        except NotImplementedError:
            yield str(self._llm.complete(whole, formatted=True).text or "")


def _deltas(stream: Any) -> Iterator[str]:
    """Yield what each response adds; some say it, others hold the whole text so far."""
    said = ""
    for part in stream:
        message = getattr(part, "message", None)
        whole = str((message.content if message is not None else part.text) or "")
        delta = part.delta if part.delta is not None else whole[len(said) :]
        said += delta
        yield delta


def wrapped(llm: Any) -> Model:
    """Return an object from Python as a model: a LlamaIndex LLM, or one that is a model already."""
    if isinstance(llm, LLM):
        return LlamaModel(llm)
    if all(hasattr(llm, part) for part in ("name", "window", "output", "write")):
        model: Model = llm
        return model
    raise LLMError(f"{type(llm).__name__} is no LlamaIndex LLM; give an object of such a class.")


def open_llm(name: str, arguments: Mapping[str, Any], *, timeout: float) -> LlamaModel:
    """Open the model that a short name or class path means; raises LLMError.

    Keys are read from the environment: OPENAI_API_KEY, and OPENAI_LIKE_API_KEY for other servers,
    so that no server is sent a key that was meant for another.
    """
    named = parse(name)
    check_arguments(arguments)
    try:
        llm = _OPENERS[named.kind](named, dict(arguments), timeout)
    except Exception as error:  # a class of anyone's may raise anything  # noqa: BLE001
        raise _unopened(error, shown(name)) from None
    # A file's name tells enough: where it lies concerns nobody who reads an answer.
    return LlamaModel(llm, f"gguf:{Path(named.model).stem}" if named.kind == "gguf" else name)


def _unopened(error: Exception, name: str) -> LLMError:
    if isinstance(error, LLMError | ImportError):
        return failure(error, name)
    kind = type(error).__name__
    return LLMError(f"{name} cannot be opened ({kind}); check its name and llm_args.")


def _ollama(named: Named, arguments: dict[str, Any], timeout: float) -> LLM:
    from llama_index.llms.ollama import Ollama  # type: ignore[import-untyped]

    given = {"context_window": _WINDOW, "request_timeout": timeout, "temperature": 0.0}
    llm: LLM = Ollama(model=named.model, **{**given, **arguments})
    return llm


def _openai(named: Named, arguments: dict[str, Any], timeout: float) -> LLM:
    if not os.environ.get("OPENAI_API_KEY"):
        raise LLMError(f"There is no key for openai:{named.model}: set OPENAI_API_KEY.")
    from llama_index.llms.openai import OpenAI

    return OpenAI(model=named.model, **{**_http(timeout), **arguments})


def _openai_like(named: Named, arguments: dict[str, Any], timeout: float) -> LLM:
    from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped]

    given = {"is_chat_model": True, "context_window": _LIKE_WINDOW}
    llm: LLM = OpenAILike(
        model=named.model,
        api_base=named.url,
        api_key=os.environ.get("OPENAI_LIKE_API_KEY") or "none",
        **{**_http(timeout), **given, **arguments},
    )
    return llm


def _http(timeout: float) -> dict[str, Any]:
    # Trying again is ours: it must not outlive the question.
    return {"temperature": 0.0, "max_tokens": OUTPUT, "timeout": timeout, "max_retries": 0}


def _gguf(named: Named, arguments: dict[str, Any], timeout: float) -> LLM:
    from qa.llm.gguf.llama import GGUF

    return GGUF.open(named.model, **arguments)


def _class(named: Named, arguments: dict[str, Any], timeout: float) -> LLM:
    module, _, name = named.model.rpartition(".")
    found = getattr(import_module(module), name, None)
    if not (isinstance(found, type) and issubclass(found, LLM)):
        raise LLMError(f"{named.model} is no class of a LlamaIndex LLM.")
    return found(**arguments)


_OPENERS = {
    "ollama": _ollama,
    "openai": _openai,
    "openai-like": _openai_like,
    "gguf": _gguf,
    "class": _class,
}
