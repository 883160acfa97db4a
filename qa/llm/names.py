"""The short names of language models, taken apart: `ollama:MODEL`, `openai-like:URL#MODEL` …"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from qa.errors import LLMError

FORMS = "ollama:MODEL, openai:MODEL, openai-like:URL#MODEL, gguf:FILE or package.module.Class"
_CLASS = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_SECRET = re.compile(r"(?:^|_)(?:key|token|secret|password|credentials?|auth\w*)$", re.I)


@dataclass(frozen=True, slots=True)
class Named:
    """A model as it was named: its kind, the model (or class path, or file), and a server's URL."""

    kind: str
    model: str
    url: str = ""


def parse(name: str) -> Named:
    """Take a name apart; raises LLMError for what is none."""
    kind, colon, rest = name.partition(":")
    if not colon and _CLASS.fullmatch(name):
        return Named("class", name)
    if kind in {"ollama", "openai", "gguf"} and rest.strip():
        return Named(kind, rest.strip())
    if kind == "openai-like":
        url, _, model = rest.partition("#")
        return Named(kind, _model(model), _url(url))
    raise LLMError(f"{shown(name)!r} names no language model; name it as {FORMS}.")


def check_arguments(arguments: Mapping[str, object]) -> None:
    """Raise LLMError where an argument would hold a key: those come from the environment alone."""
    for name in arguments:
        if _SECRET.search(name):
            raise LLMError(
                f"{name} must not stand in the settings: keys are read from the environment alone."
            )


def shown(name: str) -> str:
    """Return a name without what may be secret in it: user, password and query of an address."""
    name = re.sub(r"//[^/@#]*@", "//", name)
    return re.sub(r"\?[^#]*", "", name)[:200]


def _url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise LLMError(
            f"{shown(url)!r} is no address of a server; write openai-like:http://host:port/v1#MODEL."
        )
    if parts.username or parts.password or parts.query:
        raise LLMError(
            "The address of a language model must hold no key: set OPENAI_LIKE_API_KEY instead."
        )
    return url


def _model(model: str) -> str:
    if not model.strip():
        raise LLMError("The model is not named; write openai-like:http://host:port/v1#MODEL.")
    return model.strip()
