"""The corpus in a real browser: limited by filters, added to, and out of reach; and signing in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, Page, expect

from ui.accounts import line_for

pytest_plugins = ["tests.browsing"]
pytestmark = pytest.mark.browser

Serve = Callable[..., AbstractContextManager[tuple[str, Any]]]
Visit = Callable[..., AbstractContextManager[Page]]
Ask = Callable[[Page, str], None]

REEF = (
    ("Harbour News", "2020-03-01", "The zebrafish festival opens in Palau on June 3."),
    ("The Reef", "2021-05-09", "The coral museum of Yap was closed by the mayor Ann Tun."),
)
QUESTION = "When does the zebrafish festival open in Palau?"
UPLOAD = "The lighthouse of Vaila was painted green by the keeper Olga Dahl in April.\n"
ABOUT_UPLOAD = "Who painted the lighthouse of Vaila green?"


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture(scope="module")
def reef(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a chat about two articles with outlets and dates."""
    folder = tmp_path_factory.mktemp("reef")
    (folder / "corpus").mkdir()
    for number, (source, published, text) in enumerate(REEF):
        (folder / "corpus" / f"{number}.md").write_text(
            f"---\ntitle: Article {number}\nsource: {source}\ndate: {published}\n---\n"
            f"{text} It rained all day.\n",
            encoding="utf-8",
        )
    with serve(folder / "corpus", folder / "data") as (address, _):
        yield address


def test_an_answer_is_limited_to_outlets_and_dates_and_says_so(
    visit: Visit, ask: Ask, reef: str
) -> None:
    with visit(reef) as page:
        page.get_by_role("checkbox", name="The Reef").check()
        expect(page.locator("#scope")).to_contain_text("Only articles from The Reef")
        ask(page, QUESTION)
        expect(page.locator("#chat .refusal")).to_be_visible()
        expect(page.locator("#chat .only")).to_have_text("only articles from The Reef")
        assert "Harbour News" not in page.locator("#chat").inner_text()
        page.get_by_role("button", name="Search all").click()
        expect(page.get_by_role("checkbox", name="The Reef")).not_to_be_checked()
        page.get_by_label("To", exact=True).fill("2020-12-31")
        page.keyboard.press("Tab")
        ask(page, QUESTION)
        expect(page.locator("#chat .answer.done")).to_contain_text("June 3")
        expect(page.locator("#chat .only").last).to_have_text(
            "only articles until 31 December 2020"
        )
        page.reload()
        expect(page.locator("#chat .only").first).to_have_text("only articles from The Reef")
        expect(page.locator("#scope")).to_contain_text("Only articles until 31 Dec 2020")
        expect(page.get_by_label("To", exact=True)).to_have_value("2020-12-31")


def test_what_is_indexed_and_since_when_is_told(visit: Visit, reef: str) -> None:
    with visit(reef) as page:
        page.get_by_role("button", name="Corpus").click()
        told = page.get_by_role("dialog")
        expect(told).to_contain_text("Harbour News (1), The Reef (1)")
        expect(told).to_contain_text("1 Mar 2020 to 9 May 2021")
        page.keyboard.press("Escape")
        expect(told).to_have_count(0)
        expect(page.get_by_role("button", name="Corpus")).to_be_focused()


