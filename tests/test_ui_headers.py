import asyncio
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.headers import HEADERS, Guarded, completed, is_open

PAGE = (
    '<html><head><meta property="og:image" content="https://elsewhere.example/x.png" />'
    '<meta name="twitter:title"\n content="x" /></head><body><gradio-app></gradio-app>'
    "<script>one()</script><script type='module' src='a.js'></script></body></html>"
)


def answering(response: Callable[[], ASGIApp]) -> TestClient:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await response()(scope, receive, send)

    return TestClient(Guarded(app))


def test_every_response_bears_the_headers() -> None:
    got = answering(lambda: PlainTextResponse("x")).get("/anything")
    assert {name: got.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe-eval" not in got.headers["content-security-policy"]
    assert "default-src 'none'" in got.headers["content-security-policy"]


def test_the_scripts_of_a_page_bear_the_nonce_of_its_policy() -> None:
    got = answering(lambda: HTMLResponse(PAGE)).get("/")
    policy = got.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([\w-]{20,})'", policy)
    assert nonce is not None
    assert got.text.count(f'<script nonce="{nonce[1]}"') == 2
    assert got.text.count("<script") == 3  # ours is a file of this server, which needs none
    assert int(got.headers["content-length"]) == len(got.content)


def test_no_two_pages_share_a_nonce() -> None:
    client = answering(lambda: HTMLResponse(PAGE))
    assert client.get("/").text != client.get("/").text


def test_the_page_has_our_style_and_no_address_elsewhere() -> None:
    page = completed(PAGE.encode(), "n")
    assert b"ui/page.css" in page
    assert b"elsewhere.example" not in page
    assert b"twitter" not in page


def test_other_pages_are_left_alone_but_for_the_nonce() -> None:
    assert completed(b"<html><head></head></html>", "n") == b"<html><head></head></html>"


@pytest.mark.parametrize(
    ("path", "opened"),
    [
        ("/", True),
        ("/article", True),
        ("/gradio_api/queue/join", True),
        ("/gradio_api/heartbeat/abc", True),
        ("/gradio_api/upload", False),
        ("/gradio_api/call/ask", False),
        ("/gradio_api/file=/etc/passwd", False),
        ("/gradio_api/proxy=http://x", False),
        ("/openapi.json", False),
        ("/monitoring/summary", False),
    ],
)
def test_only_what_the_page_uses_is_open(path: str, opened: bool) -> None:
    assert is_open(path) is opened
    client = answering(lambda: PlainTextResponse("x"))
    assert client.get(path).status_code == (200 if opened else 404)


def test_a_stream_is_passed_on_piece_by_piece() -> None:
    sent: list[bytes] = []

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        assert sent == [b"one"], "the first piece waits for the second"
        yield b"two"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(pieces(), media_type="text/event-stream")(scope, receive, send)

    async def receive() -> Message:
        await asyncio.sleep(3600)
        return {}

    async def send(message: Message) -> None:
        if message.get("body"):
            sent.append(message["body"])

    async def run() -> None:
        scope = {"type": "http", "path": "/x", "method": "GET", "headers": []}
        await Guarded(app)(scope, receive, send)

    # In a thread of its own: a browser test before may have left a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, run()).result()
    assert sent == [b"one", b"two"]
