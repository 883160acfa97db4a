"""Whose conversations and uploads are shown: the person signed in, else the browser."""

import hashlib
import re
import secrets
from collections.abc import Mapping

from ui.sessions import Sessions

BROWSER = "corpus_qa_browser"  # the cookie that tells one browser from the next
BROWSER_S = 365 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")


def owner_of(cookies: Mapping[str, str], sessions: Sessions | None) -> str | None:
    """The owner that a request's cookies name: "user:NAME", or "browser:HASH" without sign-in.

    None where nobody is signed in, or the browser has no cookie yet. The browser's token is
    hashed, so that who reads what is stored cannot take its place.
    """
    if sessions is not None:
        name = sessions.name(cookies)
        return None if name is None else f"user:{name}"
    token = cookies.get(BROWSER, "")
    if not _TOKEN.fullmatch(token):
        return None
    return f"browser:{hashlib.sha256(token.encode()).hexdigest()[:32]}"


def new_browser() -> str:
    """A token for a browser that has none: 128 bits that nobody guesses."""
    return secrets.token_urlsafe(16)
