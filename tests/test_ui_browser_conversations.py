"""Past conversations in a real browser: found again, renamed, exported, deleted, asked anew."""

import json
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

FIRST = "At which hotel on Sentosa Island will the Singapore talks begin?"
SECOND = "When will the second summit in Hanoi be?"
CAPELLA = "Talks will begin at the Capella Hotel"


def action(page: Page, name: str) -> None:
    """Use a button of the last answer."""
    page.locator("#chat .done").last.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, item: str) -> None:
    """Choose from the menu of the first conversation in the list."""
    page.locator("#side .convs .b").first.click()
    page.locator(".menu").get_by_role("button", name=item).click()


def test_a_conversation_is_found_again_after_a_reload_and_a_restart(
    visit: Visit, ask: Ask, serve: Serve, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    article = corpus / "reef.txt"
    article.write_text("The zebrafish festival opens in Palau on June 3. It rained.\n")
    question = "When does the zebrafish festival open in Palau?"
    with serve(corpus, tmp_path / "data") as (address, _), visit(address) as page:
        ask(page, question)
        page.reload()
        expect(page.locator("#chat .q")).to_have_text(question)
        page.locator("#chat a.cite").first.click()
        expect(page.locator("#source mark.cited")).to_contain_text("opens in Palau on June 3")
        kept = page.context.storage_state()
        here = page.url
    article.write_text("The zebrafish festival was called off. It rained in Palau.\n")
    with (
        serve(corpus, tmp_path / "data") as (address, _),
        visit(address + "/?" + here.partition("?")[2], storage_state=kept) as page,
    ):
        expect(page.locator("#chat .q")).to_have_text(question)
        card = page.locator("#chat .card")
        expect(card.first).to_contain_text("This article has changed since")
        card.first.locator("a").click()
        expect(page.locator("#source")).to_contain_text("has changed since it was cited")
        assert page.locator("#source mark").count() == 0


def test_conversations_are_listed_opened_renamed_and_deleted(
    visit: Visit, ask: Ask, seeds: str
) -> None:
    with visit(seeds) as page:
        ask(page, FIRST)
        page.get_by_role("button", name="New conversation").first.click()
        expect(page.locator("#chat .user-row")).to_have_count(0)
        ask(page, SECOND)
        listed = page.locator("#side .convs a")
        expect(listed).to_have_count(2)
        expect(listed.first).to_have_attribute("aria-current", "page")
        listed.nth(1).click()
        expect(page.locator("#chat .q")).to_have_text(FIRST)
        expect(page.locator("#chat .answer")).to_contain_text(CAPELLA)
        choose(page, "Rename")
        page.get_by_role("textbox", name="Title").fill("Hanoi <b>again</b>")
        page.get_by_role("button", name="Rename", exact=True).click()
        expect(listed.first).to_have_text("Hanoi <b>again</b>")
        choose(page, "Delete")
        expect(page.get_by_role("dialog")).to_contain_text("Hanoi <b>again</b>")
        page.get_by_role("button", name="Cancel").click()
        expect(listed).to_have_count(2)
        choose(page, "Delete")
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(listed).to_have_count(1)
        expect(page.locator("#chat .q")).to_have_text(FIRST)  # another one is open
        choose(page, "Delete")
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.locator("#chat .user-row")).to_have_count(0)
        expect(page.locator("#side")).to_contain_text("None yet.")


