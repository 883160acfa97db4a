"""Who comes in: nobody from another site's page, and without signing in to a few paths only."""

import base64
import binascii
import hmac
import secrets
from collections import OrderedDict
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.identity import BROWSER, BROWSER_S, new_browser, owner_of
from ui.sessions import COOKIE
from ui.signin import Refused, SignIn, login_address

_OPEN = ("/login", "/logout", "/healthz", "/manifest.json")
_OPEN_BELOW = ("/ui/", "/static/fonts/")
_PAGES = ("/", "/article", "/api/docs")
_HARMLESS = ("GET", "HEAD", "OPTIONS")
_MOST_KNOWN = 1000  # programs whose name and password were found right

SIGN_IN = "Sign in first."
FOREIGN = "This came from a page of another site, which may not ask here."


class Door:
    """ASGI middleware that finds out whose a request is, and turns away who may not ask.

    Routes find the owner in `request.state.owner`: a name that is signed in, by cookie or for the
    API by HTTP Basic; without accounts the browser, which is given a cookie with its first page.
    """

    def __init__(self, app: ASGIApp, sign_in: SignIn | None, *, public_url: str = "") -> None:
        self.app = app
        self._sign_in = sign_in
        self._public = public_url
        self._programs = sign_in and _Programs(sign_in)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] not in _HARMLESS and self._is_foreign(scope):
            await JSONResponse({"error": FOREIGN}, 403)(scope, receive, send)
        elif self._sign_in is None:
            await self._as_browser(scope, receive, send)
        else:
            await self._as_user(self._sign_in, scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        """Tell whether a page of another origin sent this; programs name no origin."""
        headers = Headers(scope=scope)
        if headers.get("sec-fetch-site") == "cross-site":
            return True
        origin = headers.get("origin")
        if origin is None:
            return False
        ours = _origin(f"{scope['scheme']}://{headers.get('host', '')}")
        public = _origin(self._public)
        # What came through the proxy has its own address, whatever the proxy says of the scheme.
        if ours[1] == public[1]:
            ours = public
        return _origin(origin) != ours

    async def _as_browser(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookies = HTTPConnection(scope).cookies
        owner = owner_of(cookies, None)
        if owner is None and scope["path"] in ("/", "/api/uploads"):
            token = new_browser()
            owner = owner_of({BROWSER: token}, None)
            send = self._with_cookie(send, token, secure=self._is_https(scope))
        _state(scope)["owner"] = owner
        await self.app(scope, receive, send)

    async def _as_user(self, sign_in: SignIn, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        connection = HTTPConnection(scope)
        try:
            owner = owner_of(connection.cookies, sign_in.sessions)
            if owner is None and path.startswith("/api/") and self._programs:
                owner = await self._programs.owner(connection)
        except Refused as refused:
            headers = {"retry-after": str(refused.after)} if refused.after else None
            status = 429 if refused.after else 401
            answer = JSONResponse({"error": str(refused)}, status, headers)
            await answer(scope, receive, send)
            return
        _state(scope)["owner"] = owner
        if owner is not None or path in _OPEN or path.startswith(_OPEN_BELOW):
            await self.app(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD") and path in _PAGES:
            away = login_address(path, scope["query_string"].decode("ascii", "replace"))
            await RedirectResponse(away, 303, {"cache-control": "no-store"})(scope, receive, send)
        else:
            await JSONResponse({"error": SIGN_IN}, 401)(scope, receive, send)

    def _is_https(self, scope: Scope) -> bool:
        return bool(scope["scheme"] == "https" or self._public.startswith("https:"))

    @staticmethod
    def _with_cookie(send: Send, token: str, *, secure: bool) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                marks = "; HttpOnly; SameSite=Lax; Path=/" + ("; Secure" if secure else "")
                cookie = f"{BROWSER}={token}; Max-Age={BROWSER_S}{marks}"
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        return sent


class _Programs:
    """Who signs in with each request (HTTP Basic): hashed slowly once, then remembered."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._secret = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, str] = OrderedDict()  # what was sent -> its session

    async def owner(self, connection: HTTPConnection) -> str | None:
        """Return whose request it is, None where it names nobody; raises Refused."""
        given = _basic(connection.headers.get("authorization", ""))
        if given is None:
            return None
        key = hmac.digest(self._secret, "\0".join(given).encode(), sha256)
        sessions = self._sign_in.sessions
        owner = owner_of({COOKIE: self._known.get(key, "")}, sessions)
        if owner is None:
            address = connection.client.host if connection.client else ""
            token = await self._sign_in.begin(*given, address)
            self._known[key] = token
            while len(self._known) > _MOST_KNOWN:
                sessions.end({COOKIE: self._known.popitem(last=False)[1]})
            owner = owner_of({COOKIE: token}, sessions)
        return owner


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None


def _origin(address: str) -> tuple[str, str]:
    """The scheme and the host of an address with its port, the one that goes without saying not."""
    found = urlsplit(address)
    usual = {"http": ":80", "https": ":443"}.get(found.scheme, "")
    netloc = found.netloc.lower()
    return found.scheme, netloc.removesuffix(usual) if usual else netloc


def _state(scope: Scope) -> dict[str, object]:
    state: dict[str, object] = scope.setdefault("state", {})
    return state
