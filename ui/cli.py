"""The command line: `corpus-qa index | ask | search | chat | serve | status | eval`.

Exit codes: 0 done, 1 the work failed, 2 wrong use, 130 interrupted. Nothing heavy is imported
before a command needs it, so that `--help` and a wrong option are answered at once.
"""

import io
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.errors import Incomplete, UIError, WrongUse
from ui.words import count

if TYPE_CHECKING:
    from qa import Bot, Settings

app = typer.Typer(
    help="Ask questions of a folder of articles; every answer cites exact spans of them.",
    add_completion=False,
    rich_markup_mode=None,  # rich would take half of the time of --help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SEEDS = Path("seeds")
INTERRUPTED = 130
_SAID = ("index.errors", "qa.errors", "evals.errors")  # their errors are sentences for people


def _path(value: str | Path) -> Path:
    """A path as given; an empty one, as of an unset variable, would be the current folder."""
    if not str(value):
        raise typer.BadParameter("a path is empty; name a file or folder, or '.' for this one")
    return Path(value)


Data = Annotated[
    Path,
    typer.Option(
        envvar="CORPUS_QA_DATA", help="The folder of the index.", metavar="DIR", parser=_path
    ),
]
DATA = Path(".corpus-qa")
Question = Annotated[str, typer.Argument(show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command()
def index(  # noqa: PLR0913 - each option of the command is a parameter
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files and folders of articles; with --rebuild, none for what is indexed.",
            show_default="seeds",
            parser=_path,
        ),
    ] = None,
    data: Data = DATA,
    model: Annotated[
        str, typer.Option(help="Embedding model: a folder, a package or a hub name.")
    ] = "",
    device: Annotated[str, typer.Option(help="Where to embed: cpu, cuda …")] = "",
    online: Annotated[bool, typer.Option("--online", help="Let a hub model be fetched.")] = False,
    chunk_tokens: Annotated[
        int | None, typer.Option(min=16, help="The most tokens of a chunk.", show_default=False)
    ] = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Accept that a folder has nothing to read now.")
    ] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Write everything anew.")] = False,
) -> None:
    """Make the index hold what files and folders hold now."""
    settings = _settings(model=model, device=device, online=online)
    from index.build import ChunkSettings, sync
    from index.generations import is_indexed
    from qa.opening import embedder_for
    from ui.progress import progress
    from ui.terminal import report_lines

    # The command that mends an index must not add to it what was never asked for.
    usual = [] if rebuild and is_indexed(data) else [SEEDS]
    embedder = embedder_for(settings, data)
    with progress() as advance:
        report = sync(
            paths or usual,
            data,
            embedder=embedder,
            settings=ChunkSettings(window=chunk_tokens),
            progress=advance,
            allow_empty=allow_empty,
            rebuild=rebuild,
        )
    for line in report_lines(report):
        typer.echo(line)
    if report.failed:
        raise Incomplete(f"{count(len(report.failed), 'item')} could not be read, as listed above.")


@app.command()
def ask(question: Question, data: Data = DATA, as_json: AsJson = False) -> None:
    """Answer one question, with its citations."""
    with _open(data) as bot:
        answer = bot.ask(question)
    if as_json:
        from ui.shapes import answer_object

        _print_json(answer_object(answer))
        return
    from ui.terminal import answer_lines

    for line in answer_lines(answer, _width()):
        typer.echo(line)


@app.command()
def search(
    question: Question,
    data: Data = DATA,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    as_json: AsJson = False,
) -> None:
    """List the passages that are nearest to a question."""
    with _open(data) as bot:
        passages = bot.search(question, k)
    if as_json:
        from ui.shapes import passage_objects

        _print_json(passage_objects(passages))
        return
    from ui.terminal import show_passages

    show_passages(passages)


@app.command()
def chat(data: Data = DATA) -> None:
    """Ask one question after another in this terminal; Ctrl-D ends."""
    from ui.repl import converse

    with _open(data) as bot:
        converse(bot.chat(), _width())


