"""A conversation in the terminal."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from index.errors import IndexFailure
from qa.errors import QAError
from qa.types import Done, Retrieved
from ui.terminal import answer_lines, harmless
from ui.words import sentence

if TYPE_CHECKING:
    from qa import Chat

_PROMPT = "> "


def converse(chat: "Chat", width: int) -> None:
    """Answer each line that is typed or piped in until the input ends.

    A question that fails is told in one line, and the next one may be asked. Ctrl-C drops the
    answer that is being made; at the prompt it ends the conversation.
    """
    interactive = sys.stdin.isatty()
    if interactive:
        typer.echo("Ask about the articles; Ctrl-D ends.", err=True)
    for question in _questions(interactive):
        try:
            _answer(chat, question, width, told=interactive and sys.stderr.isatty())
        except (QAError, IndexFailure) as failure:
            typer.echo(f"error: {harmless(sentence(str(failure)))}", err=True)
        except KeyboardInterrupt:
            if not interactive:
                raise
            typer.echo("(dropped)", err=True)


def _questions(interactive: bool) -> Iterator[str]:
    if not interactive:
        yield from (line for line in sys.stdin if line.strip())
        return
    import readline  # noqa: F401 - importing it gives `input` its line editing and history

    while True:
        try:
            question = input(_PROMPT)
        except EOFError:
            typer.echo()
            return
        if question.strip():
            yield question


def _answer(chat: "Chat", question: str, width: int, *, told: bool) -> None:
    for event in chat.stream(question.strip()):
        if isinstance(event, Retrieved) and told:
            sys.stderr.write(f"reading {len(event.passages)} passages …\r")
            sys.stderr.flush()
        if isinstance(event, Done):
            if told:
                sys.stderr.write("\x1b[2K")  # the line that told what was being done
                sys.stderr.flush()
            for line in answer_lines(event.answer, width):
                typer.echo(line)
    typer.echo()
