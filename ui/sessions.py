"""Who is signed in: tokens handed out at sign-in, known here by their hashes alone."""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

IDLE_S = 12 * 3600.0  # a session ends when nothing was asked with it for so long
LONGEST_S = 7 * 24 * 3600.0  # and in any case after a week
_MOST = 10_000  # sessions; the one unused for longest makes room
COOKIE = "corpus_qa_session"


class Sessions:
    """The open sessions, in memory: a restart signs everybody out; safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: OrderedDict[bytes, tuple[str, float, float]] = OrderedDict()

    def begin(self, name: str) -> str:
        """Open a session for a name; return its token, which is kept nowhere."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._open[_hashed(token)] = (name, now, now)
            while len(self._open) > _MOST:
                self._open.popitem(last=False)
        return token

    def name(self, cookies: Mapping[str, str]) -> str | None:
        """Return who the cookies say is signed in, and keep the session alive; None for nobody."""
        key = _hashed(cookies.get(COOKIE, ""))
        now = self._clock()
        with self._lock:
            name, begun, used = self._open.get(key, ("", 0.0, 0.0))
            if not name:
                return None
            if now - used > IDLE_S or now - begun > LONGEST_S:
                del self._open[key]
                return None
            self._open[key] = (name, begun, now)
            self._open.move_to_end(key)
            return name

    def end(self, cookies: Mapping[str, str]) -> None:
        """Close the session that the cookies name, if there is one."""
        with self._lock:
            self._open.pop(_hashed(cookies.get(COOKIE, "")), None)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
