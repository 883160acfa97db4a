"""Signing in and out: the page, the forms behind it, and the check that both ways in share."""

import html
import math
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qs, quote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ui.accounts import Accounts, normal
from ui.sessions import COOKIE, Sessions
from ui.throttle import Throttle

_LONGEST_WAIT_S = 15 * 60.0  # for an address
# A name waits for less, since anybody can make it wait: 60 s still leaves only 1,440 guesses a day.
_LONGEST_NAME_WAIT_S = 60.0
_AT_ONCE = 2  # each takes memory and a core
_MOST_WAITING = 50
_FRESH = {"cache-control": "no-store"}

WRONG = "That name and password do not go together."


class Refused(Exception):
    """A sign-in that did not succeed; `after` is how many seconds to wait, 0 for a wrong guess."""

    def __init__(self, sentence: str, after: int = 0) -> None:
        super().__init__(sentence)
        self.after = after


class SignIn:
    """Checks names and passwords, and slows down who guesses: by address and by name."""

    def __init__(self, accounts: Accounts, sessions: Sessions) -> None:
        self.sessions = sessions
        self._accounts = accounts
        self._addresses = Throttle(_LONGEST_WAIT_S)
        self._names = Throttle(_LONGEST_NAME_WAIT_S)
        self._threads: CapacityLimiter | None = None

    async def begin(self, name: str, password: str, address: str) -> str:
        """Return the token of a new session; raises Refused.

        It takes a tenth of a second of one core, in threads apart from those that answer.
        """
        if self._threads is None:
            self._threads = CapacityLimiter(_AT_ONCE)
        if self._threads.statistics().tasks_waiting >= _MOST_WAITING:
            raise Refused("Too many people sign in just now; try again in 5 seconds.", 5)
        return await to_thread.run_sync(self._begin, name, password, address, limiter=self._threads)

    def _begin(self, name: str, password: str, address: str) -> str:
        name, network = normal(name), _network(address)
        for throttle, key in ((self._addresses, network), (self._names, name)):
            if wait := throttle.attempt(key):
                seconds = math.ceil(wait)
                unit = "second" if seconds == 1 else "seconds"
                raise Refused(f"Too many attempts; try again in {seconds} {unit}.", seconds)
        if not self._accounts.fits(name, password):
            raise Refused(WRONG)
        self._addresses.take_back(network)
        self._names.forgive(name)
        return self.sessions.begin(name)


def routes(door: SignIn, *, secure: bool) -> APIRouter:
    """GET and POST /login, POST /logout; `secure` keeps the cookie off plain HTTP."""
    router = APIRouter()

    @router.get("/login")
    def show(request: Request) -> Response:
        onward = _local(request.query_params.get("next", ""))
        if door.sessions.name(request.cookies):
            return RedirectResponse(onward, 303, _FRESH)
        return HTMLResponse(page(onward), headers=_FRESH)

    @router.post("/login")
    async def enter(request: Request) -> Response:
        form = _form(await request.body())
        onward = _local(form.get("next", ""))
        address = request.client.host if request.client else ""
        try:
            token = await door.begin(form.get("name", ""), form.get("password", ""), address)
        except Refused as refused:
            said = page(onward, str(refused), form.get("name", ""))
            if not refused.after:
                return HTMLResponse(said, 401, _FRESH)
            return HTMLResponse(said, 429, _FRESH | {"retry-after": str(refused.after)})
        door.sessions.end(request.cookies)
        response = RedirectResponse(onward, 303, _FRESH)
        https = secure or request.url.scheme == "https"
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=https)
        return response

    @router.post("/logout")
    def leave(request: Request) -> Response:
        door.sessions.end(request.cookies)
        response = RedirectResponse("/login", 303, _FRESH)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    return router


def login_address(path: str, query: str) -> str:
    """Where to sign in so as to come back to a path afterwards."""
    wanted = f"{path}?{query}" if query else path
    return "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}"


def page(onward: str, wrong: str = "", name: str = "") -> str:
    """The sign-in page; `wrong` says what was wrong with the last attempt."""
    alert = f'<p class="wrong" role="alert">{html.escape(wrong)}</p>' if wrong else ""
    first, second = ("", " autofocus") if name else (" autofocus", "")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in · corpus-qa'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="/ui/icon.svg">'
        '<link rel="stylesheet" href="/ui/plain.css"></head><body class="signin"><main>'
        f'<h1>corpus-qa</h1><form method="post" action="/login">{alert}'
        '<label for="name">Name</label><input id="name" name="name" autocomplete="username" '
        f'autocapitalize="none" spellcheck="false" required maxlength="200" '
        f'value="{html.escape(name[:200])}"{first}>'
        '<label for="password">Password</label><input id="password" name="password" '
        f'type="password" autocomplete="current-password" required maxlength="1024"{second}>'
        f'<input type="hidden" name="next" value="{html.escape(onward)}">'
        '<button type="submit">Sign in</button></form></main></body></html>'
    )


def _form(body: bytes) -> Mapping[str, str]:
    """The fields of a form as browsers send it; the last of each name."""
    try:
        fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def _local(address: str) -> str:
    """A path of this server to go on to; the page for anything that leads elsewhere."""
    # Browsers read a backslash as a slash, and drop tabs and line ends before they look.
    leads_away = not address.startswith("/") or address[1:2] in ("/", "\\")
    if leads_away or not address.isascii() or not address.isprintable() or len(address) > 4000:
        return "/"
    return "/" if address.startswith(("/login", "/logout")) else address


def _network(address: str) -> str:
    """What guesses are counted by: an address, for IPv6 the network that one customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)
