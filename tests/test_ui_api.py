import json
import re
import threading
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index.embed import FakeEmbedder
from qa import Bot
from ui import api, cli
from ui.errors import BusyError, SlowError
from ui.line import Line
from ui.server import build
from ui.service import Limits, Options, Service

HERE = "http://127.0.0.1"
TEXT = "Talks will begin at the Capella Hotel on Sentosa Island.\n\nNobody knows who pays for it.\n"
ARTICLE = "---\ntitle: Second day\nsource: CNN\ndate: 2018-06-05\n---\n"
QUESTION = "At which hotel on Sentosa Island will the talks begin?"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("api")
    (folder / "capella.md").write_text(ARTICLE + TEXT, encoding="utf-8")
    with Bot.build(folder / "capella.md", folder / "data", embedder=FakeEmbedder()) as built:
        yield built


@pytest.fixture(scope="module")
def client(bot: Bot) -> TestClient:
    client = TestClient(build(bot), base_url=HERE)
    client.get("/")  # for the cookie
    return client


def only_api(bot: Bot, limits: Limits) -> FastAPI:
    server = FastAPI()
    api.include(server, Service(bot, Options(limits=limits)))
    return server


def without_timings(answer: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in answer.items() if name != "timings"}


def test_an_answer_is_the_same_object_as_on_the_command_line(
    client: TestClient,
    bot: Bot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("qa.bot.embedder_for", lambda settings, data: FakeEmbedder())
    assert cli.main(["ask", QUESTION, "--json", "--data", str(bot.data)]) == 0
    there = json.loads(capsys.readouterr().out)
    got = client.post("/api/ask", json={"question": QUESTION})
    assert got.status_code == 200
    assert without_timings(got.json()) == without_timings(there)
    assert got.json()["citations"][0]["quote"] in TEXT
    assert cli.main(["search", QUESTION, "-k", "3", "--json", "--data", str(bot.data)]) == 0
    passages = client.post("/api/search", json={"question": QUESTION, "k": 3}).json()
    assert passages == json.loads(capsys.readouterr().out)
    assert cli.main(["status", "--json", "--data", str(bot.data)]) == 0
    assert client.get("/api/status").json() == json.loads(capsys.readouterr().out)


def test_filters_and_history_are_heeded(client: TestClient) -> None:
    inside = {"since": "2018-06-01", "until": "2018-06-05", "sources": ["CNN"]}
    for filters, expected in [
        ({}, True),
        (inside, True),
        (inside | {"since": "2018-06-05"}, True),
        ({"since": "2018-06-06"}, False),
        ({"until": None, "since": None, "sources": ["BBC"]}, False),
    ]:
        got = client.post("/api/ask", json={"question": QUESTION, "filters": filters})
        assert got.json()["answered"] is expected
        found = client.post("/api/search", json={"question": QUESTION, "filters": filters})
        assert bool(found.json()) is expected
    history = [{"question": QUESTION, "answer": "At the Capella Hotel."}]
    got = client.post("/api/ask", json={"question": "When is it?", "history": history})
    assert got.status_code == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "."),
        (b"nonsense", "The body is not JSON."),
        (b"[" * 30_000, "."),
        (b'"text"', "The body does not fit"),
        (b"{}", "question does not fit: field required."),
        (b'{"question": 7}', "question does not fit: input should be a valid string."),
        (b'{"question": ""}', "."),
        (b'{"question": " "}', "."),
        (b'{"question": "?!"}', "."),
        (b'{"question": "Who \\ud800 is it?"}', "question does not fit"),
        (json.dumps({"question": "why " * 5_100}).encode(), "question does not fit"),
        (json.dumps({"question": "why " * 1_000}).encode(), "characters"),
        (b'{"question": "Where?", "frobnicate": 1}', "frobnicate does not fit"),
        (b'{"question": "Where?", "filters": {"since": "5 June"}}', "filters.since .*YYYY-MM-DD"),
        (b'{"question": "Where?", "filters": {"since": 0}}', "filters.since .*YYYY-MM-DD"),
        (
            b'{"question": "Where?", "filters": {"since": "2019-01-01", "until": "2018-01-01"}}',
            "filters does not fit: since is after until.",
        ),
        (b'{"question": "Where?", "filters": {"sources": "CNN"}}', "filters.sources does not"),
        (b'{"question": "Where?", "history": [{"question": "x"}]}', "history.0.answer does not"),
        (
            json.dumps(
                {"question": "Where?", "history": [{"question": "x", "answer": "y"}] * 51}
            ).encode(),
            "history does not fit",
        ),
    ],
)
def test_a_request_that_makes_no_sense_is_one_sentence(
    client: TestClient, body: bytes, said: str
) -> None:
    got = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert got.status_code in (400, 422)
    assert list(got.json()) == ["error"]
    assert re.search(said, got.json()["error"])
    assert got.json()["error"].endswith(".")
    assert "Traceback" not in got.text


