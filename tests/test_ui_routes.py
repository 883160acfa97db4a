import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.embed import FakeEmbedder
from qa import Bot
from ui.conversations import Conversations
from ui.identity import BROWSER, new_browser, owner_of
from ui.server import build

TEXT = "The zebrafish festival opens in Palau on June 3. Nobody was surprised.\n"
QUESTION = "When does the zebrafish festival open in Palau?"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("routes")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "reef.txt").write_text(TEXT, encoding="utf-8")
    with Bot.build([folder / "corpus"], folder / "data", embedder=FakeEmbedder()) as built:
        yield built


@pytest.fixture(scope="module")
def client(bot: Bot) -> TestClient:
    return TestClient(build(bot), base_url="http://127.0.0.1")


class Owner:
    """A browser with one answered turn in one conversation."""

    def __init__(self, bot: Bot) -> None:
        self.cookies = {BROWSER: new_browser()}
        owner = owner_of(self.cookies, None)
        assert owner is not None
        self.name = owner
        self.kept = Conversations.open(Path(bot.data) / "conversations.sqlite")
        self.conversation = self.kept.create(owner)
        self.turn = self.kept.asked(owner, self.conversation, QUESTION, None, "000001")
        self.kept.answered(owner, self.turn, bot.ask(QUESTION))

    def headers(self) -> dict[str, str]:
        return {"cookie": f"{BROWSER}={self.cookies[BROWSER]}"}


@pytest.fixture
def owner(bot: Bot) -> Owner:
    return Owner(bot)


def test_who_has_no_cookie_gets_nothing(client: TestClient) -> None:
    client.cookies.clear()
    for path in ("me", "corpus", "conversations", "suggestions"):
        got = client.get(f"/chat/{path}")
        assert got.status_code == 401
        assert got.json()["error"].endswith(".")


def test_the_page_learns_what_the_corpus_has_and_what_may_be_added(
    client: TestClient, owner: Owner
) -> None:
    corpus = client.get("/chat/corpus", headers=owner.headers()).json()
    assert (corpus["articles"], corpus["dates"]) == (1, None)
    about = client.get("/chat/me", headers=owner.headers()).json()
    assert about["name"] == ""
    assert ".txt" in about["accepts"]
    assert about["most_bytes"] == 32_000_000


def test_conversations_are_listed_renamed_and_deleted_by_their_owner_alone(
    client: TestClient, owner: Owner, bot: Bot
) -> None:
    path, other = f"/chat/conversations/{owner.conversation}", Owner(bot)
    (listed,) = client.get("/chat/conversations", headers=owner.headers()).json()
    assert (listed["id"], listed["title"], listed["turns"]) == (owner.conversation, QUESTION, 1)
    for headers, status in ((other.headers(), 404), (owner.headers(), 204)):
        got = client.patch(path, json={"title": "Palau"}, headers=headers)
        assert got.status_code == status
    (listed,) = client.get("/chat/conversations", headers=owner.headers()).json()
    assert listed["title"] == "Palau"
    for headers, status in ((other.headers(), 404), (owner.headers(), 204), (owner.headers(), 404)):
        assert client.delete(path, headers=headers).status_code == status
    assert client.get("/chat/conversations", headers=owner.headers()).json() == []


@pytest.mark.parametrize("title", ["", "  ", 3, None])
def test_a_title_that_is_none_is_refused(client: TestClient, owner: Owner, title: object) -> None:
    path = f"/chat/conversations/{owner.conversation}"
    assert client.patch(path, json={"title": title}, headers=owner.headers()).status_code == 422


def test_a_conversation_is_exported_in_two_forms(
    client: TestClient, owner: Owner, bot: Bot
) -> None:
    path = f"/chat/conversations/{owner.conversation}/export"
    markdown = client.get(path, headers=owner.headers())
    assert markdown.headers["content-disposition"].startswith("attachment")
    assert markdown.headers["content-type"].startswith("text/markdown")
    assert "[^1]" in markdown.text
    whole = client.get(path, params={"form": "json"}, headers=owner.headers())
    assert QUESTION in json.dumps(whole.json())
    assert client.get(path, params={"form": "exe"}, headers=owner.headers()).status_code == 422
    assert client.get(path, headers=Owner(bot).headers()).status_code == 404


def test_a_judgement_is_kept_for_its_owner_alone(
    client: TestClient, owner: Owner, bot: Bot
) -> None:
    path = f"/chat/turns/{owner.turn}/judgement"
    said = {"thumb": "down", "comment": "Not June."}
    assert client.post(path, json=said, headers=Owner(bot).headers()).status_code == 404
    assert client.post(path, json=said, headers=owner.headers()).status_code == 204
    (turn,) = owner.kept.turns(owner.name, owner.conversation)
    assert (turn.thumb, turn.comment) == ("down", "Not June.")
    wrong: object
    for wrong in ({"thumb": "sideways"}, {}, [], {"thumb": "up", "comment": 3}):
        assert client.post(path, json=wrong, headers=owner.headers()).status_code == 422
    form = client.post(path, data={"thumb": "up"}, headers=owner.headers())
    assert form.status_code == 422  # no form of another page says anything here


def test_what_the_store_refuses_is_one_sentence(client: TestClient, owner: Owner) -> None:
    long = {"thumb": "up", "comment": "x" * 5_000}
    got = client.post(f"/chat/turns/{owner.turn}/judgement", json=long, headers=owner.headers())
    assert got.status_code == 503
    assert "characters" in got.json()["error"]
