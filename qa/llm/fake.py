"""A language model that writes what it was told to, for tests."""

import time
from collections.abc import Iterator

from qa.llm.model import Prompt


class ScriptedModel:
    """Plays one script for each prompt, the last one again and again; `prompts` are those it got.

    A script is a text, given away in pieces of `size` characters, or a list of steps: texts,
    seconds to wait, and errors to raise.
    """

    def __init__(
        self,
        *scripts: str | list[str | float | Exception],
        size: int = 3,
        window: int = 4096,
        output: int = 512,
    ) -> None:
        self.name, self.window, self.output = "scripted", window, output
        self._size = size
        self.play(*scripts)

    def play(self, *scripts: str | list[str | float | Exception]) -> None:
        """Begin anew with these scripts."""
        self.prompts: list[Prompt] = []
        self._scripts = [[script] if isinstance(script, str) else script for script in scripts]

    def write(self, prompt: Prompt) -> Iterator[str]:
        """Play the next script."""
        self.prompts.append(prompt)
        for step in self._scripts[min(len(self.prompts), len(self._scripts)) - 1]:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, str):
                yield from (step[at : at + self._size] for at in range(0, len(step), self._size))
            else:
                time.sleep(step)
