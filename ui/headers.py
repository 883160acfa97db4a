"""What every response carries: headers that keep the page to itself, and a page that fits them.

Of Gradio's own paths only those that the page uses are open: no uploads, no proxy, no second API.
"""

import asyncio
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page runs only scripts of this server: those in files, and those in the page that bear the
# nonce of this response. Gradio sets styles on its elements, hence 'unsafe-inline' for styles.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self' blob:; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
ASSETS = Path(__file__).with_name("assets")


STYLES = ("theme", "answers", "source", "side", "page")

_HEAD = (
    '<meta name="color-scheme" content="light dark"><link rel="icon" href="ui/icon.svg">'
    + "".join(f'<link rel="stylesheet" href="ui/{name}.css">' for name in STYLES)
    + '<script type="module" src="ui/page.js"></script></head>'
).encode()
_ADVERTS = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>', re.DOTALL)


_GRADIO = "/gradio_api/"
_OPEN = ("queue/", "heartbeat/", "startup-events", "cancel", "reset")
_CLOSED = ("/openapi.json", "/monitoring", "/pwa_icon")


_HEARTBEAT = "/gradio_api/heartbeat/"
_LOOK_S = 0.2  # how often a heartbeat looks whether the server is to stop


class Guarded:
    """ASGI middleware that sets the headers and completes the chat's page.

    Each open page holds a stream that never ends by itself; it is ended once `stopping` is true,
    for otherwise no server would stop before all its pages are closed.
    """

    def __init__(self, app: ASGIApp, stopping: Callable[[], bool] = lambda: False) -> None:
        self.app = app
        self.stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # nothing here speaks it
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        response = _Response(send, secrets.token_urlsafe(16))
        app = self.app if is_open(scope["path"]) else PlainTextResponse("Not found", 404)
        if scope["path"].startswith(_HEARTBEAT):
            receive = self._until_stopping(receive)
        await app(_uncompressed(scope), receive, response.send)

    def _until_stopping(self, receive: Receive) -> Receive:
        async def received() -> Message:
            waiting = asyncio.ensure_future(receive())
            while not self.stopping():
                done, _ = await asyncio.wait([waiting], timeout=_LOOK_S)
                if done:
                    return waiting.result()
            waiting.cancel()
            return {"type": "http.disconnect"}

        return received


def is_open(path: str) -> bool:
    """Tell whether a path is served at all."""
    if path.startswith(_GRADIO):
        return path.removeprefix(_GRADIO).startswith(_OPEN)
    return not path.startswith(_CLOSED)


class _Response:
    """One response on its way out: a page of HTML is held until it is whole."""

    def __init__(self, send: Send, nonce: str) -> None:
        self._send = send
        self._nonce = nonce
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-security-policy"] = POLICY.format(nonce=self._nonce)
            headers.update(HEADERS)
            if headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        body = completed(self._body, self._nonce)
        MutableHeaders(scope=start)["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def completed(page: bytes, nonce: str) -> bytes:
    """The page with the nonce on its scripts, our style and script, and no advertising tags."""
    page = re.sub(rb"<script(?=[\s>])", b'<script nonce="' + nonce.encode() + b'"', page)
    if b"<gradio-app" not in page:
        return page
    return _ADVERTS.sub(b"", page).replace(b"</head>", _HEAD, 1)


def _uncompressed(scope: Scope) -> Scope:
    """The request as if the client took no compressed page, for it is completed here."""
    if scope["path"] != "/":
        return scope
    headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    return {**scope, "headers": headers}
