"""One step of a contestant as a process of its own, timed from outside and ended with its bench."""

import json
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from evals.errors import EvalError
from evals.provenance import ROOT
from evals.speed.contestants import STAGE, Contestant

LIMIT_S = 7200
_DROPPED = ("CORPUS_QA_", "CHROMA_", "PYTHON", "OMP_", "HF_", "TRANSFORMERS_")
# No contestant may look for a newer model or tell its maker about this run.
_SET = {
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
}


class StepFailed(EvalError):
    """A contestant's process ended badly; what else is measured goes on."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a contestant is run: its interpreter, and a folder for orders and results."""

    contestant: Contestant
    python: Path
    scratch: Path


@dataclass(slots=True)
class Started:
    """A process under way, and when it was started."""

    process: "subprocess.Popen[str]"
    since: float
    errors: IO[str]

    def line(self) -> tuple[dict[str, Any], float]:
        """The next line of its output as JSON, and the seconds since it was started."""
        assert self.process.stdout is not None
        for text in self.process.stdout:
            seconds = time.perf_counter() - self.since
            if text.startswith("{"):  # libraries print what they like
                return json.loads(text), seconds
        return {}, time.perf_counter() - self.since


def run(stage: Stage, step: str, order: Mapping[str, Any]) -> dict[str, Any]:
    """Run a step to its end and return its result.

    `process_wall` and `process_cpu` are of the whole process, `first_wall` until its first line,
    `load` the machine's load before it. Raises StepFailed.
    """
    load = os.getloadavg()[0]
    with _started(stage, step, order) as (started, out):
        _, first = started.line()
        used = _ended(started)
        wall = time.perf_counter() - started.since
        result = _result(stage, step, started, out)
    cpu = used.ru_utime + used.ru_stime
    return result | {
        "process_wall": wall,
        "process_cpu": cpu,
        "first_wall": first,
        "load": load,
    }


@contextmanager
def serving(stage: Stage, order: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Run a contestant's small HTTP program; yield its port, and a dict filled when it ended."""
    result: dict[str, Any] = {}
    with _started(stage, "serve", order) as (started, out):
        told, _ = started.line()
        if "port" not in told:
            _ended(started)
            raise _failure(stage, "serve", started)
        yield told["port"], result
        assert started.process.stdin is not None
        started.process.stdin.close()
        _ended(started)
        result |= _result(stage, "serve", started, out)


@contextmanager
def own_server(stage: Stage, folder: Path) -> Iterator[str]:
    """Run corpus-qa's own web server on an index; yield its address."""
    program = "import sys; from ui.cli import main; sys.exit(main(sys.argv[1:]))"
    words = [str(stage.python), "-c", program, "serve", "--data", str(folder), "--port", "0"]
    with _process(words, stage, errors=subprocess.PIPE) as started:
        assert started.process.stderr is not None
        for line in started.process.stderr:
            if "http://" in line:
                yield "http" + line.split("http", 1)[1].split()[0]
                started.process.send_signal(signal.SIGINT)
                _ended(started)
                return
        raise StepFailed(f"{stage.contestant.title}'s server did not start.")


@contextmanager
def _started(stage: Stage, step: str, order: Mapping[str, Any]) -> Iterator[tuple[Started, Path]]:
    stage.scratch.mkdir(parents=True, exist_ok=True)
    out = stage.scratch / "result.json"
    out.unlink(missing_ok=True)
    path = stage.scratch / "order.json"
    path.write_text(json.dumps({**order, "out": str(out)}), encoding="utf-8")
    words = [str(stage.python), str(STAGE / "driver.py"), stage.contestant.script, step, str(path)]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        _process(words, stage, errors=errors) as started,
    ):
        yield started, out


@contextmanager
def _process(words: Sequence[str], stage: Stage, *, errors: Any) -> Iterator[Started]:
    """A process in a group of its own, which is killed when the block is left or time is up."""
    since = time.perf_counter()
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            env=_environment(stage), cwd=ROOT, start_new_session=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise StepFailed(f"{stage.contestant.title} cannot be started: {error}.") from error
    timer = threading.Timer(LIMIT_S, _kill, [process])
    timer.start()
    try:
        yield Started(process, since, errors)
    finally:
        timer.cancel()
        _kill(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        if process.returncode is None:
            process.wait()


def _kill(process: "subprocess.Popen[str]") -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _ended(started: Started) -> resource.struct_rusage:
    """Wait for the end; what this process and its children have used."""
    if started.process.stdout is not None:
        started.process.stdout.read()
    _, status, used = os.wait4(started.process.pid, 0)
    started.process.returncode = os.waitstatus_to_exitcode(status)
    return used


def _result(stage: Stage, step: str, started: Started, out: Path) -> dict[str, Any]:
    if started.process.returncode != 0 or not out.exists():
        raise _failure(stage, step, started)
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return result


def _failure(stage: Stage, step: str, started: Started) -> StepFailed:
    started.errors.seek(0)
    lines = [line.strip() for line in started.errors.read().splitlines() if line.strip()]
    code = started.process.returncode
    reason = lines[-1][:300] if lines else f"exit code {code}"
    if code == -signal.SIGKILL:
        reason = f"it was killed: out of memory, or not done within {LIMIT_S} s"
    return StepFailed(f"{stage.contestant.title} failed at {step!r}: {reason}")


def _environment(stage: Stage) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
    paths = [str(stage.contestant.folder)]
    if stage.contestant.requirements is None:
        paths.append(str(ROOT))
    return kept | _SET | {"PYTHONPATH": os.pathsep.join(paths)}
