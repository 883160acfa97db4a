"""Options that several commands share, and what they are turned into: settings, an open bot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.errors import WrongUse

if TYPE_CHECKING:
    from index.embed import Embedder
    from qa import Bot, Settings


def path_of(value: str | Path) -> Path:
    """A path as given; an empty one, as of an unset variable, would be the current folder."""
    if not str(value):
        raise typer.BadParameter("a path is empty; name a file or folder, or '.' for this one")
    return Path(value)


Data = Annotated[
    Path,
    typer.Option(
        envvar="CORPUS_QA_DATA", help="The folder of the index.", metavar="DIR", parser=path_of
    ),
]
DATA = Path(".corpus-qa")
_JSON = "llm_args"  # the one setting that the environment gives as JSON
Chroma = Annotated[
    str,
    typer.Option(help="The Chroma server that has the vectors; off for none.", metavar="URL"),
]
Ray = Annotated[
    str,
    typer.Option(help="Embed on a Ray cluster: its address, auto, or local.", metavar="ADDRESS"),
]
Llm = Annotated[
    str,
    typer.Option(
        "--llm",
        help="A language model that writes the answers: ollama:MODEL, openai:MODEL …",
        metavar="NAME",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def open_bot(data: Path, chroma: str = "", *, llm: str = "") -> "Bot":
    """Open the index in a data folder with the settings of the environment and those given."""
    from qa import Bot

    return Bot.open(data, settings=settings_from(chroma=chroma, llm=llm))


@contextmanager
def embedder_on(ray: str, settings: "Settings", data: Path) -> "Iterator[Embedder]":
    """Open the embedding model of the settings, here or on a Ray cluster."""
    from qa.opening import embedder_for

    embedder = embedder_for(settings, data)
    if not ray:
        yield embedder
        return
    from index.cluster import opener_of, spread
    from index.embed import DEFAULT_MODEL

    opener = opener_of(settings.model or DEFAULT_MODEL, data, offline=not settings.online)
    with spread(embedder, opener, ray) as spread_out:
        yield spread_out


def settings_from(**given: str | bool) -> "Settings":
    """The settings from the environment and from the options that were given."""
    from pydantic import ValidationError

    from qa import Settings

    try:
        return Settings.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = str(first["loc"][0]) if first["loc"] else _JSON
        if field == _JSON:  # what is meant for a language model may be a key: it is not repeated
            raise WrongUse(f"CORPUS_QA_{_JSON.upper()} is no JSON object, such as {{}}") from None
        raise WrongUse(f"CORPUS_QA_{field.upper()}={first['input']}: {first['msg']}") from error
