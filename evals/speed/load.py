"""Many asking at once: each asker puts its next question as soon as its last one is answered."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

PATIENCE_S = 120


class Asker(Protocol):
    """One who asks; `ask` returns when the answer is there in full and raises OSError if not."""

    def ask(self, question: str) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: the seconds of each answered question, of all together, and the failures."""

    askers: int
    seconds: tuple[float, ...]
    wall: float
    failed: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class PlainAsker:
    """Asks the small HTTP program of `stage/driver.py` over one connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)

    def ask(self, question: str) -> None:
        """See `Asker`."""
        _read(self._connection, "GET", f"/passages?q={quote(question)}")

    def close(self) -> None:
        """See `Asker`."""
        self._connection.close()


class ServerAsker:
    """Asks corpus-qa's own server, over one connection that stays open."""

    def __init__(self, address: str) -> None:
        host = urlsplit(address).netloc
        self._connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)

    def ask(self, question: str) -> None:
        """See `Asker`."""
        _read(self._connection, "POST", "/api/ask", json.dumps({"question": question}))

    def close(self) -> None:
        """See `Asker`."""
        self._connection.close()


def put(make: Callable[[], Asker], questions: Sequence[str], askers: int) -> Load:
    """Put all questions by that many askers at once; `make` makes an asker before time runs."""
    waiting, lock = iter(questions), threading.Lock()
    taken: list[float] = []
    failed: list[str] = []
    start = threading.Barrier(askers + 1)

    def work(asker: Asker) -> None:
        start.wait()
        while True:
            with lock:
                question = next(waiting, None)
            if question is None:
                asker.close()
                return
            began = time.perf_counter()
            try:
                asker.ask(question)
            except (OSError, http.client.HTTPException) as error:
                failed.append(str(error))
            else:
                taken.append(time.perf_counter() - began)

    threads = [
        threading.Thread(target=work, args=(asker,), daemon=True)
        for asker in [make() for _ in range(askers)]
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return Load(askers, tuple(taken), time.perf_counter() - began, len(failed))


def _read(
    connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None
) -> bytes:
    headers = {"content-type": "application/json"} if body else {}
    connection.request(method, path, body, headers)
    with connection.getresponse() as response:
        content = response.read()
        if response.status != 200:
            raise OSError(f"{path.partition('?')[0]} answered {response.status}")
        return content