@pytest.mark.parametrize("k", [0, -1, 101, "3", 1.5, None])
def test_a_number_of_passages_that_is_none_is_refused(client: TestClient, k: object) -> None:
    got = client.post("/api/search", json={"question": QUESTION, "k": k})
    assert got.status_code == 422
    assert got.json()["error"].startswith("k does not fit")


def test_the_wrong_way_to_ask_is_told(client: TestClient) -> None:
    got = client.get("/api/ask")
    assert (got.status_code, got.headers["allow"]) == (405, "POST")
    assert got.json() == {"error": "/api/ask takes POST alone."}
    got = client.get("/api/nothing")
    assert got.status_code == 404
    assert "/api/docs" in got.json()["error"]


def test_the_description_names_every_route_and_its_page_loads_nothing_from_elsewhere(
    client: TestClient,
) -> None:
    schema = client.get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    assert {(method, path) for path, methods in schema["paths"].items() for method in methods} == {
        ("post", "/api/ask"),
        ("post", "/api/search"),
        ("get", "/api/status"),
        ("post", "/api/uploads"),
        ("get", "/api/uploads"),
        ("get", "/api/uploads/status"),
        ("delete", "/api/uploads/{name}"),
    }
    got = client.get("/api/docs")
    assert "default-src 'none'" in got.headers["content-security-policy"]
    for path in schema["paths"]:
        assert f"{path}</code>" in got.text
    for field in ("since", "history", "confidence", "quote", "version"):
        assert f"<code>{field}</code>" in got.text
    assert not re.findall(r'(?:src|href)="(?![/#])', got.text)
    for name in re.findall(r'href="#(\w+)"', got.text):
        assert f'id="{name}"' in got.text
    assert not re.search(r"HTTPValidation|<script", got.text)


def test_the_description_tells_every_field_of_an_answer(client: TestClient) -> None:
    schemas = client.get("/api/openapi.json").json()["components"]["schemas"]
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert set(schemas["AnswerOut"]["properties"]) == set(answer)
    assert set(schemas["CitationOut"]["properties"]) == set(answer["citations"][0])
    passage = client.post("/api/search", json={"question": QUESTION}).json()[0]
    assert set(schemas["PassageOut"]["properties"]) == set(passage)
    assert set(schemas["StatusOut"]["properties"]) == set(client.get("/api/status").json())


def test_files_come_and_go(client: TestClient, bot: Bot) -> None:
    sent = [
        ("files", ("../zebra.txt", b"A zebra named Marty eats grass.\n")),
        ("files", ("a.docx", b"PK")),
    ]
    got = client.post("/api/uploads", files=sent)
    assert got.status_code == 200
    assert got.json()["added"] == ["zebra.txt"]
    [failed] = got.json()["failed"]
    assert failed["name"] == "a.docx"
    assert failed["reason"].startswith("is .docx, which is none of")
    state = client.get("/api/uploads/status").json()
    assert (state["state"], state["added"], state["error"]) == ("done", ["zebra.txt"], "")
    [mine] = client.get("/api/uploads").json()
    assert mine["name"] == "zebra.txt"
    assert bot.article(mine["articles"][0]).text.startswith("A zebra")
    other = TestClient(client.app, base_url=HERE)
    assert other.get("/api/uploads").json() == []
    assert other.delete("/api/uploads/zebra.txt").status_code == 404
    assert client.delete("/api/uploads/..%2fzebra.txt").status_code == 404
    assert client.delete("/api/uploads/zebra.txt").status_code == 204
    assert client.get("/api/uploads").json() == []


