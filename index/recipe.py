"""How a model in the layout of sentence-transformers says that it is to be run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from index.errors import ModelError

Pooling = Literal["mean", "cls"]

_POOLINGS: Mapping[str, Pooling] = {
    "mean": "mean",
    "cls": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
}


class NotExportable(Exception):
    """The model cannot run on ONNX here, but sentence-transformers may run it; says in what."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """An encoder, how its tokens become one vector, and what is put before a text.

    `config` is the encoder's own; `window` counts tokens, the special ones included. `prompts` are
    those of a "query" and a "document", empty where the model has none.
    """

    folder: Path
    config: Mapping[str, Any]
    pooling: Pooling
    window: int
    lower: bool
    prompts: Mapping[str, str]


def read_recipe(folder: Path) -> Recipe:
    """The recipe of the model in a folder, by the rules of sentence-transformers 6.

    Raises NotExportable where it has other parts than an encoder with mean or CLS pooling and a
    scaling to unit length, ModelError where a file cannot be read.
    """
    encoder, pooling = _parts(folder)
    config = _object(encoder / "config.json")
    ways = _object(encoder / "sentence_bert_config.json")
    if ways.get("transformer_task", "feature-extraction") != "feature-extraction":
        raise NotExportable(f"its task is {ways['transformer_task']!r}")
    if not (encoder / "tokenizer.json").is_file():
        raise NotExportable("it has no tokenizer.json")
    prompts = _object(folder / "config_sentence_transformers.json").get("prompts") or {}
    kinds = {kind: prompts.get(kind) or "" for kind in ("query", "document")}
    settings = _object(pooling / "config.json") if pooling else {}
    if any(kinds.values()) and not settings.get("include_prompt", True):
        raise NotExportable("its prompts are left out of its pooling")
    return Recipe(
        folder=encoder,
        config=config,
        pooling=_pooling(settings),
        window=_window(encoder, config, ways),
        lower=bool(ways.get("do_lower_case")),
        prompts=kinds,
    )


def _parts(folder: Path) -> tuple[Path, Path | None]:
    """The folders of the encoder and of its pooling, which may have none."""
    modules = _read(folder / "modules.json", [])
    if not modules:
        return folder, None
    try:
        kinds = [module["type"].rpartition(".")[2] for module in modules]
        paths = [folder / module["path"] for module in modules]
    except (TypeError, KeyError) as error:
        raise ModelError(f"The file {folder / 'modules.json'} lists no modules.") from error
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise NotExportable(f"its parts are {', '.join(kinds)}")
    return paths[0], paths[1]


def _pooling(settings: Mapping[str, Any]) -> Pooling:
    named = settings.get("pooling_mode")
    if named is None:
        chosen = [k for k, on in settings.items() if k.startswith("pooling_mode_") and on]
    else:
        chosen = [named] if isinstance(named, str) else list(named)
    if not chosen:
        return "mean"
    if len(chosen) > 1 or chosen[0] not in _POOLINGS:
        raise NotExportable(f"its pooling is {', '.join(chosen)}")
    return _POOLINGS[chosen[0]]


def _window(encoder: Path, config: Mapping[str, Any], ways: Mapping[str, Any]) -> int:
    if ways.get("max_seq_length"):
        return int(ways["max_seq_length"])
    tokenizer = _object(encoder / "tokenizer_config.json")
    limits = [tokenizer.get("model_max_length"), config.get("max_position_embeddings")]
    known = [int(limit) for limit in limits if limit]
    if not known:
        raise NotExportable("it states no longest text")
    return min(known)


def _object(path: Path) -> dict[str, Any]:
    value = _read(path, {})
    if not isinstance(value, dict):
        raise ModelError(f"The model file {path} does not hold a JSON object.")
    return value


def _read(path: Path, absent: Any) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return absent
    except (OSError, ValueError) as error:
        raise ModelError(f"The model file {path} cannot be read: {error}.") from error
