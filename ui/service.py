"""What the page and the API share while one index is served: its bot, its line, who asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ui.accounts import Accounts
from ui.identity import owner_of
from ui.line import Line, Paced
from ui.sessions import Sessions
from ui.uploads import Uploads

if TYPE_CHECKING:
    from qa import Bot


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once: answers made, questions waiting, seconds for each, bytes of an upload."""

    at_once: int = 4
    waiting: int = 64
    answer_s: float = 60.0
    upload_bytes: int = 32_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve: who may sign in (None: everybody may ask), under which address, what to log.

    `public_url` is the address of a proxy on this machine whose word on its visitors is taken.
    """

    accounts: Accounts | None = None
    public_url: str = ""
    limits: Limits = field(default_factory=Limits)
    access_log: bool = False
    log_questions: bool = False


class Service:
    """One bot as it is served."""

    def __init__(
        self,
        bot: "Bot",
        options: Options | None = None,
        *,
        heard: Callable[[str], None] = lambda question: None,
    ) -> None:
        self.bot = bot
        self.options = options or Options()
        limits = self.options.limits
        self.sessions = Sessions() if self.options.accounts else None
        self.line = Line(limits.at_once, limits.waiting, limits.answer_s)
        self.heard = heard
        self.asking = Paced(bot, self.line, heard)
        self.uploads = Uploads(bot.data, bot, most_bytes=limits.upload_bytes)

    def owner(self, cookies: Mapping[str, str]) -> str | None:
        """Return whose conversations and uploads a request may see, by its cookies."""
        return owner_of(cookies, self.sessions)

    def user(self, cookies: Mapping[str, str]) -> str:
        """Return the name of who is signed in; empty without sign-in."""
        return (self.sessions.name(cookies) or "") if self.sessions else ""