def test_an_article_is_uploaded_asked_about_and_removed(visit: Visit, ask: Ask, reef: str) -> None:
    with visit(reef) as page:
        page.get_by_role("button", name="Corpus").click()
        box = page.get_by_role("dialog")
        files = [
            payload("../vaila<b>.txt", UPLOAD.encode()),
            payload("empty.txt", b""),
            payload("tool.exe", b"MZ"),
            payload("torn.pdf", b"%PDF-1.7 torn"),
        ]
        page.get_by_label("Files to add").set_input_files(files)
        expect(box).to_contain_text("Added:")
        for name in ("empty.txt", "tool.exe", "torn.pdf"):
            expect(box.locator("li.bad").filter(has_text=name)).to_be_visible()
        own = box.locator(".yours li")
        expect(own).to_have_count(1)
        page.get_by_role("button", name="Close").click()
        expect(page.locator("#side .size")).to_contain_text("3 articles")
        ask(page, ABOUT_UPLOAD)
        expect(page.locator("#chat .answer.done")).to_contain_text("Olga Dahl")
        with visit(reef) as other:  # everybody's answers use it; nobody else may remove it
            ask(other, ABOUT_UPLOAD)
            expect(other.locator("#chat .answer.done")).to_contain_text("Olga Dahl")
            other.get_by_role("button", name="Corpus").click()
            expect(other.locator(".drop")).to_be_visible()
            assert other.locator(".yours li").count() == 0
        page.get_by_role("button", name="Corpus").click()
        own.get_by_role("button", name="Remove").click()
        expect(own).to_have_count(0)
        page.get_by_role("button", name="Close").click()
        ask(page, ABOUT_UPLOAD)
        expect(page.locator("#chat .refusal")).to_be_visible()


def test_an_upload_that_is_too_large_is_told(visit: Visit, reef: str) -> None:
    with visit(reef, allowed="413") as page:
        page.get_by_role("button", name="Corpus").click()
        big = payload("big.txt", b"x" * 1_500_000)
        page.get_by_label("Files to add").set_input_files([big])
        expect(page.locator("dialog .bad")).to_be_visible()
        assert page.locator(".yours li").count() == 0


def test_a_server_that_is_gone_is_told_and_the_page_goes_on_when_it_is_back(
    visit: Visit, ask: Ask, serve: Serve, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "reef.txt").write_text(f"{REEF[0][2]} It rained all day.\n", encoding="utf-8")
    data = tmp_path / "data"
    with serve(corpus, data) as (address, process), visit(address, allowed="ERR_") as page:
        ask(page, QUESTION)
        process.terminate()
        process.wait(30)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#notice")).to_contain_text("The server does not answer")
        with serve(corpus, data, port=urlsplit(address).port):
            expect(page.locator("#notice")).to_be_empty()
            expect(page.locator("#chat .answer.done")).to_contain_text("June 3")
            ask(page, "Where does the zebrafish festival open?")
            expect(page.locator("#chat .answer.done")).to_have_count(2)
            page.goto("about:blank")


def test_only_who_signs_in_gets_in(visit: Visit, serve: Serve, tmp_path: Path) -> None:
    corpus, accounts = tmp_path / "corpus", tmp_path / "accounts"
    corpus.mkdir()
    (corpus / "reef.txt").write_text(REEF[0][2], encoding="utf-8")
    accounts.write_text(f"{line_for('ann', 'correct horse')}\n", encoding="utf-8")
    with (
        serve(corpus, tmp_path / "data", accounts=str(accounts)) as (address, _),
        visit(address, allowed="status of 4") as page,
    ):
        name, password = page.get_by_label("Name"), page.get_by_label("Password")
        for guess in ("wrong", "wrong again"):
            name.fill("ann")
            password.fill(guess)
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_text("do not go together")).to_be_visible()
        throttled = page.get_by_text("Too many attempts")
        for _ in range(8):  # each wrong guess makes the next one wait for longer
            name.fill("ann")
            password.fill("wrong still")
            page.get_by_role("button", name="Sign in").click()
            expect(throttled.or_(page.get_by_text("do not go together"))).to_be_visible()
            if throttled.count():
                break
        expect(throttled).to_be_visible()
        assert page.locator("#chat").count() == 0


def test_who_is_signed_in_is_shown_and_can_sign_out(visit: Visit, ask: Ask, guarded: str) -> None:
    with visit(guarded) as page:
        page.get_by_label("Name").fill("ann")
        page.get_by_label("Password").fill("correct horse")
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#side .foot")).to_contain_text("ann")
        ask(page, "When will the second summit in Hanoi be?")
        expect(page.locator("#side .convs a")).to_have_count(1)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible()