def test_a_conversation_is_exported_and_an_answer_copied(
    visit: Visit, ask: Ask, seeds: str
) -> None:
    with visit(seeds, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask(page, FIRST)
        with page.expect_download() as markdown:
            choose(page, "Export as Markdown")
        assert markdown.value.suggested_filename.endswith(".md")
        text = Path(markdown.value.path()).read_text(encoding="utf-8")
        assert "Capella Hotel" in text
        assert "[^1]:" in text
        with page.expect_download() as exported:
            choose(page, "Export as JSON")
        whole = json.loads(Path(exported.value.path()).read_text(encoding="utf-8"))
        assert CAPELLA in json.dumps(whole, ensure_ascii=False)
        action(page, "Copy")
        expect(page.locator("#chat .actions")).to_contain_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert CAPELLA in copied
        assert "[1] Trump and Kim could meet for second day in Singapore" in copied


def test_a_question_is_edited_and_asked_again_in_its_place(
    visit: Visit, ask: Ask, seeds: str
) -> None:
    with visit(seeds) as page:
        ask(page, "Who wrote the letter?")
        ask(page, SECOND)
        first = page.locator("#chat .done").first
        first.get_by_role("button", name="Edit the question").click()
        field = page.get_by_role("textbox", name="Edit the question")
        expect(field).to_have_value("Who wrote the letter?")
        expect(page.locator("#chat .inline")).to_contain_text("after this will be removed")
        field.fill(FIRST)
        field.press("Enter")
        expect(page.locator("#chat .q")).to_have_count(1)
        expect(page.locator("#chat .q")).to_have_text(FIRST)
        expect(page.locator("#chat .answer.done")).to_contain_text(CAPELLA)
        expect(page.locator("#side .convs a")).to_have_count(1)
        action(page, "Ask again")
        expect(page.locator("#chat .q")).to_have_text(FIRST)
        expect(page.locator("#chat .answer.done")).to_have_count(1)


def test_how_a_question_was_understood_can_be_corrected(visit: Visit, ask: Ask, seeds: str) -> None:
    with visit(seeds) as page:
        ask(page, FIRST)
        ask(page, "When?")
        understood = page.locator("#chat .understood")
        expect(understood).to_contain_text("understood as: When")
        understood.get_by_role("button", name="Correct").click()
        field = page.get_by_role("textbox", name="The question as it is to be understood")
        field.fill(SECOND)
        page.locator("#chat .inline").get_by_role("button", name="Ask again").click()
        expect(page.locator("#chat .done")).to_have_count(2)
        expect(understood).to_contain_text(SECOND)
        assert page.locator("#chat .q").all_inner_texts() == [FIRST, "When?"]
        expect(page.locator("#chat .done").last).to_contain_text("Feb. 27")
        action(page, "Ask again")
        expect(page.locator("#chat .done")).to_have_count(2)
        expect(page.locator("#chat .done").last).to_contain_text("Feb. 27")
        expect(understood).to_contain_text(SECOND)


def test_a_judgement_and_its_comment_are_kept(visit: Visit, ask: Ask, seeds: str) -> None:
    with visit(seeds) as page:
        ask(page, FIRST)
        action(page, "Good answer")
        page.get_by_role("textbox", name="Comment").fill("Just <b>right</b>.")
        page.get_by_role("button", name="Add comment").click()
        expect(page.get_by_role("textbox", name="Comment")).to_have_count(0)
        page.reload()
        good = page.get_by_role("button", name="Good answer")
        expect(good).to_have_attribute("aria-pressed", "true")
        bad = page.get_by_role("button", name="Bad answer")
        expect(bad).to_have_attribute("aria-pressed", "false")
        bad.click()
        expect(good).to_have_attribute("aria-pressed", "false")
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
        bad.click()  # taken back
        expect(bad).to_have_attribute("aria-pressed", "false")


def test_an_answer_is_stopped_or_lost_and_the_question_can_be_asked_again(
    visit: Visit, ask: Ask, serve: Serve, tmp_path: Path
) -> None:
    seeds, data = Path(__file__).parent.parent / "seeds", tmp_path / "data"
    aborted = "AbortError|rrored out"  # what Gradio's script says of a stream that it leaves
    with (
        serve(seeds, data, pause_s=0.2) as (address, _),
        visit(address, allowed=aborted) as page,
    ):
        expect(page.locator("#side .size")).to_contain_text("indexed")
        page.get_by_role("textbox", name="Question").fill(FIRST)
        page.get_by_role("button", name="Ask", exact=True).click()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#chat .unanswered")).to_be_visible()
        expect(page.get_by_role("button", name="Stop")).to_be_hidden()
        page.reload()
        expect(page.locator("#chat .unanswered")).to_be_visible()
        action(page, "Ask again")
        expect(page.locator("#chat .going").first).to_be_visible()
        page.reload()  # in the middle of the answer
        expect(page.locator("#chat .q")).to_have_text(FIRST)
        expect(page.locator("#chat .unanswered")).to_be_visible()
        action(page, "Ask again")
        expect(page.locator("#chat .answer.done")).to_contain_text(CAPELLA)
        expect(page.locator("#chat .q")).to_have_text(FIRST)


def test_suggested_questions_are_answered(visit: Visit, ask: Ask, seeds: str) -> None:
    with visit(seeds) as page:
        first = page.locator("#chat .firsts button").first
        expect(first).to_be_visible()
        question = first.inner_text()
        first.click()
        expect(page.locator("#chat .q")).to_have_text(question)
        expect(page.locator("#chat .answer.done")).to_be_visible()
