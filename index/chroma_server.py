"""Whether a Chroma server answers at a URL, and one of a version that we can speak with."""

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from index.errors import StoreError

_VERSION = "1"  # of the servers' own interface, not of chromadb: 1.5.9 says "1.0.0"
_MOVED = (404, 405, 410)
_PATIENCE = 5.0  # seconds for a server to say that it is there


def reached(url: str) -> tuple[str, int, bool]:
    """Return host, port and whether to speak TLS, of a URL at which a server has answered.

    Raises StoreError for what is no URL of a server, and where none answers.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise StoreError(f"{url} is not the address of a Chroma server: give http://HOST:PORT")
    secure = parts.scheme == "https"
    port = _port(url) or (443 if secure else 8000)
    _say_hello(f"{parts.scheme}://{_bracketed(parts.hostname)}:{port}", url)
    return parts.hostname, port, secure


def _say_hello(base: str, url: str) -> None:
    # Chroma's own client waits without end for a server that takes the call and says nothing.
    answer = _asked(f"{base}/api/v2/heartbeat", url)
    if answer is None and _asked(f"{base}/api/v1/heartbeat", url) is not None:
        raise _other_version(url, _asked(f"{base}/api/v1/version", url))
    if not isinstance(answer, dict) or "nanosecond heartbeat" not in answer:
        raise StoreError(f"what answers at {url} is no Chroma server: correct the address")
    version = _asked(f"{base}/api/v2/version", url)
    if not isinstance(version, str) or version.split(".")[0] != _VERSION:
        raise _other_version(url, version)


def _asked(address: str, url: str) -> object:
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE) as reply:
            return json.loads(reply.read(10_000))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _MOVED:
            return None
        raise _unanswered(url, error) from error
    except (OSError, ValueError) as error:
        raise _unanswered(url, error) from error


def _unanswered(url: str, error: Exception) -> StoreError:
    return StoreError(
        f"no Chroma server answers at {url} ({_brief(getattr(error, 'reason', error))}): "
        "start one with `chroma run`, or correct the address"
    )


def _other_version(url: str, version: object) -> StoreError:
    return StoreError(
        f"the Chroma server at {url} is of another version ({str(version)[:40]}, this corpus-qa "
        f"speaks with {_VERSION}.x): start one with `chroma run` of chromadb 1.5 or later"
    )


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError as error:
        raise StoreError(f"{url} has no valid port: give http://HOST:PORT") from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _brief(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
