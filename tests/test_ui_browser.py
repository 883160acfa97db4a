"""Asking in a real browser: answers, their sources, refusals, the keyboard, hostile articles."""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytest_plugins = ["tests.browsing"]
pytestmark = pytest.mark.browser

Serve = Callable[..., AbstractContextManager[tuple[str, Any]]]
Visit = Callable[..., AbstractContextManager[Page]]
Ask = Callable[[Page, str], None]

QUESTION = "At which hotel on Sentosa Island will the Singapore talks begin?"
SEVERAL = "What did officials say about the summit?"
QUOTE = "Talks will begin at the Capella Hotel on Singapore’s Sentosa Island"
HOSTILE = """<script>document.title = "owned"</script> {{7*7}} \u202eegap
![x](http://elsewhere.example/a.png)

The zebrafish <img src="http://elsewhere.example/b.png" onerror="document.title='owned'"> swims \
near [the reef](javascript:document.title='owned') and **never** ${document.title='owned'} sleeps.
"""


def marked(page: Page) -> str:
    """What is marked as cited in the open article, its white space as one blank."""
    return " ".join("".join(page.locator("#source mark.cited").all_inner_texts()).split())


def test_an_answer_comes_with_cards_and_its_source_opens_at_the_quote(
    visit: Visit, ask: Ask, seeds: str
) -> None:
    with visit(seeds) as page:
        ask(page, QUESTION)
        answer = page.locator("#chat .answer.done")
        expect(answer).to_contain_text(QUOTE)
        cards = answer.locator(".card")
        assert cards.count() >= 1
        for index in range(cards.count()):
            answer.locator("a.cite").nth(index).click()
            expect(cards.nth(index)).to_have_class("card on")
            expect(page.locator("#source mark.cited").first).to_be_in_viewport()
            quote = cards.nth(index).locator(".quote").text_content()
            assert quote is not None
            assert marked(page) == " ".join(quote.split())
        assert page.get_by_role("textbox", name="Question").input_value() == ""


def test_a_number_previews_its_quote_on_hover_and_on_focus(
    visit: Visit, ask: Ask, seeds: str
) -> None:
    with visit(seeds) as page:
        ask(page, QUESTION)
        marker = page.locator("#chat a.cite").first
        preview = page.get_by_role("tooltip")
        marker.hover()
        expect(preview).to_contain_text(QUOTE)
        preview.hover()  # it stays while the pointer is on it
        page.wait_for_timeout(300)
        expect(preview).to_be_visible()
        page.mouse.move(5, 5)
        expect(preview).to_have_count(0)
        page.keyboard.press("Tab")  # from here on the keyboard is in use
        marker.focus()
        expect(preview).to_contain_text(QUOTE)
        page.keyboard.press("Escape")
        expect(preview).to_have_count(0)


def test_the_citations_of_an_answer_are_followed_one_after_the_other(
    visit: Visit, ask: Ask, seeds: str
) -> None:
    with visit(seeds) as page:
        ask(page, SEVERAL)
        cards = page.locator("#chat .card")
        count = cards.count()
        assert count > 1
        cards.first.locator("a").click()
        bar = page.get_by_role("group", name="Citations")
        expect(bar.get_by_role("button", name="Previous citation")).to_be_disabled()
        for number in range(1, count + 1):
            expect(bar).to_contain_text(f"{number} of {count}")
            expect(cards.nth(number - 1)).to_have_class("card on")
            quote = cards.nth(number - 1).locator(".quote").text_content() or ""
            expect(page.locator("#source mark.cited").first).to_have_text(quote[:1_000])
            if number < count:
                bar.get_by_role("button", name="Next citation").click()
        expect(bar.get_by_role("button", name="Next citation")).to_be_disabled()
        titles = cards.locator(".title").all_inner_texts()
        if titles.count(titles[-1]) > 1:  # other quotes of the same article are marked lightly
            assert page.locator("#source mark.also").count() >= 1


def test_what_the_corpus_does_not_hold_is_refused_without_a_citation(
    visit: Visit, ask: Ask, seeds: str
) -> None:
    with visit(seeds) as page:
        ask(page, "How do zebrafish regenerate their fins?")
        refusal = page.locator("#chat .none.done")
        expect(refusal).to_contain_text("The corpus does not answer this.")
        expect(refusal.locator(".near li").first).to_be_visible()
        assert page.locator("#chat .cite, #chat .card").count() == 0
        expect(page.locator("#source")).to_contain_text("No article supports an answer")
        refusal.locator(".near a").first.click()
        expect(page.locator("#source mark.cited").first).to_be_in_viewport()


