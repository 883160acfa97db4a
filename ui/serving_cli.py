"""The commands for serving: `corpus-qa serve` and `corpus-qa password`."""

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from ui.errors import WrongUse
from ui.options import DATA, Chroma, Data, Llm, open_bot, path_of

if TYPE_CHECKING:
    pass

_LINGER_S = 2.0


def serve(  # noqa: PLR0913 - each option of the command is a parameter
    data: Data = DATA,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 7860,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = False,
    auth: Annotated[
        Path | None,
        typer.Option(
            help="Let only those sign in who stand in this file.", metavar="FILE", parser=path_of
        ),
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines ask, without a sign-in.")
    ] = False,
    public_url: Annotated[
        str, typer.Option(help="The address of a proxy on this machine, as https://chat.example.")
    ] = "",
    at_once: Annotated[int, typer.Option(min=1, max=64, help="Answers made at once.")] = 4,
    waiting: Annotated[
        int, typer.Option(min=0, max=10_000, help="Questions that may wait; more hear 'busy'.")
    ] = 64,
    answer_seconds: Annotated[
        float, typer.Option(min=1, max=3600, help="The most for one answer.")
    ] = 60.0,
    upload_mb: Annotated[
        int, typer.Option("--upload-mb", min=1, max=1000, help="The most of one upload.")
    ] = 32,
    access_log: Annotated[
        bool, typer.Option("--access-log/--no-access-log", help="A line on stderr per request.")
    ] = True,
    log_questions: Annotated[
        bool, typer.Option("--log-questions", help="Write down what is asked, too.")
    ] = False,
    chroma: Chroma = "",
    llm: Llm = "",
) -> None:
    """Serve the web chat, for this machine alone unless told otherwise."""
    from ui.accounts import Accounts
    from ui.addresses import is_loopback

    _check_url(public_url)
    if not is_loopback(host) and not (auth or allow_remote):
        raise WrongUse(
            f"--host {host} lets other machines ask; add --auth FILE for a sign-in, "
            "or --allow-remote to let everybody in."
        )
    if public_url and not (auth or allow_remote):
        raise WrongUse(
            f"{public_url} lets other machines ask; add --auth FILE for a sign-in, "
            "or --allow-remote to let everybody in."
        )
    accounts = Accounts.read(auth) if auth else None
    with open_bot(data, chroma, llm=llm) as bot:
        typer.echo("Starting the chat …", err=True)  # gradio takes seconds to load
        from ui.server import serve as run
        from ui.service import Limits, Options

        options = Options(
            accounts=accounts,
            public_url=public_url.rstrip("/"),
            limits=Limits(at_once, waiting, answer_seconds, upload_mb * 1_000_000),
            access_log=access_log or log_questions,
            log_questions=log_questions,
        )
        if accounts and not is_loopback(host) and not public_url:
            typer.echo("Passwords travel unencrypted here; see docs/serving.md.", err=True)
        run(bot, host, port, open_browser=open_browser, options=options)
        _end_soon()


def password(
    name: Annotated[str, typer.Argument(help="Who is to sign in with it.", show_default=False)],
) -> None:
    """Ask for a password and print the line that lets a name sign in (serve --auth FILE)."""
    from ui.accounts import line_for

    line_for(name, "a password that fits")  # a name that is none is told before anything is typed
    typer.echo(line_for(name, _typed(name)))


def _typed(name: str) -> str:
    """A password typed twice without showing it, or the one line that is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    first = getpass(f"Password for {name}: ")
    if getpass("The same again: ") != first:
        raise WrongUse("The two passwords are not the same; nothing was printed.")
    return first


def _check_url(url: str) -> None:
    found = urlsplit(url)
    fits = found.scheme in ("http", "https") and found.hostname and found.path in ("", "/")
    if url and (not fits or found.query or found.fragment or "@" in found.netloc):
        raise WrongUse(f"--public-url {url} is none; write it as https://chat.example.")


def _end_soon() -> None:
    """End the process although a thread is still making an answer that nobody waits for."""
    timer = threading.Timer(_LINGER_S, os._exit, (0,))
    timer.daemon = True
    timer.start()
