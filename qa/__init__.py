"""A question in, a cited answer out.

`Bot` is the front door; the nouns of its answers are here too. They are loaded when first used,
so that `import qa` stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.types import Filters, Passage
    from qa.bot import Bot
    from qa.chat import Chat
    from qa.errors import QAError, QuestionError, ReaderError
    from qa.settings import Settings
    from qa.types import Answer, Citation, Done, Event, Retrieved, Searching, Token, Turn

__all__ = [
    "Answer",
    "Bot",
    "Chat",
    "Citation",
    "Done",
    "Event",
    "Filters",
    "Passage",
    "QAError",
    "QuestionError",
    "ReaderError",
    "Retrieved",
    "Searching",
    "Settings",
    "Token",
    "Turn",
]

_HOMES = {
    "Bot": "qa.bot",
    "Chat": "qa.chat",
    "Settings": "qa.settings",
    "Filters": "index.types",
    "Passage": "index.types",
    "QAError": "qa.errors",
    "QuestionError": "qa.errors",
    "ReaderError": "qa.errors",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "qa.types")), name)