@app.command()
def serve(
    data: Data = DATA,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 7860,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = False,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines ask, without a sign-in.")
    ] = False,
) -> None:
    """Serve the web chat, for this machine alone unless told otherwise."""
    from ui.addresses import is_loopback

    if not is_loopback(host) and not allow_remote:
        raise WrongUse(f"--host {host} lets other machines ask; add --allow-remote to mean it.")
    with _open(data) as bot:
        typer.echo("Starting the chat …", err=True)  # gradio takes seconds to load
        from ui.server import serve as run

        run(bot, host, port, open_browser=open_browser)


@app.command()
def status(data: Data = DATA, as_json: AsJson = False) -> None:
    """Tell what is indexed, with which model, since when."""
    with _open(data) as bot:
        found = bot.status()
    if as_json:
        from ui.shapes import status_object

        _print_json(status_object(found))
        return
    from ui.terminal import status_lines

    for line in status_lines(found):
        typer.echo(line)


@app.command("eval")
def evaluate(  # noqa: PLR0913 - each option of the command is a parameter
    target: Annotated[str, typer.Argument(metavar="[SET or FILE.jsonl]")] = "seeds",
    data: Annotated[
        Path | None, typer.Option(help="The folder of a public set.", metavar="DIR")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the results go: results/SET, SET-2 …", metavar="DIR"),
    ] = None,
    compare: Annotated[
        Path | None, typer.Option(help="The results of an earlier run.", metavar="DIR")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only so many, drawn.")] = None,
    seed: Annotated[int, typer.Option(help="What the draw and the intervals begin with.")] = 0,
    gate: Annotated[bool, typer.Option("--gate", help="Fail where a figure is too low.")] = False,
) -> None:
    """Run a question set and report how good the answers are."""
    from evals import Options
    from ui.evaluate import evaluate as run

    options = Options(limit=limit, seed=seed, compare=compare)
    run(target, out=out, data=data, options=options, gated=gate)


def main(args: list[str] | None = None) -> int:
    """Run the command line and return its exit code; an error is one line on stderr."""
    _speak_to_any_terminal()
    try:
        code = typer.main.get_command(app).main(
            (sys.argv[1:] if args is None else args) or ["--help"],
            prog_name="corpus-qa",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away, which is its right; what is flushed at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - here every error becomes a sentence
        return _failed(error)
    return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    """Tell an error in one line on stderr; return the exit code that it means."""
    if os.environ.get("CORPUS_QA_DEBUG"):
        raise error
    code, said = _worded(error)
    # Names and values of articles and arguments may hold anything; one line is promised.
    from ui.terminal import harmless

    typer.echo(f"error: {harmless(said)}", err=True)
    return code


def _worded(error: Exception) -> tuple[int, str]:
    if isinstance(error, typer.TyperException):
        return error.exit_code, error.format_message()
    if isinstance(error, UIError):
        return error.exit_code, str(error)
    # Told by name: importing the trees of errors would cost what only a failure needs.
    if type(error).__module__ in _SAID:
        return 1, str(error)
    said = str(error).strip() or "no reason given"
    kind = type(error).__name__
    return 1, f"{kind}: {said} (unexpected; CORPUS_QA_DEBUG=1 shows where it came from)"


def _open(data: Path) -> "Bot":
    from qa import Bot

    return Bot.open(data, settings=_settings())


def _settings(**given: str | bool) -> "Settings":
    """The settings from the environment and from the options that were given."""
    from pydantic import ValidationError

    from qa import Settings

    try:
        return Settings.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(map(str, first["loc"])).upper()
        raise WrongUse(f"CORPUS_QA_{name}={first['input']}: {first['msg']}") from error


def _print_json(value: object) -> None:
    from ui.shapes import written

    typer.echo(written(value, sys.stdout.encoding))


def _width() -> int:
    """The width of lines: the terminal's, but never too long to read."""
    return min(shutil.get_terminal_size().columns, 100)


def _speak_to_any_terminal() -> None:
    """Let characters that a terminal's encoding lacks become `?` rather than an error.

    Bytes that are typed or piped in and are no text are read as they are from arguments.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape" if stream is sys.stdin else "replace")
