"""What the files of a model say about how it is run."""

import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import ModelError
from index.models import DEFAULT_MODEL, locate
from index.recipe import NotExportable, read_recipe

PARTS = ["Transformer", "Pooling", "Normalize"]


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    parts = [
        {"path": "" if n == 0 else f"{n}_{kind}", "type": f"sentence_transformers.models.{kind}"}
        for n, kind in enumerate(PARTS)
    ]
    write(tmp_path / "modules.json", parts)
    write(tmp_path / "config.json", {"model_type": "bert", "max_position_embeddings": 512})
    write(tmp_path / "tokenizer.json", {})
    write(tmp_path / "1_Pooling" / "config.json", {"pooling_mode_mean_tokens": True})
    return tmp_path


def test_the_default_model_is_read_as_published() -> None:
    recipe = read_recipe(locate(DEFAULT_MODEL).folder)
    assert (recipe.pooling, recipe.window, recipe.lower) == ("mean", 256, False)
    assert recipe.prompts == {"query": "", "document": ""}


@pytest.mark.parametrize(
    ("settings", "pooling"),
    [
        ({}, "mean"),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "cls"),
        ({"pooling_mode": "cls"}, "cls"),
        ({"pooling_mode": ["mean"]}, "mean"),
    ],
)
def test_pooling_is_read_in_its_old_and_its_new_form(
    folder: Path, settings: dict[str, Any], pooling: str
) -> None:
    write(folder / "1_Pooling" / "config.json", settings)
    assert read_recipe(folder).pooling == pooling


@pytest.mark.parametrize(
    ("file", "value", "reason"),
    [
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}, "max"),
        ("1_Pooling/config.json", {"pooling_mode": ["mean", "cls"]}, "mean, cls"),
        ("sentence_bert_config.json", {"transformer_task": "fill-mask"}, "fill-mask"),
        (
            "modules.json",
            [{"path": k, "type": f"x.{k}"} for k in ("Transformer", "Pooling", "Dense")],
            "Dense",
        ),
    ],
)
def test_what_the_graph_cannot_do_is_named(
    folder: Path, file: str, value: Any, reason: str
) -> None:
    write(folder / file, value)
    with pytest.raises(NotExportable, match=reason):
        read_recipe(folder)


def test_a_model_without_a_fast_tokenizer_is_not_exported(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(NotExportable, match=r"tokenizer\.json"):
        read_recipe(folder)


def test_the_window_is_the_stated_one_or_the_smallest_limit(folder: Path) -> None:
    assert read_recipe(folder).window == 512
    write(folder / "tokenizer_config.json", {"model_max_length": 384})
    assert read_recipe(folder).window == 384
    write(folder / "sentence_bert_config.json", {"max_seq_length": 128})
    assert read_recipe(folder).window == 128


def test_prompts_are_read_unless_pooling_leaves_them_out(folder: Path) -> None:
    write(folder / "config_sentence_transformers.json", {"prompts": {"query": "find: "}})
    assert read_recipe(folder).prompts == {"query": "find: ", "document": ""}
    write(folder / "1_Pooling" / "config.json", {"include_prompt": False})
    with pytest.raises(NotExportable, match="prompts"):
        read_recipe(folder)


@pytest.mark.parametrize("file", ["config.json", "modules.json"])
def test_a_damaged_file_is_named(folder: Path, file: str) -> None:
    (folder / file).write_text("{")
    with pytest.raises(ModelError, match=file):
        read_recipe(folder)


def test_modules_that_are_no_modules_are_an_error(folder: Path) -> None:
    write(folder / "modules.json", ["Transformer"])
    with pytest.raises(ModelError, match="lists no modules"):
        read_recipe(folder)
