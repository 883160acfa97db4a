"""The access log: one line on stderr per request, without what was asked unless that is wanted."""

import json
import sys
import time
from datetime import UTC, datetime
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_GRADIO = "/gradio_api/"
_QUEUE = "/gradio_api/queue/"
# What a page loads and holds open: said only where it fails.
_ROUTINE = (
    "/ui/", "/assets/", "/static/", "/svelte/", "/theme.css", "/gradio_api/heartbeat",
    "/gradio_api/queue/data", "/gradio_api/startup-events", "/manifest.json", "/favicon.ico",
    "/healthz", "/api/uploads/status",
)  # fmt: skip


class AccessLog:
    """ASGI middleware that writes a line when a response has ended."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sent)
        finally:
            if status >= 400 or not scope["path"].startswith(_ROUTINE):
                milliseconds = (time.perf_counter() - begun) * 1000
                said = f"{scope['method']} {_shown(scope['path'])} {status} {milliseconds:.0f} ms"
                _write(f"{_asker(scope)} {said}")


def heard(question: str) -> None:
    """Write a question down, in one line whatever it holds: only where that was asked for."""
    _write(f"question {json.dumps(question)}")


def _asker(scope: Scope) -> str:
    """The kind of owner, not who it is."""
    owner = scope.get("state", {}).get("owner")
    return owner.partition(":")[0] if isinstance(owner, str) else "nobody"


def _shown(path: str) -> str:
    """The path alone, in plain characters; of Gradio's what names no session."""
    if path.startswith(_GRADIO):
        path = "/".join(path.split("/")[: 4 if path.startswith(_QUEUE) else 3])
    return quote(path[:200], safe="/:@!$&'()*+,;=~-._")


def _write(said: str) -> None:
    try:
        sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {said}\n")
        sys.stderr.flush()
    except OSError:
        pass  # who reads the log has gone; that is no reason to stop answering
