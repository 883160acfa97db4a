"""The web server: the chat, the articles and a sign of life, for this machine unless told."""

import contextlib
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from ui import access, api, app, handlers, routes, signin
from ui.addresses import is_loopback, url_of
from ui.asking import Desk
from ui.bodies import Bodies
from ui.conversations import Conversations
from ui.door import Door
from ui.errors import ServeError
from ui.headers import ASSETS, Guarded
from ui.service import Options, Service

if TYPE_CHECKING:
    from qa import Bot

SHUTDOWN_S = 3  # for answers under way when the server is told to stop


def build(
    bot: "Bot",
    host: str = "127.0.0.1",
    *,
    options: Options | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> FastAPI:
    """The web application for one bot; `stopping` tells when its open streams must end.

    On a loopback address only requests that name this machine, or its public address, are
    answered, so that a page from elsewhere whose name was pointed at 127.0.0.1 reads nothing.
    """
    chosen = options or Options()
    service = Service(bot, chosen, heard=access.heard if chosen.log_questions else _unheard)
    server = FastAPI(title="corpus-qa", docs_url=None, redoc_url=None, openapi_url=None)
    _routes(server, bot)
    sign_in = _sign_in(server, service)
    # What was added last sees a request first.
    # An own CORS policy, of no origin: without it Gradio answers any origin on most hosts.
    server.add_middleware(CORSMiddleware, allow_origins=[])
    server.add_middleware(Bodies, upload_bytes=chosen.limits.upload_bytes)
    server.add_middleware(Door, sign_in=sign_in, public_url=chosen.public_url)
    if names := _names(host, chosen.public_url):
        server.add_middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False)
    server.add_middleware(Guarded, stopping=stopping)
    if chosen.access_log:
        server.add_middleware(access.AccessLog)
    api.include(server, service)
    desk = Desk(bot, service.asking, Conversations.open(bot.data / "conversations.sqlite"))
    server.include_router(routes.routes(desk, service))
    app.mount(server, desk, service)
    return server


def _unheard(question: str) -> None:
    """Forget a question, as is usual."""


def _sign_in(server: FastAPI, service: Service) -> signin.SignIn | None:
    options = service.options
    if options.accounts is None or service.sessions is None:
        # Gradio has pages of its own there, which are none of ours.
        server.add_api_route("/login", _no_sign_in, methods=["GET", "POST"])
        server.add_api_route("/logout", _no_sign_in, methods=["GET", "POST"])
        return None
    sign_in = signin.SignIn(options.accounts, service.sessions)
    secure = options.public_url.startswith("https:")
    server.include_router(signin.routes(sign_in, secure=secure))
    return sign_in


def _no_sign_in() -> JSONResponse:
    return JSONResponse({"error": "There is no sign-in here: everybody may ask."}, 404)


def _names(host: str, public_url: str) -> list[str]:
    """The names that a request may be addressed to; none for any."""
    here = ["localhost", "127.0.0.1", "[::1]", "::1"]
    public = urlsplit(public_url).hostname
    if public:
        return [*here, host, public]
    return [*here, host] if is_loopback(host) else []


def _routes(server: FastAPI, bot: "Bot") -> None:
    server.mount("/ui", StaticFiles(directory=ASSETS))

    @server.get("/healthz")
    def healthz() -> JSONResponse:
        status, body = handlers.health(bot)
        return JSONResponse(body, status)

    @server.get("/manifest.json")
    def manifest() -> JSONResponse:
        icon = {"src": "ui/icon.svg", "sizes": "any", "type": "image/svg+xml"}
        return JSONResponse({"name": "corpus-qa", "icons": [icon], "start_url": "./"})

    @server.get("/article")
    def article(request: Request) -> HTMLResponse:
        status, page = handlers.article(bot, dict(request.query_params))
        return HTMLResponse(page, status, {"cache-control": "no-store"})


def serve(
    bot: "Bot", host: str, port: int, *, open_browser: bool, options: Options | None = None
) -> None:
    """Answer until interrupted; the address is told on stderr once it can be visited.

    Raises ServeError where the address cannot be listened on.
    """
    listening = _listen(host, port)
    url = url_of(host, listening.getsockname()[1])
    runner: list[uvicorn.Server] = []
    config = uvicorn.Config(
        build(
            bot,
            host,
            options=options,
            stopping=lambda: any(server.should_exit for server in runner),
        ),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        server_header=False,
        # Only a proxy that was named is believed when it says for whom it asks.
        proxy_headers=bool(options and options.public_url),
        forwarded_allow_ips=["127.0.0.1", "::1"],
    )
    sys.stderr.write(f"The chat is at {url} (Ctrl-C stops it).\n")
    sys.stderr.flush()
    if open_browser and _has_screen():
        # The socket listens already: a browser that comes early waits until it is answered.
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    # uvicorn ends an interrupted server properly and then raises the interruption again; for a
    # server that is the way to stop it, and no failure.
    with contextlib.suppress(KeyboardInterrupt):
        runner.append(uvicorn.Server(config))
        runner[0].run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # Python tells the address
        raise ServeError(
            f"Cannot listen on {host} port {port} ({reason}); choose others with --host or --port."
        ) from error


def _has_screen() -> bool:
    # Without a screen the standard library would start a browser in this very terminal.
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
