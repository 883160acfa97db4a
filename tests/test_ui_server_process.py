"""The server as a process of its own: many people at once, being told to stop, and being full."""

import base64
import hashlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ui.load import Person, press, shows, told

USERS = 20
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
        time.sleep(given["pause_s"])
        yield from super().stream(*question, **settings)

bot = Slow.build([Path(given["corpus"])], Path(given["data"]), embedder=FakeEmbedder())
accounts = Accounts.read(Path(given["accounts"])) if given["accounts"] else None
limits = Limits(at_once=given["at_once"], waiting=given["waiting"])
options = Options(accounts=accounts, limits=limits, access_log=given["log"])
serve(bot, "127.0.0.1", 0, open_browser=False, options=options)
"""


@contextmanager
def started(corpus: Path, data: Path, **given: Any) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own; yield its address and the process."""
    usual = {"pause_s": 0, "accounts": "", "at_once": 4, "waiting": 64, "log": False}
    arguments = json.dumps({**usual, "corpus": str(corpus), "data": str(data), **given})
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, arguments], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = next((line for line in process.stderr if line.startswith("The chat is at ")), "")
        try:
            assert said, "the server did not start"
            yield said.split()[4], process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for number, name in enumerate(NAMES):
        text = f"The zebra {name} lives in enclosure {number} beside the {name} gate.\n"
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


NAMES = [f"{first}{last}" for first in ("Mar", "Zel", "Tan", "Kip") for last in "abeim"]
QUESTIONS = [f"In which enclosure does the zebra {name} live?" for name in NAMES]


def account(name: str, password: str) -> str:
    """A line of an accounts file that takes little work to check."""
    digest = hashlib.scrypt(password.encode(), salt=b"0" * 16, n=16, r=8, p=1, dklen=32)
    salt, hashed = (base64.b64encode(part).decode() for part in (b"0" * 16, digest))
    return f"{name}:scrypt$16$8$1${salt}${hashed}\n"


def test_twenty_people_at_once_each_hear_the_answer_to_their_own_question(
    corpus: Path, tmp_path: Path
) -> None:
    accounts = tmp_path / "accounts"
    accounts.write_text(account("anna", "a long password"), encoding="utf-8")
    given = {"accounts": str(accounts)}
    with started(corpus, tmp_path / "data", **given) as (address, _):
        for page in (False, True):
            tally = press(
                address,
                QUESTIONS,
                users=USERS,
                seconds=3,
                page=page,
                user="anna:a long password",
            )
            assert (tally.failed.total(), tally.mixed) == (0, 0), told(tally, 3)
            assert len(tally.seconds) >= USERS


def test_an_answer_to_another_question_would_be_noticed() -> None:
    answer = {"question": "Which zebra “is” it?", "citations": [{"quote": "It is Marty’s."}]}
    sent = {"msg": "<p>Which zebra &ldquo;is&rdquo; it?</p><q>It is <b>Marty&#x27;s</b>.</q>"}
    assert shows(json.dumps(sent), answer)
    assert shows(json.dumps({"data": json.dumps(sent)}), answer)
    assert not shows(json.dumps(sent), answer | {"question": "Which lion is it?"})
    assert not shows(json.dumps(sent), answer | {"citations": [{"quote": "It is Martha's."}]})


def test_who_comes_to_a_full_server_hears_busy_at_once_and_the_others_are_answered(
    corpus: Path, tmp_path: Path
) -> None:
    full = {"pause_s": 0.5, "at_once": 2, "waiting": 6}
    with started(corpus, tmp_path / "data", **full) as (address, _):
        for page in (False, True):
            people = [Person(address) for _ in range(16)]
            found: list[str] = []

            def ask(person: Person, page: bool = page, found: list[str] = found) -> None:
                asked = person.ask_page if page else person.ask
                found.append(asked(QUESTIONS[0])[0])

            for person in people:
                person.fetch("GET", "/")
                if page:
                    person.find_page()
            threads = [threading.Thread(target=ask, args=(person,)) for person in people]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            refused = [failed for failed in found if failed]
            assert 1 <= len(refused) <= 10, found
            assert all(failed.startswith("503 ") for failed in refused), refused
            if not page:
                assert all("busy" in failed for failed in refused)


def test_being_told_to_end_stops_the_server_in_seconds_although_streams_are_open(
    corpus: Path, tmp_path: Path
) -> None:
    with started(corpus, tmp_path / "data", pause_s=1) as (address, process):
        person, other = Person(address), Person(address)
        person.find_page()
        answered: list[str] = []
        threads = [
            threading.Thread(target=lambda: answered.append(person.ask_page(QUESTIONS[0])[0])),
            threading.Thread(target=lambda: answered.append(other.ask(QUESTIONS[1])[0])),
            threading.Thread(target=Person(address).fetch, args=("GET", "/gradio_api/heartbeat/x")),
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        seconds = time.monotonic() - begun
        for thread in threads:
            thread.join()
    assert seconds < 8
    assert process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in said
    assert answered == ["", ""], "an answer under way was cut off"


def test_the_index_is_whole_when_the_server_is_killed_while_it_takes_a_file_in(
    corpus: Path, tmp_path: Path
) -> None:
    from index.embed import FakeEmbedder
    from qa import Bot

    data = tmp_path / "data"
    lines = "\n".join(json.dumps({"text": f"Zebra {n} is here."}) for n in range(1_500))
    body = (
        '--x\r\nContent-Disposition: form-data; name="files"; filename="many.jsonl"\r\n\r\n'
        f"{lines}\r\n--x--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    with started(corpus, data) as (address, process):
        person = Person(address)
        person.fetch("GET", "/")
        send = ("POST", "/api/uploads", body, headers)
        thread = threading.Thread(target=Person.fetch, args=(person, *send))
        thread.start()
        watcher = Person(address)
        watcher.cookies = person.cookies
        while '"indexing"' not in (state := watcher.fetch("GET", "/api/uploads/status")[1]):
            assert '"state":"done"' not in state
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        thread.join()
    with Bot.open(data, embedder=FakeEmbedder()) as bot:
        assert bot.status().articles in (len(NAMES), len(NAMES) + 1_500)
        assert bot.ask(QUESTIONS[3]).answered
        bot.sync([data / "uploads"], allow_empty=True)
        assert bot.status().articles == len(NAMES) + 1_500
