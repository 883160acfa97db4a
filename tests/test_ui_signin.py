import base64
import hashlib
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient

from index.embed import FakeEmbedder
from qa import Bot
from ui.accounts import Accounts
from ui.door import Door
from ui.identity import BROWSER, owner_of
from ui.server import build
from ui.service import Options
from ui.sessions import COOKIE, IDLE_S, LONGEST_S, Sessions
from ui.signin import SignIn, routes
from ui.throttle import FREE, Throttle

HERE = "http://127.0.0.1"
PASSWORD = "a long password"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("signin")
    (folder / "a.txt").write_text("Talks will begin at the Capella Hotel.\n", encoding="utf-8")
    with Bot.build(folder / "a.txt", folder / "data", embedder=FakeEmbedder()) as built:
        yield built


@pytest.fixture
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    file = tmp_path_factory.mktemp("accounts") / "accounts"
    file.write_text(line("anna", PASSWORD) + "\n" + line("bo", "another one") + "\n")
    return Accounts.read(file)


def line(name: str, password: str) -> str:
    """A line of an accounts file that takes little work to check."""
    digest = hashlib.scrypt(password.encode(), salt=b"0" * 16, n=16, r=8, p=1, dklen=32)
    salt, hashed = (base64.b64encode(part).decode() for part in (b"0" * 16, digest))
    return f"{name}:scrypt$16$8$1${salt}${hashed}"


@pytest.fixture
def server(accounts: Accounts) -> FastAPI:
    """The door alone, with a room behind it."""
    return behind_the_door(accounts)


def behind_the_door(accounts: Accounts | None, public_url: str = "") -> FastAPI:
    server = FastAPI()
    sign_in = SignIn(accounts, Sessions()) if accounts else None
    if sign_in:
        server.include_router(routes(sign_in, secure=public_url.startswith("https:")))
    server.add_middleware(Door, sign_in=sign_in, public_url=public_url)

    @server.api_route("/{path:path}", methods=["GET", "POST"])
    def room(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(request.state.owner))

    return server


@pytest.fixture
def client(server: FastAPI) -> TestClient:
    return TestClient(server, base_url=HERE, follow_redirects=False)


def sign_in(client: TestClient, name: str = "anna", password: str = PASSWORD, onward: str = ""):  # type: ignore[no-untyped-def]
    return client.post("/login", data={"name": name, "password": password, "next": onward})


def test_who_is_not_signed_in_reaches_nothing_but_the_door(bot: Bot, accounts: Accounts) -> None:
    whole = build(bot, options=Options(accounts=accounts))
    client = TestClient(whole, base_url=HERE, follow_redirects=False)
    for path in ("/", "/article?id=a.txt", "/api/docs"):
        got = client.get(path)
        assert got.status_code == 303
        assert got.headers["location"].startswith("/login")
    closed = [
        ("GET", "/config"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/heartbeat/x"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/assets/index.js"),
        ("GET", "/theme.css"),
        ("POST", "/api/ask"),
        ("POST", "/api/search"),
        ("GET", "/api/status"),
        ("GET", "/api/openapi.json"),
        ("GET", "/api/uploads"),
        ("POST", "/api/uploads"),
        ("GET", "/chat/conversations"),
        ("POST", "/"),
        ("GET", "/ui"),
        ("GET", "/login/../config"),
        ("GET", "/healthz/x"),
    ]
    for method, path in closed:
        got = client.request(method, path)
        assert got.status_code in (401, 404), (method, path)
        if got.status_code == 401:
            assert got.json() == {"error": "Sign in first."}
    for path in ("/login", "/healthz", "/ui/plain.css", "/manifest.json"):
        assert client.get(path).status_code == 200


