"""What the tests in a real browser share: the application in a process of its own, and tabs on it.

A plugin (`pytest_plugins = ["tests.browsing"]`), so that one server and one browser do for all.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ui.accounts import line_for

expect.set_options(timeout=30_000)  # a loaded machine takes many times what an idle one does

CHROMIUM = Path("/usr/bin/chromium")
SEEDS = Path(__file__).parent.parent / "seeds"
SERVER = """
import json, sys, time
from pathlib import Path
from index.embed import FakeEmbedder
from qa import Bot
from ui.accounts import Accounts
from ui.server import serve
from ui.service import Limits, Options

given = json.loads(sys.argv[1])

class Slow(Bot):
    def stream(self, *question, **settings):
        for event in super().stream(*question, **settings):
            yield event
            time.sleep(given["pause_s"])

kind = Slow if given["pause_s"] else Bot
bot = kind.build([Path(given["corpus"])], Path(given["data"]), embedder=FakeEmbedder())
accounts = Accounts.read(Path(given["accounts"])) if given["accounts"] else None
options = Options(accounts=accounts, limits=Limits(upload_bytes=given["upload_bytes"]))
serve(bot, "127.0.0.1", given["port"], open_browser=False, options=options)
"""

Process = subprocess.Popen[str]


@contextmanager
def _started(corpus: Path, data: Path, **options: Any) -> Iterator[tuple[str, Process]]:
    usual = {"port": 0, "pause_s": 0, "accounts": "", "upload_bytes": 1_000_000}
    given = json.dumps({**usual, "corpus": str(corpus), "data": str(data), **options})
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, given], stderr=subprocess.PIPE, text=True
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


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[tuple[str, Process]]]:
    """Serve an index of a corpus in a data folder: its address and its process."""
    return _started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a chat about the seeds; each visit is another owner's."""
    with _started(SEEDS, tmp_path_factory.mktemp("seeds")) as (address, _):
        yield address


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a chat into which only ann gets, with the password "correct horse"."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "accounts").write_text(f"{line_for('ann', 'correct horse')}\n", encoding="utf-8")
    accounts = str(folder / "accounts")
    with _started(SEEDS, folder / "data", accounts=accounts) as (address, _):
        yield address


@pytest.fixture(scope="session")
def visit(browser: Browser) -> Callable[..., AbstractContextManager[Page]]:
    """Visit an address with a browser of its own; see `visiting` for what it watches."""

    @contextmanager
    def visiting(
        address: str, width: int = 1440, height: int = 900, *, allowed: str = "", **options: Any
    ) -> Iterator[Page]:
        """A page that must ask nothing of another machine, and complain of nothing.

        Complaints that match `allowed`, where it is given, are expected.
        """
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        requests: list[str] = []
        said: list[str] = []
        context.on("request", lambda request: requests.append(request.url))
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(address)
        yield page
        context.close()
        asked = [urlsplit(url) for url in requests]
        hosts = {url.hostname for url in asked if url.scheme not in ("data", "blob")}
        assert hosts == {"127.0.0.1"}
        assert [line for line in said if not (allowed and re.search(allowed, line))] == []

    return visiting


@pytest.fixture(scope="session")
def ask() -> Callable[[Page, str], None]:
    """Ask a question in the page's box, and wait for the whole answer."""

    def asking(page: Page, question: str) -> None:
        before = page.locator("#chat .done").count()
        box = page.get_by_role("textbox", name="Question")
        expect(page.locator("#side .size")).to_contain_text("indexed")
        box.fill(question)
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator("#chat .going")).to_have_count(0)
        expect(page.locator("#chat .done")).to_have_count(before + 1)

    return asking
