"""The web chat in a real browser, on the real application and a real index."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # a loaded machine takes many times what an idle one does

CHROMIUM = Path("/usr/bin/chromium")
SEEDS = Path(__file__).parent.parent / "seeds"
QUESTION = "At which hotel on Sentosa Island will the Singapore talks begin?"
QUOTE = "Talks will begin at the Capella Hotel on Singapore’s Sentosa Island"
SERVER = """
import sys
from pathlib import Path
from index.embed import FakeEmbedder
from qa import Bot
from ui.server import serve
bot = Bot.build([Path(sys.argv[1])], Path(sys.argv[2]), embedder=FakeEmbedder())
serve(bot, "127.0.0.1", 0, open_browser=False)
"""
HOSTILE = """<script>document.title = "owned"</script> {{7*7}} \u202eegap
![x](http://elsewhere.example/a.png)

The zebrafish <img src="http://elsewhere.example/b.png" onerror="document.title='owned'"> swims \
near [the reef](javascript:document.title='owned') and **never** ${document.title='owned'} sleeps.
"""


@contextmanager
def started(corpus: Path, data: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve an index of the corpus from a process of its own; yield the address and the process."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(corpus), str(data)], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        told = ""
        for told in process.stderr:
            if told.startswith("The chat is at "):
                break
        try:
            yield told.split()[4], process
        finally:
            process.terminate()


@contextmanager
def serving(corpus: Path, data: Path) -> Iterator[str]:
    """Serve an index of the corpus; yield the address."""
    with started(corpus, data) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is missing, and in CI the browser tests must run")
        pytest.skip(f"{CHROMIUM} is missing; install Debian's chromium to run the browser tests")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(SEEDS, tmp_path_factory.mktemp("data")) as address:
        yield address


@contextmanager
def visiting(
    browser: Browser, address: str, width: int = 1440, height: int = 900
) -> Iterator[Page]:
    """A tab on the chat that must ask nothing of any other place and complain of nothing."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" else None,
    )
    page.goto(address)
    expect(page.get_by_label("Question")).to_be_visible()
    yield page
    context.close()
    assert {urlsplit(url).hostname for url in requests} == {"127.0.0.1"}
    assert complaints == []


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    before = page.locator("#chat .done").count()
    page.get_by_label("Question").fill(question)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("#chat .done")).to_have_count(before + 1)


def test_an_answer_comes_with_cards_and_its_source_opens_at_the_quote(
    browser: Browser, seeds: str
) -> None:
    with visiting(browser, seeds) as page:
        ask(page, QUESTION)
        answer = page.locator("#chat .answer.done")
        expect(answer).to_contain_text(QUOTE)
        cards = answer.locator(".card")
        assert cards.count() >= 1
        for index in range(cards.count()):
            answer.locator("a.cite").nth(index).click()
            expect(cards.nth(index)).to_have_class("card on")
            mark = page.locator("#source mark.cited").first
            expect(mark).to_be_in_viewport()
            marked = " ".join("".join(page.locator("#source mark.cited").all_inner_texts()).split())
            quote = cards.nth(index).locator(".quote").text_content()
            assert quote is not None
            assert marked == " ".join(quote.split())
        assert page.get_by_label("Question").input_value() == ""


def test_what_the_corpus_does_not_hold_is_refused_without_a_citation(
    browser: Browser, seeds: str
) -> None:
    with visiting(browser, seeds) as page:
        ask(page, "How do zebrafish regenerate their fins?")
        refusal = page.locator("#chat .none.done")
        expect(refusal).to_contain_text("The corpus does not answer this.")
        expect(refusal.locator(".near li").first).to_be_visible()
        assert page.locator("#chat .cite, #chat .card").count() == 0
        expect(page.locator("#source")).to_contain_text("No article supports an answer")
        refusal.locator(".near a").first.click()
        expect(page.locator("#source mark.cited").first).to_be_in_viewport()


def test_each_tab_has_its_own_conversation(browser: Browser, seeds: str) -> None:
    with visiting(browser, seeds) as one, visiting(browser, seeds) as two:
        ask(one, QUESTION)
        ask(two, "When will the second summit in Hanoi be?")
        ask(one, "Who wrote the letter?")
        assert one.locator("#chat .user-row").count() == 2
        assert two.locator("#chat .user-row").count() == 1
        one.get_by_role("button", name="New conversation").click()
        expect(one.locator("#chat .user-row")).to_have_count(0)
        expect(one.locator("#source")).to_contain_text("A number in an answer")
        assert two.locator("#chat .user-row").count() == 1


def test_a_question_that_cannot_be_asked_is_told_in_the_page(browser: Browser, seeds: str) -> None:
    with visiting(browser, seeds) as page:
        ask(page, "why " * 25_000)
        expect(page.locator("#chat .error")).to_contain_text("characters")
        ask(page, QUESTION)
        expect(page.locator("#chat .answer.done")).to_contain_text(QUOTE)


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_nothing_is_cut_off_and_the_source_covers_the_page(
    browser: Browser, seeds: str, width: int
) -> None:
    with visiting(browser, seeds, width, 740) as page:
        ask(page, QUESTION)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator("#source")).to_be_hidden()
        page.locator("#chat .card a").first.click()
        expect(page.locator("#source mark.cited").first).to_be_in_viewport()
        box = page.locator("#source").bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, width)
        page.get_by_role("button", name="Close").click()
        expect(page.locator("#source")).to_be_hidden()


def test_a_citation_is_followed_by_keyboard_alone(browser: Browser, seeds: str) -> None:
    with visiting(browser, seeds, 390, 740) as page:
        page.get_by_label("Question").focus()
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator("#chat .answer.done")).to_be_visible(timeout=20_000)
        marker = page.locator("#chat a.cite").first
        for _ in range(12):
            page.keyboard.press("Shift+Tab")
            if marker.evaluate("element => element === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(page.locator("#source mark.cited").first).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()


def test_a_hostile_article_changes_nothing_but_text(browser: Browser, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    with serving(corpus, tmp_path / "data") as address, visiting(browser, address) as page:
        ask(page, "Where does the zebrafish swim near the reef and never sleep?")
        expect(page.locator("#chat .done")).to_contain_text("zebrafish <img src=")
        page.locator("#chat a.source").first.click()
        expect(page.locator("#source mark.cited").first).to_be_in_viewport()
        expect(page.locator("#source")).to_contain_text("<script>document.title")
        assert page.title() == "corpus-qa"
        assert page.locator("#chat img, #source img, #chat script, #source script").count() == 0
        assert "49" not in page.locator("#source").inner_text()


def test_an_index_that_vanishes_is_told_or_does_no_harm(browser: Browser, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(SEEDS, data) as address, visiting(browser, address) as page:
        ask(page, QUESTION)
        (data / "CURRENT").write_text("nonsense\n", encoding="utf-8")
        ask(page, QUESTION)
        expect(page.locator("#chat .error")).to_be_visible()
        assert "Traceback" not in page.locator("#chat").inner_text()
        (data / "CURRENT").write_text("000001\n", encoding="utf-8")
        ask(page, QUESTION)
        expect(page.locator("#chat .answer.done").last).to_contain_text(QUOTE)


def test_an_interruption_stops_the_server_although_a_page_is_open(
    browser: Browser, tmp_path: Path
) -> None:
    with started(SEEDS, tmp_path) as (address, process):
        page = browser.new_page()
        page.goto(address)
        expect(page.get_by_label("Question")).to_be_visible()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        page.close()
    assert process.returncode == 0
    assert told == ""
