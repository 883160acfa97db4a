"""How a running server bears many people at once: `python -m ui.load URL --users 20 --seconds 60`.

Each person asks one question after the other, over the API or as the page does (`--page`). Every
answer is compared with the one that its question had before the others came.
"""

import argparse
import base64
import html
import json
import re
import secrets
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

QUESTIONS = Path(__file__).parent.parent / "evals" / "questions" / "seeds.jsonl"
_JSON = {"content-type": "application/json"}
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_TIMEOUT_S = 120.0
_IDLE_S = 2.0


@dataclass(slots=True)
class Tally:
    """What all people met: seconds of each answer, what failed, and answers of other questions."""

    seconds: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    mixed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, seconds: float, failed: str, *, fits: bool) -> None:
        """Count one question."""
        with self.lock:
            if failed:
                self.failed[failed] += 1
            else:
                self.seconds.append(seconds)
                self.mixed += not fits


class Person:
    """One person with a connection and cookies of their own."""

    def __init__(self, url: str, user: str = "") -> None:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
        self.cookies: dict[str, str] = {}
        self._headers: dict[str, str] = {}
        self._page: int | None = None
        self._used = 0.0
        if user:
            encoded = base64.b64encode(user.encode()).decode()
            self._headers["authorization"] = f"Basic {encoded}"
            name, _, password = user.partition(":")
            form = f"name={quote(name)}&password={quote(password)}"
            self.fetch(
                "POST", "/login", form, {"content-type": "application/x-www-form-urlencoded"}
            )

    def fetch(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Return the status and the text of what is at a path; cookies are kept."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**self._headers, **(headers or {}), **({"cookie": cookies} if cookies else {})}
        if time.monotonic() - self._used > _IDLE_S:
            self._connection.close()  # the server may just be closing it
        try:
            self._connection.request(method, path, body and body.encode(), sent)
            response = self._connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, HTTPException) as error:
            self._connection.close()
            return 0, type(error).__name__
        finally:
            self._used = time.monotonic()
        for line in response.headers.get_all("set-cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, text

    def ask(self, question: str) -> tuple[str, dict[str, Any]]:
        """Ask over the API; return what failed, or nothing and the answer."""
        status, text = self.fetch("POST", "/api/ask", json.dumps({"question": question}), _JSON)
        if status != 200:
            return f"{status} {text[:120]}", {}
        answer: dict[str, Any] = json.loads(text)
        answer.pop("timings")
        return "", answer

    def ask_page(self, question: str) -> tuple[str, str]:
        """Ask as the page does; return what failed, or nothing and all that was streamed."""
        if self._page is None:
            self.find_page()
        session = secrets.token_hex(8)
        order = {"data": [question, ""], "fn_index": self._page, "session_hash": session}
        status, text = self.fetch("POST", "/gradio_api/queue/join", json.dumps(order), _JSON)
        if status == 200:
            status, text = self.fetch("GET", f"/gradio_api/queue/data?session_hash={session}")
        if status != 200 or '"success":true' not in text.replace(" ", ""):
            return f"{status} {text[-120:]}", ""
        return "", text

    def find_page(self) -> None:
        """Find out which of the page's events asks a question: the first that takes two texts."""
        self.fetch("GET", "/")
        _, text = self.fetch("GET", "/config")
        found = next(one for one in json.loads(text)["dependencies"] if len(one["inputs"]) == 2)
        self._page = int(found["id"])


def shows(streamed: str, answer: dict[str, Any]) -> bool:
    """Tell whether what the page was sent is the question with its answer."""
    text = json.dumps(streamed)  # one level of escapes more, so that all are undone alike
    while "\\" in text and text != (text := text.replace("\\\\", "\\").replace('\\"', '"')):
        pass
    text = text.encode().decode("raw_unicode_escape", "replace")
    plain = _words(html.unescape(re.sub(r"<[^>]*>", " ", text)))
    wanted = [answer["question"], *(citation["quote"] for citation in answer["citations"])]
    return all(_words(one) in plain for one in wanted)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def press(
    url: str, questions: Sequence[str], *, users: int, seconds: float, page: bool, user: str = ""
) -> Tally:
    """Let people ask at once for so many seconds; return what they met.

    Raises RuntimeError where a question fails although nobody else asks.
    """
    first = Person(url, user)
    expected = {}
    for question in questions:
        failed, expected[question] = first.ask(question)
        if failed:
            raise RuntimeError(f"{question!r} fails although nobody else asks: {failed}")
    tally = Tally()
    people = [Person(url, user) for _ in range(users)]
    for person in people if page else ():
        person.find_page()
    ends = time.monotonic() + seconds

    def live(person: Person, number: int) -> None:
        while time.monotonic() < ends:
            question = questions[number % len(questions)]
            number += 7
            begun = time.perf_counter()
            if page:
                failed, streamed = person.ask_page(question)
                fits = not failed and shows(streamed, expected[question])
            else:
                failed, answer = person.ask(question)
                fits = answer == expected[question]
            tally.count(time.perf_counter() - begun, failed, fits=fits)

    threads = [
        threading.Thread(target=live, args=(person, number)) for number, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def told(tally: Tally, seconds: float) -> str:
    """The figures in words."""
    lines = [f"answers  {len(tally.seconds)}, {len(tally.seconds) / seconds:.1f} a second"]
    if len(tally.seconds) > 1:
        cuts = statistics.quantiles(tally.seconds, n=20)
        lines.append(
            f"seconds  median {statistics.median(tally.seconds):.2f}, "
            f"95 % within {cuts[18]:.2f}, slowest {max(tally.seconds):.2f}"
        )
    lines.append(f"mixed up {tally.mixed}")
    lines.append(f"failed   {tally.failed.total()}")
    lines += [f"  {times} x {what}" for what, times in tally.failed.most_common(5)]
    return "\n".join(lines)


def main() -> int:
    """Measure as the arguments say; 1 where anything failed or was mixed up."""
    parser = argparse.ArgumentParser(prog="python -m ui.load", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--page", action="store_true", help="ask as the page does")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="a file of cases")
    parser.add_argument("--user", default="", metavar="NAME:PASSWORD")
    given = parser.parse_args()
    lines = given.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if line.strip()][:40]
    tally = press(
        given.url,
        questions,
        users=given.users,
        seconds=given.seconds,
        page=given.page,
        user=given.user,
    )
    sys.stdout.write(told(tally, given.seconds) + "\n")
    return 1 if tally.failed or tally.mixed else 0


if __name__ == "__main__":
    sys.exit(main())