def test_an_upload_without_files_or_with_too_many_is_one_sentence(client: TestClient) -> None:
    many = [("files", (f"{number}.txt", b"x")) for number in range(21)]
    for request in (
        {"files": many},
        {"data": {"files": "text"}},
        {"content": b"x"},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        {"content": b"--x", "headers": {"content-type": "multipart/form-data; boundary=x"}},
    ):
        got = client.post("/api/uploads", **request)
        assert got.status_code in (400, 422)
        assert list(got.json()) == ["error"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(bot: Bot) -> None:
    limits = Limits(upload_bytes=100_000)
    client = TestClient(build(bot, options=Options(limits=limits)), base_url=HERE)
    client.get("/")
    sent = client.post("/api/ask", json={"question": "x" * 70_000})
    assert (sent.status_code, sent.json()["error"]) == (
        413,
        "That is too large: at most 64 kB can be sent here at once.",
    )

    def pieces() -> Iterator[bytes]:  # of no stated length
        for _ in range(100):
            yield b" " * 1_000

    for path, status in [("/api/ask", 413), ("/gradio_api/queue/join", 422), ("/chat/x", 413)]:
        assert client.post(path, content=pieces()).status_code in (status, 404)
    too_much = client.post("/api/uploads", files=[("files", ("a.txt", b"x" * 300_000))])
    assert too_much.status_code == 413
    assert client.get("/article?id=" + "x" * 9_000).status_code == 414


class Stuck:
    """A bot whose answers wait until they may go on."""

    def __init__(self, bot: Bot) -> None:
        self.data = bot.data
        self.go = threading.Event()
        self.most = self._now = 0
        self._bot = bot
        self._lock = threading.Lock()

    def stream(self, question: str, **rest: object) -> Iterator[object]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        assert self.go.wait(20)
        with self._lock:
            self._now -= 1
        yield from self._bot.stream(question)


def test_who_comes_when_all_places_and_the_queue_are_taken_hears_busy(bot: Bot) -> None:
    stuck = Stuck(bot)
    server = only_api(stuck, Limits(at_once=2, waiting=3))  # type: ignore[arg-type]
    statuses: list[int] = []

    with TestClient(server, base_url=HERE) as client:

        def ask() -> None:
            statuses.append(client.post("/api/ask", json={"question": QUESTION}).status_code)

        threads = [threading.Thread(target=ask) for _ in range(7)]
        for thread in threads:
            thread.start()
        while len(statuses) < 2:
            threading.Event().wait(0.01)
        refused = client.post("/api/ask", json={"question": QUESTION})
        stuck.go.set()
        for thread in threads:
            thread.join()
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert "busy" in refused.json()["error"]
    assert sorted(statuses) == [200] * 5 + [503] * 2
    assert stuck.most == 2


def test_an_answer_that_takes_too_long_is_given_up(bot: Bot) -> None:
    stuck = Stuck(bot)
    server = only_api(stuck, Limits(answer_s=0.2))  # type: ignore[arg-type]
    with TestClient(server, base_url=HERE) as client:
        got = client.post("/api/ask", json={"question": QUESTION})
        assert got.status_code == 504
        assert "longer than 0.2 seconds" in got.json()["error"]
        stuck.go.set()
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200


def test_a_place_that_nobody_gives_back_is_free_when_its_time_is_over(bot: Bot) -> None:
    service = Service(bot, Options(limits=Limits(at_once=1, answer_s=0.3)))
    abandoned = service.asking.stream(QUESTION)
    next(abandoned)
    with pytest.raises(BusyError):
        Line(at_once=0, answer_s=0.05).place().__enter__()
    assert list(service.asking.stream(QUESTION))
    with pytest.raises(SlowError):
        list(abandoned)
    stopped = service.asking.stream(QUESTION)
    next(stopped)
    stopped.close()  # type: ignore[attr-defined]
    assert list(service.asking.stream(QUESTION))


def test_an_index_that_cannot_be_read_is_told_and_answers_come_back_with_it(
    client: TestClient, bot: Bot
) -> None:
    current = bot.data / "CURRENT"
    live = current.read_text()
    current.write_text("nonsense\n")
    for path in ("/api/ask", "/api/search"):
        got = client.post(path, json={"question": QUESTION})
        assert got.status_code == 503
        assert list(got.json()) == ["error"]
    assert client.get("/api/status").status_code == 503
    current.write_text(live)
    assert client.post("/api/ask", json={"question": QUESTION}).json()["answered"]


def test_questions_are_logged_only_where_that_is_asked_for(
    bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    for wanted in (False, True):
        options = Options(access_log=True, log_questions=wanted)
        client = TestClient(build(bot, options=options), base_url=HERE)
        client.get("/")
        for path in ("/api/ask", "/api/search"):
            client.post(path, json={"question": "Which hotel\n\x1b[31m is it?"})
        client.get("/no%1bthing%0aelse?q=secret")
        client.get("/ui/plain.css")
        client.get("/healthz")
        told = capsys.readouterr().err
        lines = told.splitlines()
        assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [a-z]", line) for line in lines)
        assert re.search(r"Z browser POST /api/ask 200 \d+ ms$", told, re.M)
        assert re.search(r"Z browser GET / 200 \d+ ms$", told, re.M)
        assert re.search(r"GET /no%1Bthing%0Aelse 404 ", told)
        assert "secret" not in told
        assert "plain.css" not in told
        assert "healthz" not in told
        assert "\x1b" not in told
        assert told.count(r'question "Which hotel\n\u001b[31m is it?"') == (2 if wanted else 0)
        assert ("hotel" in told) is wanted
