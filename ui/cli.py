"""The command line: `corpus-qa index | ask | search | chat | serve | status | eval …`.

Exit codes: 0 done, 1 the work failed, 2 wrong use, 130 interrupted. Nothing heavy is imported
before a command needs it, so that `--help` and a wrong option are answered at once.
"""

import io
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from ui import serving_cli
from ui.errors import Incomplete, UIError
from ui.options import DATA, AsJson, Chroma, Data, Llm, Ray, embedder_on, path_of
from ui.options import open_bot as _open
from ui.options import settings_from as _settings
from ui.words import count

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


Question = Annotated[str, typer.Argument(show_default=False)]


@app.command()
def index(  # noqa: PLR0913 - each option of the command is a parameter
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files and folders of articles; with --rebuild, none for what is indexed.",
            show_default="seeds",
            parser=path_of,
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
    chroma: Chroma = "",
    ray: Ray = "",
) -> None:
    """Make the index hold what files and folders hold now."""
    settings = _settings(model=model, device=device, online=online, chroma=chroma)
    from index.build import ChunkSettings, sync
    from index.generations import is_indexed
    from ui.progress import progress
    from ui.terminal import report_lines

    # The command that mends an index must not add to it what was never asked for.
    usual = [] if rebuild and is_indexed(data) else [SEEDS]
    with embedder_on(ray, settings, data) as embedder, progress() as advance:
        report = sync(
            paths or usual,
            data,
            embedder=embedder,
            settings=ChunkSettings(window=chunk_tokens),
            progress=advance,
            allow_empty=allow_empty,
            rebuild=rebuild,
            chroma=settings.chroma,
        )
    for line in report_lines(report):
        typer.echo(line)
    if report.failed:
        raise Incomplete(f"{count(len(report.failed), 'item')} could not be read, as listed above.")


@app.command()
def ask(
    question: Question,
    data: Data = DATA,
    as_json: AsJson = False,
    chroma: Chroma = "",
    llm: Llm = "",
) -> None:
    """Answer one question, with its citations."""
    with _open(data, chroma, llm=llm) as bot:
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
    chroma: Chroma = "",
) -> None:
    """List the passages that are nearest to a question."""
    with _open(data, chroma) as bot:
        passages = bot.search(question, k)
    if as_json:
        from ui.shapes import passage_objects

        _print_json(passage_objects(passages))
        return
    from ui.terminal import show_passages

    show_passages(passages)


@app.command()
def chat(data: Data = DATA, chroma: Chroma = "", llm: Llm = "") -> None:
    """Ask one question after another in this terminal; Ctrl-D ends."""
    from ui.repl import converse

    with _open(data, chroma, llm=llm) as bot:
        converse(bot.chat(), _width())


app.command()(serving_cli.serve)
app.command()(serving_cli.password)


@app.command()
def status(data: Data = DATA, as_json: AsJson = False, chroma: Chroma = "") -> None:
    """Tell what is indexed, with which model, since when."""
    with _open(data, chroma) as bot:
        found = bot.status()
    if as_json:
        from ui.shapes import status_object

        _print_json(status_object(found))
        return
    from ui.terminal import status_lines

    for line in status_lines(found):
        typer.echo(line)


@app.command()
def feedback(data: Data = DATA, as_json: AsJson = False) -> None:
    """Tell what people thought of answers; --json gives cases for eval."""
    from ui.feedback import run

    if said := run(data, as_json):
        typer.echo(said)


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
    llm: Llm = "",
) -> None:
    """Run a question set and report how good the answers are."""
    from evals import Options
    from ui.evaluate import evaluate as run

    options = Options(limit=limit, seed=seed, compare=compare)
    run(target, out=out, data=data, options=options, gated=gate, llm=llm)


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
