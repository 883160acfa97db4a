"""What is needed of a language model, and what is asked of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is to do, and what it is to do it with."""

    system: str
    user: str


class Model(Protocol):
    """A language model. It may be slow, wrong, hang or raise: whoever calls it must expect that.

    `name` is for people and holds no key; `window` and `output` are the tokens that it can read and
    write together, and those that it writes at most.
    """

    @property
    def name(self) -> str: ...

    @property
    def window(self) -> int: ...

    @property
    def output(self) -> int: ...

    def write(self, prompt: Prompt) -> Iterator[str]:
        """Yield the pieces of the text that it writes; raises LLMError."""
        ...