def test_signing_in_opens_everything_and_signing_out_closes_it(
    bot: Bot, accounts: Accounts
) -> None:
    whole = build(bot, options=Options(accounts=accounts))
    client = TestClient(whole, base_url=HERE, follow_redirects=False)
    got = sign_in(client, onward="/article?id=a.txt")
    assert (got.status_code, got.headers["location"]) == (303, "/article?id=a.txt")
    cookie = got.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert client.get("/").status_code == 200
    assert client.get("/config").status_code == 200
    assert client.get("/article?id=a.txt").status_code == 200
    assert client.get("/login").headers["location"] == "/"
    kept = client.cookies[COOKIE]
    assert client.post("/logout").headers["location"] == "/login"
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, kept)
    assert client.get("/config").status_code == 401, "a token that was signed out still opens"


def test_each_session_is_its_own(server: FastAPI) -> None:
    one, two = (TestClient(server, base_url=HERE, follow_redirects=False) for _ in range(2))
    sign_in(one)
    sign_in(two)
    assert one.cookies[COOKIE] != two.cookies[COOKIE]
    one.post("/logout")
    assert two.get("/config").status_code == 200


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("bo", PASSWORD), ("", "")]
)
def test_a_wrong_name_or_password_is_told_alike(
    client: TestClient, name: str, password: str
) -> None:
    got = sign_in(client, name, password)
    assert got.status_code == 401
    assert "That name and password do not go together." in got.text
    assert COOKIE not in client.cookies


def test_guessing_is_slowed_down_and_the_right_password_must_wait_too(client: TestClient) -> None:
    for _ in range(FREE):
        assert sign_in(client, password="guess").status_code == 401
    got = sign_in(client)
    assert got.status_code == 429
    assert 1 <= int(got.headers["retry-after"]) <= 2
    assert re.search(r"Too many attempts; try again in \d seconds?\.", got.text)
    assert COOKIE not in client.cookies


def test_guessing_is_slowed_down_for_a_name_from_wherever_it_comes(server: FastAPI) -> None:
    for number in range(FREE + 3):
        client = TestClient(server, base_url=HERE, client=(f"192.0.2.{number}", 1))
        last = sign_in(client, password="guess")
    assert last.status_code == 429
    other = TestClient(server, base_url=HERE, client=("192.0.2.99", 1), follow_redirects=False)
    assert sign_in(other, "bo", "another one").status_code == 303


def test_each_further_failure_doubles_the_wait() -> None:
    now = [0.0]
    throttle = Throttle(longest=10.0, clock=lambda: now[0])
    assert [throttle.attempt("a") for _ in range(FREE)] == [0.0] * FREE
    waits = []
    for _ in range(6):
        waits.append(throttle.attempt("a"))
        now[0] += waits[-1]
        assert throttle.attempt("a") == 0.0
    assert waits == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    assert throttle.attempt("b") == 0.0
    throttle.forgive("a")
    assert throttle.attempt("a") == 0.0


def test_who_signs_in_does_not_clear_an_address_of_its_failures(client: TestClient) -> None:
    for _ in range(FREE - 1):
        sign_in(client, password="guess")
    sign_in(client, "bo", "another one")  # the guesser's own account
    client.cookies.clear()
    assert sign_in(client, password="guess").status_code == 401
    assert sign_in(client, "bo", "another one").status_code in (303, 429)
    assert sign_in(client, "other", "guess").status_code == 429


def test_a_session_ends_when_idle_and_after_a_week() -> None:
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    cookies = {COOKIE: sessions.begin("anna")}
    while now[0] < LONGEST_S - IDLE_S:
        now[0] += IDLE_S - 1
        assert sessions.name(cookies) == "anna"
    now[0] = LONGEST_S + 1
    assert sessions.name(cookies) is None
    cookies = {COOKIE: sessions.begin("anna")}
    now[0] += IDLE_S + 1
    assert sessions.name(cookies) is None
    assert sessions.name({}) is None
    assert sessions.name({COOKIE: "invented"}) is None


