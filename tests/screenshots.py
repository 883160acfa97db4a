"""Writes the pictures of the web chat that the README shows: `make screenshots`.

Serves an index of seeds/ from a temporary folder, asks, and writes chat-wide.png and
chat-phone.png, by default into docs/images; with `--all` the dark ones and other states too.
"""

import argparse
import socket
import sys
import tempfile
import threading
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from qa import Bot
from ui.server import build

ROOT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium"
QUESTIONS = (
    "At which hotel on Sentosa Island will the Singapore talks begin?",
    "When will the second summit in Hanoi be?",
    "Which hotel hosts the Hanoi summit?",
)
PICTURES = (
    ("chat-wide", 1440, 900, "light"),
    ("chat-phone", 390, 844, "light"),
    ("chat-wide-dark", 1440, 900, "dark"),
    ("chat-phone-dark", 390, 844, "dark"),
    ("chat-middle", 1024, 768, "light"),
)
SHOWN_S = 60_000


def main() -> int:
    """Write the pictures; 0 where all went well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--all", action="store_true", help="the dark ones and other states too")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, Bot.build(ROOT / "seeds", data) as bot:
        address = _serve(bot)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name, width, height, scheme in PICTURES if given.all else PICTURES[:2]:
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if scheme == "dark" else "light",
                    reduced_motion="reduce",
                )
                page = context.new_page()
                page.goto(address)
                if given.all:
                    _empty(page)
                    _write(page, given.folder / f"{name}-empty.png")
                _talk(page)
                _write(page, given.folder / f"{name}.png")
                context.close()
            browser.close()
    return 0


def _serve(bot: Bot) -> str:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build(bot), log_level="warning"))
    threading.Thread(target=server.run, args=([listening],), daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def _empty(page: Page) -> None:
    expect(page.locator("#chat .firsts li")).to_have_count(4, timeout=SHOWN_S)


def _talk(page: Page) -> None:
    expect(page.locator("#side .size")).to_contain_text("indexed", timeout=SHOWN_S)
    for number, question in enumerate(QUESTIONS, 1):
        page.get_by_role("textbox", name="Question").fill(question)
        page.keyboard.press("Enter")
        expect(page.locator("#chat .done")).to_have_count(number, timeout=SHOWN_S)
        expect(page.locator("#chat .done").last.locator(".actions")).to_be_attached()
    page.locator("#chat [role=log]").evaluate("log => { log.scrollTop = 0 }")
    if page.locator("#source").is_visible():
        page.locator("#chat a.cite").first.click()
        expect(page.locator("#source mark.cited").first).to_be_in_viewport(timeout=SHOWN_S)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(400)


def _write(page: Page, path: Path) -> None:
    """One picture, in 64 colours: a page of text needs no more, and is a third of the size."""
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(64).save(path, optimize=True)
    sys.stdout.write(f"{path} ({path.stat().st_size // 1000} kB)\n")


if __name__ == "__main__":
    sys.exit(main())
