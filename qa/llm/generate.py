"""A model's text as it comes: bounded in time and length, tried again where that may help."""

import queue
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from qa.errors import LLMError
from qa.llm.failures import failure
from qa.llm.model import Model, Prompt

_BEAT = 0.2  # seconds; so often whoever waits may turn away, Ctrl-C included
_LOOP = re.compile(r"(.{1,120}?)\1{5,}$", re.S)
_SEEN = 900  # characters at the end of the text in which a loop is looked for
_STEP = 40  # further characters after which it is looked for again
# Calls that hang cannot be ended, only left behind; so many may be under way in a process.
_PLACES = threading.BoundedSemaphore(16)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a text may take, in seconds, and be, in characters, and how often it is begun."""

    seconds: float = 60.0
    characters: int = 4_000
    tries: int = 3
    pause: float = 0.5


class CutOff(LLMError):
    """The model was still writing, or had not begun, when it had to end."""


def written(model: Model, prompt: Prompt, limits: Limits) -> Iterator[str]:
    """Yield the pieces of the model's text, and an empty one whenever none has come for a while.

    Begun again, with longer and longer pauses, is only what failed before its first piece in a way
    that may pass. Raises LLMError, as CutOff when time is over and for a text that is too long or
    says the same six times over. A model that hangs is left behind on its thread.
    """
    end = time.monotonic() + limits.seconds
    for attempt in range(1, limits.tries + 1):
        begun = False
        try:
            for piece in _pieces(model, prompt, end, limits.characters):
                begun = begun or bool(piece)
                yield piece
            return
        except LLMError as error:
            pause = max(error.after, limits.pause * 2 ** (attempt - 1))
            late = time.monotonic() + pause >= end
            if begun or not error.retry or attempt == limits.tries or late:
                raise
        yield from _waited(pause)


def _pieces(model: Model, prompt: Prompt, end: float, longest: int) -> Iterator[str]:
    stop = threading.Event()
    arrived = _begun(model, prompt, stop)
    text, looked = "", 0
    try:
        while True:
            if len(text) > longest:
                raise CutOff(f"{model.name} wrote too much and was cut off.")
            if len(text) - looked > _STEP:
                looked = len(text)
                if _LOOP.search(text[-_SEEN:]):
                    raise CutOff(f"{model.name} repeated itself and was cut off.")
            left = end - time.monotonic()
            if left <= 0:
                raise CutOff(f"{model.name} did not answer in time.")
            try:
                piece = arrived.get(timeout=min(_BEAT, left))
            except queue.Empty:
                yield ""
                continue
            if piece is None:
                return
            if isinstance(piece, LLMError):
                raise piece
            text += piece
            yield piece
    finally:
        stop.set()


def _begun(
    model: Model, prompt: Prompt, stop: threading.Event
) -> "queue.Queue[str | LLMError | None]":
    """Let the model write on a thread of its own; what it writes arrives in the queue."""
    if not _PLACES.acquire(blocking=False):
        raise LLMError(f"{model.name} has too many questions to answer already.", retry=True)
    arrived: queue.Queue[str | LLMError | None] = queue.Queue()

    def work() -> None:
        try:
            for piece in model.write(prompt):
                arrived.put(piece)
                if stop.is_set():
                    break
            arrived.put(None)
        except Exception as error:  # a model of anyone's may raise anything  # noqa: BLE001
            arrived.put(failure(error, model.name))
        finally:
            _PLACES.release()

    threading.Thread(target=work, name="language model", daemon=True).start()
    return arrived


def _waited(seconds: float) -> Iterator[str]:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(_BEAT, left))
        yield ""
