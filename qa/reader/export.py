"""Write a trained network as the reader that ships: `python -m qa.reader.export NET... --out DIR`.

Int8 weights per output channel: per tensor the encoder's cosine to fp32 fell from .994 to .951.
Several networks are averaged first. Torch and onnx are needed here only.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
import warnings
from pathlib import Path

from qa.reader.net import ReaderNet, load
from qa.reader.windows import OVERLAP, WINDOW

_FILES = ("model.onnx", "tokenizer.json")
_INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
_OUTPUTS = ["start", "end", "answerable"]
OPSET = 17


def write_onnx(net: ReaderNet, path: Path) -> None:
    """The network in fp32 as ONNX, batch and length dynamic."""
    import torch

    example = torch.ones(2, 16, dtype=torch.long)
    axes = {name: {0: "batch", 1: "length"} for name in [*_INPUTS, "start", "end"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's, about an exporter not yet removed
        torch.onnx.export(
            net.eval().float(),
            (example, example, example),
            str(path),
            input_names=_INPUTS,
            output_names=_OUTPUTS,
            dynamic_axes={**axes, "answerable": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )


def export(net: ReaderNet, tokenizer: Path, out: Path, *, version: str) -> None:
    """Write `model.onnx`, `tokenizer.json` and, last, `manifest.json` with their digests."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        write_onnx(net, full)
        quantize_dynamic(full, out / "model.onnx", per_channel=True, weight_type=QuantType.QInt8)
    shutil.copyfile(tokenizer, out / "tokenizer.json")
    manifest = {
        "version": version,
        "files": {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in _FILES},
        "outputs": _OUTPUTS,
        "window": WINDOW,
        "overlap": OVERLAP,
        "null": "start[0] + end[0] of the window; the margin is the best span's sum less it",
    }
    text = json.dumps(manifest, indent=1) + "\n"
    (out / "manifest.json").write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m qa.reader.export", description=__doc__)
    parser.add_argument("nets", type=Path, nargs="+", help="net.pt files, averaged")
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    given = parser.parse_args(arguments)
    export(load(given.nets), given.tokenizer, given.out, version=given.version)


if __name__ == "__main__":
    main()
