"""The page for everybody: an automated check of accessibility in each state, light and dark."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

pytest_plugins = ["tests.browsing"]
pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Page]]
Ask = Callable[[Page, str], None]

SEVERAL = "What did officials say about the summit?"
REFUSED = "How do zebrafish regenerate their fins?"


def findings(page: Page) -> list[str]:
    """What is seriously wrong with the page as it is now."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_the_page_has_a_serious_finding(
    visit: Visit, ask: Ask, seeds: str, scheme: str
) -> None:
    with visit(seeds, color_scheme=scheme, reduced_motion="reduce") as page:
        expect(page.locator("#side .size")).to_contain_text("indexed")
        states = {"empty": findings(page)}
        ask(page, SEVERAL)
        expect(page.locator("#source mark.cited").first).to_be_visible()
        states["answered"] = findings(page)
        page.locator("#chat a.cite").nth(1).click()
        expect(page.locator("#chat .card").nth(1)).to_have_class("card on")
        page.locator("#chat a.cite").first.hover()
        expect(page.get_by_role("tooltip")).to_be_visible()
        states["source open"] = findings(page)
        ask(page, REFUSED)
        states["refused"] = findings(page)
        page.get_by_role("button", name="Bad answer").last.click()
        page.get_by_role("button", name="Edit the question").last.click()
        expect(page.get_by_role("textbox", name="Comment")).to_be_visible()
        states["judged and edited"] = findings(page)
        page.locator("#side .convs .b").first.click()
        page.get_by_role("button", name="Delete").click()
        states["to be deleted"] = findings(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Corpus").click()
        expect(page.locator(".drop")).to_be_visible()
        states["corpus"] = findings(page)
        assert not any(states.values()), states


def test_no_state_on_a_phone_has_a_serious_finding(visit: Visit, ask: Ask, seeds: str) -> None:
    with visit(seeds, 390, 740, reduced_motion="reduce") as page:
        ask(page, SEVERAL)
        states = {"answered": findings(page)}
        page.locator("#chat .card a").first.click()
        expect(page.locator("#source mark.cited").first).to_be_visible()
        states["source open"] = findings(page)
        page.get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Conversations and filters").click()
        states["drawer"] = findings(page)
        assert not any(states.values()), states


def test_the_page_to_sign_in_has_no_serious_finding(visit: Visit, guarded: str) -> None:
    with visit(guarded) as page:
        expect(page.get_by_label("Password")).to_be_visible()
        assert findings(page) == []


def test_the_left_column_folds_away_and_stays_so(visit: Visit, seeds: str) -> None:
    with visit(seeds) as page:
        page.get_by_role("button", name="Hide this column").click()
        expect(page.locator("#side")).to_be_hidden()
        page.reload()
        shown = page.get_by_role("button", name="Conversations and filters")
        expect(shown).to_be_visible()
        expect(page.locator("#side")).to_be_hidden()
        shown.click()
        expect(page.locator("#side")).to_be_visible()
        expect(page.get_by_role("button", name="Hide this column")).to_be_focused()


def test_the_page_has_its_own_typeface(visit: Visit, seeds: str) -> None:
    with visit(seeds) as page:
        expect(page.locator("#side .size")).to_contain_text("indexed")
        loaded = "document.fonts.ready.then(() => [...document.fonts].map(f => f.status))"
        assert set(page.evaluate(loaded)) == {"loaded"}