def test_each_browser_has_its_own_conversations(visit: Visit, ask: Ask, seeds: str) -> None:
    with visit(seeds) as one, visit(seeds) as two:
        ask(one, QUESTION)
        ask(two, "When will the second summit in Hanoi be?")
        ask(one, "Who wrote the letter?")
        assert one.locator("#chat .user-row").count() == 2
        assert two.locator("#chat .user-row").count() == 1
        expect(two.locator("#side .convs a")).to_have_count(1)
        here = one.url
        one.get_by_role("button", name="New conversation").first.click()
        expect(one.locator("#chat .user-row")).to_have_count(0)
        expect(one.locator("#source")).to_contain_text("A number in an answer")
        assert two.locator("#chat .user-row").count() == 1
        two.goto(here)  # another owner's conversation is not there
        expect(two.locator("#chat .error")).to_be_visible()
        assert QUOTE not in two.locator("#chat").inner_text()


def test_a_question_that_cannot_be_asked_stays_in_the_box(
    visit: Visit, ask: Ask, seeds: str
) -> None:
    with visit(seeds) as page:
        ask(page, "why " * 25_000)
        expect(page.locator("#chat .error")).to_contain_text("characters")
        box = page.get_by_role("textbox", name="Question")
        assert len(box.input_value()) == 100_000
        box.fill(QUESTION)
        box.press("Enter")
        expect(page.locator("#chat .answer.done")).to_contain_text(QUOTE)
        expect(page.locator("#chat .error")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_nothing_is_cut_off_and_the_source_covers_the_page(
    visit: Visit, ask: Ask, seeds: str, width: int
) -> None:
    with visit(seeds, width, 740) as page:
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
        page.get_by_role("button", name="Conversations and filters").click()
        expect(page.locator("#side .convs a")).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(page.locator("#side")).to_be_hidden()


def test_everything_is_reached_by_keyboard_alone(visit: Visit, seeds: str) -> None:
    def tab_to(page: Page, selector: str, key: str) -> None:
        for _ in range(40):
            page.keyboard.press(key)
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"{selector} was not reached by {key}")

    with visit(seeds, 390, 740) as page:
        expect(page.locator("#side .size")).to_contain_text("indexed")
        page.get_by_role("textbox", name="Question").focus()
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator("#chat .answer.done")).to_be_visible()
        tab_to(page, "#chat a.cite", "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#source mark.cited").first).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()
        assert page.evaluate("document.activeElement.matches('#chat a.cite')")
        tab_to(page, "#top button", "Shift+Tab")
        tab_to(page, "#top button[aria-label='Conversations and filters']", "Shift+Tab")
        page.keyboard.press("Enter")
        tab_to(page, "#side .convs .b", "Tab")
        page.keyboard.press("Enter")
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("Delete this conversation?")
        tab_to(page, "dialog .risky", "Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#chat .user-row")).to_have_count(0)


def test_a_hostile_article_changes_nothing_but_text(
    visit: Visit, ask: Ask, serve: Serve, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    with serve(corpus, tmp_path / "data") as (address, _), visit(address) as page:
        ask(page, "Where does the zebrafish swim near the reef and never sleep?")
        expect(page.locator("#chat .done")).to_contain_text("zebrafish <img src=")
        page.locator("#chat a.source").first.click()
        expect(page.locator("#source mark.cited").first).to_be_in_viewport()
        expect(page.locator("#source")).to_contain_text("<script>document.title")
        ask(page, "<img src=x onerror=\"document.title='owned'\"> {{7*7}} **never** sleeps?")
        expect(page.locator("#side .convs a")).to_have_count(1)
        assert page.title() == "corpus-qa"
        assert page.locator("#page img, #page :is(#chat, #source) script").count() == 0
        assert "49" not in page.locator("#source").inner_text()


def test_an_index_that_vanishes_is_told_and_the_page_recovers(
    visit: Visit, ask: Ask, serve: Serve, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    seeds = Path(__file__).parent.parent / "seeds"
    with serve(seeds, data) as (address, _), visit(address, allowed="503") as page:
        ask(page, QUESTION)
        (data / "CURRENT").write_text("nonsense\n", encoding="utf-8")
        ask(page, QUESTION)
        expect(page.locator("#chat .error")).to_be_visible()
        expect(page.locator("#notice")).to_contain_text("The corpus cannot be read")
        assert "Traceback" not in page.locator("#page").inner_text()
        (data / "CURRENT").write_text("000001\n", encoding="utf-8")
        expect(page.locator("#notice")).to_be_empty()
        page.locator("#chat .done").last.get_by_role("button", name="Ask again").click()
        expect(page.locator("#chat .answer.done")).to_have_count(2)
        expect(page.locator("#chat .answer.done").last).to_contain_text(QUOTE)


def test_an_interruption_stops_the_server_although_a_page_is_open(
    visit: Visit, serve: Serve, tmp_path: Path
) -> None:
    seeds = Path(__file__).parent.parent / "seeds"
    # A page that loses its server may complain of it.
    with serve(seeds, tmp_path) as (address, process), visit(address, allowed=".") as page:
        expect(page.locator("#side .size")).to_contain_text("indexed")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        page.close()
    assert process.returncode == 0
    assert told == ""