def test_an_owner_is_a_name_or_else_a_browser() -> None:
    sessions = Sessions()
    cookies = {COOKIE: sessions.begin("anna"), BROWSER: "x" * 22}
    assert owner_of(cookies, sessions) == "user:anna"
    assert owner_of({BROWSER: "x" * 22}, sessions) is None
    found = owner_of(cookies, None)
    assert found is not None
    assert re.fullmatch(r"browser:[0-9a-f]{32}", found)
    assert found != owner_of({BROWSER: "y" * 22}, None)
    for bad in ("", "short", "x" * 65, "x" * 21 + "\n"):
        assert owner_of({BROWSER: bad}, None) is None


def test_a_browser_is_told_from_the_next_by_a_cookie_of_its_own() -> None:
    open_to_all = behind_the_door(None)
    one, two = (TestClient(open_to_all, base_url=HERE) for _ in range(2))
    cookie = one.get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "set-cookie" not in one.get("/").headers
    two.get("/")
    assert one.cookies[BROWSER] != two.cookies[BROWSER]
    assert one.get("/").text != two.get("/").text


@pytest.mark.parametrize(
    "onward",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "x", "/é"],
)
def test_nobody_is_led_to_another_site_after_signing_in(client: TestClient, onward: str) -> None:
    assert sign_in(client, onward=onward).headers["location"] == "/"


@pytest.mark.parametrize("name", ['"><script>alert(1)</script>', "\x00\x1b", "x" * 10_000, "%zz"])
def test_the_sign_in_page_shows_what_was_typed_as_text(client: TestClient, name: str) -> None:
    got = sign_in(client, name, "guess")
    assert got.status_code == 401
    assert "<script" not in got.text
    assert got.headers["cache-control"] == "no-store"
    assert not re.findall(r'(?:src|href|action)="(?!/(?!/))', got.text)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9", "null", "https://127.0.0.1"]
)
def test_a_form_on_another_site_cannot_sign_anybody_in_or_out(
    client: TestClient, origin: str
) -> None:
    form = {"name": "anna", "password": PASSWORD}
    for path in ("/login", "/logout", "/api/ask", "/gradio_api/queue/join"):
        got = client.post(path, data=form, headers={"origin": origin})
        assert got.status_code == 403
    assert (
        client.post("/login", data=form, headers={"sec-fetch-site": "cross-site"}).status_code
        == 403
    )
    assert COOKIE not in client.cookies
    got = client.post("/login", data=form, headers={"origin": HERE})
    assert got.status_code == 303


def test_behind_a_proxy_the_public_address_is_ours_and_cookies_stay_on_https(
    accounts: Accounts,
) -> None:
    server = behind_the_door(accounts, "https://chat.example")
    client = TestClient(server, base_url=HERE, follow_redirects=False)
    headers = {"host": "chat.example", "origin": "https://chat.example"}
    got = client.post("/login", data={"name": "anna", "password": PASSWORD}, headers=headers)
    assert got.status_code == 303
    assert "Secure" in got.headers["set-cookie"]
    foreign = {"host": "chat.example", "origin": "http://chat.example"}
    assert client.post("/login", headers=foreign).status_code == 403


def test_a_program_signs_in_with_each_request(client: TestClient) -> None:
    def given(name: str, password: str) -> dict[str, str]:
        return {
            "authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
        }

    assert client.get("/api/status", headers=given("anna", PASSWORD)).status_code == 200
    assert client.get("/api/status", headers=given("anna", PASSWORD)).status_code == 200
    assert client.get("/config", headers=given("anna", PASSWORD)).status_code == 401
    wrong = client.get("/api/status", headers=given("anna", "wrong"))
    assert (wrong.status_code, "www-authenticate" in wrong.headers) == (401, False)
    for header in ("Basic", "Basic %%%", "Basic YWJj", "Bearer x", "Basic /w=="):
        assert client.get("/api/status", headers={"authorization": header}).status_code == 401
    for _ in range(FREE):
        last = client.get("/api/status", headers=given("anna", "wrong"))
    assert last.status_code == 429
    assert client.get("/api/status", headers=given("anna", PASSWORD)).status_code == 200
