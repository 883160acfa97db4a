"""How large a request's body may be, and how long it may take to arrive."""

import asyncio
import time

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UPLOADS = "/api/uploads"
MOST = 64_000
MOST_OF_PAGE = 1_000_000  # Gradio sends back what an event takes in, with its own words around it
_MOST_ADDRESS = 8_000
_ARRIVE_S = 30.0
_ARRIVE_UPLOAD_S = 600.0
_AROUND = 64_000  # what a form puts around its files
_GRADIO = "/gradio_api/"


class Bodies:
    """ASGI middleware that ends a request whose body is larger or slower than it may be."""

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self.app = app
        self._upload = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self._most(scope)
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            if len(scope["path"]) + len(scope["query_string"]) > _MOST_ADDRESS:
                raise _TooLarge(414, "The address is too long.")
            if _stated(scope) > most:
                raise _TooLarge(413, too_large(most))
            await self.app(scope, _counted(receive, most, _time(scope)), sent)
        except _TooLarge as refusal:
            if begun:
                raise
            # The rest of the body is not read: the connection ends with the answer.
            headers = {"connection": "close"}
            answer = JSONResponse({"error": refusal.detail}, refusal.status_code, headers)
            await answer(scope, receive, send)

    def _most(self, scope: Scope) -> int:
        if scope["path"] == UPLOADS:
            return self._upload + _AROUND
        return MOST_OF_PAGE if scope["path"].startswith(_GRADIO) else MOST


class _TooLarge(HTTPException):
    """A request that is larger or slower than it may be."""


def too_large(most: int) -> str:
    """The sentence for a body of more than so many bytes."""
    size = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1000} kB"
    return f"That is too large: at most {size} can be sent here at once."


def _stated(scope: Scope) -> int:
    stated = Headers(scope=scope).get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 19 else 0


def _time(scope: Scope) -> float:
    return _ARRIVE_UPLOAD_S if scope["path"] == UPLOADS else _ARRIVE_S


def _counted(receive: Receive, most: int, seconds: float) -> Receive:
    ends = time.monotonic() + seconds
    size, whole = 0, False

    async def received() -> Message:
        nonlocal size, whole
        if whole:  # what comes now is that the client has gone, whenever that is
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, ends - time.monotonic()))
        except TimeoutError:
            raise _TooLarge(408, "The request took too long to arrive.") from None
        size += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if size > most:
            raise _TooLarge(413, too_large(most))
        return message

    return received
