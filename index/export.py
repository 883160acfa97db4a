"""A model's ONNX graph in the data folder: made once, checked against the original, kept whole."""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.encoder import Encoder
from index.errors import ModelError, StoreError
from index.models import ModelFiles
from index.parity import Parity, original_vectors, parity
from index.recipe import NotExportable, Recipe, read_recipe
from index.tokens import load_tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Raise it when the same model files would now give other vectors: exports are then made again, and
# indexes that hold the older vectors say that they no longer fit.
_RECIPE = 1
_LEAST_PARITY = 0.99
_GRAPH, _TOKENIZER, _MANIFEST = "model.onnx", "tokenizer.json", "manifest.json"
_PART = ".part-"


@dataclass(frozen=True, slots=True)
class Export:
    """A model ready to run, its files read and found whole.

    `window` and `prompts` are those of `index.recipe.Recipe`; `precision` is "int8" or "float32".
    """

    fingerprint: str
    graph: bytes
    tokenizer: str
    window: int
    prompts: Mapping[str, str]
    precision: str
    parity: Parity


def exported(files: ModelFiles, data: Path) -> Export:
    """The export of a model under `data/models/`, made where there is none or it is damaged.

    A folder is named by the digest of the model's files. The files are read for it once; later an
    export is found by their names, sizes and times of change, while its own files are read and
    their digests compared on every call. An export that is cut short leaves nothing that counts,
    and two processes that export at once wait for each other.
    Raises NotExportable for models that only sentence-transformers can run, ModelError where the
    model is altered or its export too far from it, StoreError where `data` cannot be written.
    """
    home = data / "models"
    origin, stamp = str(files.folder.resolve()), files.stamp()
    for manifest in sorted(home.glob("*/" + _MANIFEST)):
        state = _state(manifest.parent)
        if state.get("origins", {}).get(origin) == stamp and (known := _read(manifest.parent)):
            return known
    digest = files.digest()
    folder = home / digest[:16]
    try:
        with _only_one(home):
            if not _usable(folder):
                _make(files, digest, folder)
            _remember(folder, origin, stamp)
    except OSError as error:
        if not _usable(folder):  # a folder that may only be read is enough once the export is there
            raise StoreError(
                f"The data folder {data} cannot be written ({error.strerror or error}): "
                "free space or give another one."
            ) from error
    if found := _read(folder):
        return found
    raise StoreError(f"The data folder {data} does not keep what is written to it.")


def _state(folder: Path) -> dict[str, Any]:
    """What the manifest says; empty where it is missing, damaged, or of another recipe."""
    try:
        state = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    fits = isinstance(state, dict) and state.get("recipe") == _RECIPE
    return state if fits else {}


def _read(folder: Path) -> Export | None:
    """The export in a folder; None where it is missing, damaged, or of another recipe."""
    state = _state(folder)
    if not state:
        return None
    if reason := state.get("refused"):
        raise NotExportable(reason)
    try:
        contents = {name: (folder / name).read_bytes() for name in (_GRAPH, _TOKENIZER)}
        if {name: _sha256(content) for name, content in contents.items()} != state["sha256"]:
            return None
        return Export(
            fingerprint=state["fingerprint"],
            graph=contents[_GRAPH],
            tokenizer=contents[_TOKENIZER].decode("utf-8"),
            window=state["window"],
            prompts=state["prompts"],
            precision=state["precision"],
            parity=Parity(**state["parity"]),
        )
    except (OSError, KeyError, TypeError):
        return None


def _usable(folder: Path) -> bool:
    try:
        return _read(folder) is not None
    except NotExportable:
        return True  # that is known, and need not be found out again


def _make(files: ModelFiles, digest: str, folder: Path) -> None:
    """Write an export beside its place and move it there, its manifest written last."""
    part = folder.with_name(_PART + folder.name)
    part.mkdir()
    try:
        state: dict[str, Any] = {"recipe": _RECIPE, "model": files.name, "digest": digest}
        try:
            state |= _exported_into(part, files, digest)
        except NotExportable as reason:
            state["refused"] = str(reason)
        _write_state(part, state)
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _exported_into(part: Path, files: ModelFiles, digest: str) -> dict[str, Any]:
    recipe = read_recipe(files.folder)
    weights = _weights(recipe.folder)
    tokenizer = _tokenizer(recipe)
    original: NDArray[Any] | None = None
    for precision in ("int8", "float32"):
        graph = _graph(recipe, weights, quantised=precision == "int8")
        encoder, prompt = Encoder(graph, tokenizer), recipe.prompts["document"]
        if original is None:  # not before a graph is there: loading a model in torch is slow
            original = original_vectors(files)
        agreed = parity(lambda text, e=encoder, p=prompt: e(p + text), original)  # type: ignore[misc]
        if agreed.mean >= _LEAST_PARITY:
            break
    else:
        raise ModelError(
            f"The export of {files.name} does not compute what the model computes (mean cosine "
            f"{agreed.mean:.3f}, at least {_LEAST_PARITY} is needed): use another model, or "
            "give a --device on which sentence-transformers runs it."
        )
    (part / _GRAPH).write_bytes(graph)
    (part / _TOKENIZER).write_text(tokenizer, encoding="utf-8")
    way = f"int8-{_RECIPE}" if precision == "int8" else precision
    return {
        "fingerprint": f"{files.name}@{digest[:16]}/{way}",
        "precision": precision,
        "window": recipe.window,
        "prompts": dict(recipe.prompts),
        "parity": {"mean": agreed.mean, "least": agreed.least},
        "sha256": {_GRAPH: _sha256(graph), _TOKENIZER: _sha256(tokenizer.encode())},
    }


def _graph(recipe: Recipe, weights: Mapping[str, Any], *, quantised: bool) -> bytes:
    from index.bert import graph_of

    model = graph_of(
        weights,
        recipe.config,
        pooling=recipe.pooling,
        window=recipe.window,
        quantised=quantised,
    )
    try:
        graph: bytes = model.SerializeToString()
    except ValueError as error:  # protobuf's limit of 2 GB
        raise NotExportable("its graph is too large for one file") from error
    return graph


def _weights(folder: Path) -> Mapping[str, Any]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / "model.safetensors"
    if not path.is_file():
        raise NotExportable("its weights are not in one file model.safetensors")
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(
            f"The weights in {path} cannot be read ({error}): fetch them again."
        ) from error
    except (TypeError, KeyError) as error:  # a type of number that numpy does not have
        raise NotExportable(f"its weights are of a type that numpy lacks: {error}") from error


def _tokenizer(recipe: Recipe) -> str:
    """The model's tokenizer as JSON, set to cut texts at the window and to pad nothing."""
    from tokenizers.normalizers import Lowercase, Sequence

    path = recipe.folder / "tokenizer.json"
    try:
        tokenizer = load_tokenizer(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"The model file {path} cannot be read: {error}.") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(recipe.window)
    if recipe.lower:
        also = [tokenizer.normalizer] if tokenizer.normalizer else []
        tokenizer.normalizer = Sequence([Lowercase(), *also])
    json: str = tokenizer.to_str()
    return json


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Wait until no other process exports under `home`, and clear away what a killed one left."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in home.glob(_PART + "*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _remember(folder: Path, origin: str, stamp: list[list[str | int]]) -> None:
    state = _state(folder)
    state["origins"] = {**state.get("origins", {}), origin: stamp}
    _write_state(folder, state)


def _write_state(folder: Path, state: Mapping[str, Any]) -> None:
    new = folder / (_MANIFEST + ".new")
    new.write_text(json.dumps(state, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(folder / _MANIFEST)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
