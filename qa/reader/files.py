"""The files of a reader of our own: all there, unaltered, and a network of the right shape."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import ReaderError
from qa.reader.windows import WINDOW

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
OUTPUTS = ["start", "end", "answerable"]


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a reader; raises ReaderError where it is none, or of another kind."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        files = dict(manifest["files"])
        sound = all(isinstance(d, str) and Path(n).name == n for n, d in files.items())
        window, _ = manifest["window"], manifest["version"]
    except OSError as error:
        raise ReaderError(
            f"The reader's manifest {path} cannot be read ({error.strerror}); "
            "install the package again or name a folder that holds a reader."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ReaderError(f"{path} is not a reader's manifest; export the reader again.") from error
    if not sound or not {"model.onnx", "tokenizer.json"} <= set(files):
        raise ReaderError(
            f"{path} is not a reader's manifest: it must name model.onnx and tokenizer.json, each "
            "with its SHA-256; export the reader again."
        )
    if window != WINDOW:
        raise ReaderError(
            f"The reader in {folder} was made for windows of {window} tokens and this version "
            f"reads {WINDOW}; export the reader again."
        )
    return manifest  # type: ignore[no-any-return]


def checked(path: Path, digest: str) -> None:
    """Raise ReaderError where a file cannot be read or its SHA-256 is not the one given."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ReaderError(
            f"The reader's file {path} cannot be read ({error.strerror}); "
            "install the package again."
        ) from error
    if found != digest:
        raise ReaderError(
            f"{path} is altered: its SHA-256 begins {found[:12]} and the manifest says "
            f"{digest[:12]}; install the package again."
        )


def session_of(path: Path) -> "InferenceSession":
    """Open the network, for one core; raises ReaderError where it is none, or of another shape."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's share no narrower base
        raise ReaderError(f"{path} is not a model that onnxruntime can load: {error}") from error
    inputs = {item.name for item in session.get_inputs()}
    outputs = {item.name for item in session.get_outputs()}
    if inputs != INPUTS or not set(OUTPUTS) <= outputs:
        raise ReaderError(
            f"{path} is of another shape: it takes {sorted(inputs)} and gives {sorted(outputs)}, "
            f"not {sorted(INPUTS)} and {OUTPUTS}."
        )
    return session
