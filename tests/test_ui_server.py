import html
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from index.embed import FakeEmbedder
from qa import Bot
from ui.addresses import is_loopback, url_of
from ui.errors import ServeError
from ui.server import build, serve

TEXT = "Talks will begin at the Capella Hotel on June 12. Nobody else <b>came</b> to the island.\n"
HERE = {"host": "127.0.0.1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def bot(folder: Path) -> Iterator[Bot]:
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "capella.txt").write_text(TEXT, encoding="utf-8")
    with Bot.build([corpus], folder / "data", embedder=FakeEmbedder()) as built:
        yield built


@pytest.fixture(scope="module")
def client(bot: Bot) -> TestClient:
    return TestClient(build(bot), base_url="http://127.0.0.1")


def link(bot: Bot, **query: str) -> str:
    found = bot.search("Capella Hotel", 1)[0]
    return "/article?" + urlencode({"id": found.article_id, **query})


def test_the_server_tells_that_it_is_well(client: TestClient) -> None:
    got = client.get("/healthz")
    assert got.status_code == 200
    assert got.json() == {"status": "ok", "generation": "000001", "articles": 1}


def test_an_article_is_shown_with_the_cited_span_marked(client: TestClient, bot: Bot) -> None:
    got = client.get(link(bot, at="0-49", spans="0-49,50-85"))
    assert got.status_code == 200
    marks = re.findall(r'<mark class="(\w+)"[^>]*>(.*?)</mark>', got.text)
    assert [(kind, html.unescape(text)) for kind, text in marks] == [
        ("cited", TEXT[:49]),
        ("also", TEXT[50:85]),
    ]


def test_an_article_that_changed_since_it_was_cited_is_shown_unmarked(
    client: TestClient, bot: Bot
) -> None:
    got = client.get(link(bot, at="0-49", version="0" * 64))
    assert "has changed since it was cited" in got.text
    assert "<mark" not in got.text


@pytest.mark.parametrize("query", ["", "?id=", "?id=../../etc/passwd", "?id=%00", "?at=x&spans=,,"])
def test_an_unknown_article_is_a_page_that_says_so(client: TestClient, query: str) -> None:
    got = client.get(f"/article{query}")
    assert got.status_code == 404
    assert "no such article" in got.text


def test_offsets_that_are_none_mark_nothing(client: TestClient, bot: Bot) -> None:
    for at in ("9-3", "a-b", "-1-5", "1", "9999999999999-3"):
        got = client.get(link(bot, at=at))
        assert got.status_code == 200
        assert "<mark" not in got.text


def test_a_request_for_another_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"host": "localhost:7860"}).status_code == 200


def test_no_other_origin_may_read(client: TestClient) -> None:
    for path in ("/", "/healthz", "/config"):
        got = client.get(path, headers={"origin": "http://evil.example"})
        assert "access-control-allow-origin" not in got.headers


def test_the_page_is_ours_and_names_no_other_place(client: TestClient) -> None:
    page = client.get("/", headers={"accept-encoding": "gzip, br"}).text
    assert "ui/page.css" in page
    assert "<title>corpus-qa</title>" in page or '"title":"corpus-qa"' in page
    assert not re.findall(r'(?:src|href|content)="(https?:)?//', page)


def test_a_port_that_is_taken_is_one_sentence(bot: Bot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = rf"Cannot listen on 127.0.0.1 port {port} \([A-Za-z ]+\); .*--port"
        with pytest.raises(ServeError, match=said):
            serve(bot, "127.0.0.1", port, open_browser=False)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_an_address_becomes_one_that_a_browser_can_visit() -> None:
    assert url_of("127.0.0.1", 1) == "http://127.0.0.1:1"
    assert url_of("0.0.0.0", 1) == "http://127.0.0.1:1"
    assert url_of("::1", 1) == "http://[::1]:1"
