"""`python -m evals.scale --chunks N... --work DIR`: the index measured at each size.

Every step runs in a process of its own. A size that was measured to its end is in DIR/scale.json
and in the plot beside it; of one that was cut short nothing is left.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evals.errors import EvalError
from evals.scale.aims import Figures, verdicts
from evals.scale.draw import draw

STEPS = ("write", "build", "disk", "serve", "recall", "add", "remove", "unchanged")
_DISK = 12_000  # bytes a chunk: corpus, cache of vectors, a generation and what making it takes
_MEMORY = (1_000_000_000, 4_500)  # bytes while building: at least, and for each chunk
_SAID = "index.errors"


class ScaleError(EvalError):
    """A size cannot be measured here."""


def measure(chunks: int, work: Path, seed: int) -> Figures:
    """Build an index of about so many chunks and take its figures; leaves nothing else behind.

    Raises ScaleError where disk or memory are too small for it or a step fails.
    """
    with unfinished(work, chunks) as folder:
        check_room(chunks, folder)
        figures: Figures = {}
        for name in STEPS:
            sys.stderr.write(f"{chunks:,} chunks: {name}\n")
            told = step(name, folder, chunks, seed)
            prefix = "" if name in ("serve", "recall", "disk") else f"{name}_"
            figures |= {prefix + key: round(value, 4) for key, value in told.items()}
    return figures


@contextmanager
def unfinished(work: Path, chunks: int) -> Iterator[Path]:
    """A folder for one size, empty at first and gone at the end, however that comes."""
    folder = work / f"unfinished-{chunks}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_room(chunks: int, folder: Path) -> None:
    """Raise ScaleError where disk or memory would not do."""
    needed, free = chunks * _DISK, shutil.disk_usage(folder).free
    if free < needed:
        raise ScaleError(
            f"{chunks:,} chunks need about {needed / 1e9:.1f} GB of disk and {folder.parent} has "
            f"{free / 1e9:.1f} GB free: name another folder with --work, or fewer chunks"
        )
    needed, there = _MEMORY[0] + chunks * _MEMORY[1], memory()
    if there is not None and there < needed:
        raise ScaleError(
            f"{chunks:,} chunks need about {needed / 1e9:.1f} GB of memory and "
            f"{there / 1e9:.1f} GB are free: end other programs, or ask for fewer chunks"
        )


def memory() -> int | None:
    """The bytes of memory that a new process could have, where the system tells."""
    told = Path("/proc/meminfo")
    if not told.exists():
        return None
    lines = dict(line.split(":", 1) for line in told.read_text().splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024


def step(name: str, folder: Path, chunks: int, seed: int) -> Figures:
    """Run one step in a process of its own; raises ScaleError with its last word if it fails."""
    command = [sys.executable, "-m", "evals.scale.step", name, str(folder), str(chunks), str(seed)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        said = ran.stderr.strip().splitlines()
        why = said[-1] if said else f"it ended with {ran.returncode}"
        raise ScaleError(f"{chunks:,} chunks could not be measured, in the step {name!r}: {why}")
    figures: Figures = json.loads(ran.stdout)
    return figures


def record(results: dict[str, Figures], work: Path) -> None:
    """Write the figures of every size so far, whole or not at all, and draw them."""
    found = {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "sizes": results,
        "aims": verdicts(results),
    }
    fresh = work / "scale.json.new"
    fresh.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    fresh.replace(work / "scale.json")
    draw(results, work / "scale.svg")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evals.scale", description="The index at growing sizes of made articles."
    )
    parser.add_argument("--chunks", type=size, nargs="+", required=True, metavar="N")
    parser.add_argument("--work", type=Path, required=True, help="a folder with room to build in")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser.parse_args()


def size(value: str) -> int:
    """A number of chunks, at least as many as the smallest corpus has."""
    chunks = int(value)
    if chunks < 200:
        raise argparse.ArgumentTypeError(f"{value} is too few chunks: ask for 200 or more")
    return chunks


def main() -> int:
    """Measure every size; 1 where one could not be measured, or an aim was missed."""
    chosen = options()
    chosen.work.mkdir(parents=True, exist_ok=True)
    results: dict[str, Figures] = {}
    failed = False
    for chunks in sorted(set(chosen.chunks)):
        try:
            results[str(chunks)] = measure(chunks, chosen.work, chosen.seed)
        except ScaleError as error:
            failed = True
            sys.stderr.write(f"error: {error}\n")
        except KeyboardInterrupt:
            sys.stderr.write(f"interrupted: {chunks:,} chunks do not count\n")
            return 130
        else:
            record(results, chosen.work)
    if chosen.json:
        sys.stdout.write(json.dumps({"sizes": results, "aims": verdicts(results)}, indent=1) + "\n")
    else:
        for aim in verdicts(results):
            sys.stdout.write(aim["said"] + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
