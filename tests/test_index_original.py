"""Exports and sentence-transformers beside each other, on the default model and on made ones."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embed import DEFAULT_MODEL, Embedder, OnnxEmbedder, open_embedder
from index.errors import ModelError
from index.models import locate
from index.original import TorchEmbedder
from index.parity import TEXTS, original_vectors

NEWS = [
    "The harbour board met on Tuesday to hear why the new terminal has cost twice as much.",
    "Passengers who had bought season tickets may ask for their money back until May 31.",
    "Gusts of 70 km/h are expected on the coast, and snow above 900 metres.",
    "The minister resigned on Monday. No reason was given; her deputy, 41, takes over.",
]
SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 66,
    "vocab_size": 30522,
}


@pytest.fixture(scope="module")
def original() -> TorchEmbedder:
    return TorchEmbedder(locate(DEFAULT_MODEL))


def made_model(
    folder: Path,
    *,
    family: str = "bert",
    pooling: str = "mean",
    prompts: dict[str, str] | None = None,
    more: Sequence[str] = (),
) -> Path:
    """A small model with random weights and the default model's vocabulary."""
    import torch
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    config = AutoConfig.for_model(family, **SMALL)
    AutoModel.from_config(config).save_pretrained(folder)  # type: ignore[no-untyped-call]
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(locate(DEFAULT_MODEL).folder / name, folder)
    kinds = ["Transformer", "Pooling", *more]
    parts = [
        {
            "idx": n,
            "name": str(n),
            "path": f"{n}_{kind}" if n else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for n, kind in enumerate(kinds)
    ]
    write(folder / "modules.json", parts)
    write(folder / "sentence_bert_config.json", {"max_seq_length": 64, "do_lower_case": False})
    settings = {"word_embedding_dimension": 32, f"pooling_mode_{pooling}": True}
    write(folder / "1_Pooling" / "config.json", settings)
    write(folder / "config_sentence_transformers.json", {"prompts": prompts or {}})
    return folder


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def cosines(one: Any, other: Any) -> Any:
    return np.einsum("td,td->t", one, other)


def test_the_known_vectors_are_those_of_sentence_transformers(original: TorchEmbedder) -> None:
    known = original_vectors(locate(DEFAULT_MODEL))
    np.testing.assert_allclose(known, original.embed(TEXTS), atol=3e-4)  # kept as float16


def test_the_8_bit_export_agrees_with_the_original_on_texts_not_used_to_check_it(
    original: TorchEmbedder, embedder: Embedder
) -> None:
    found = cosines(embedder.embed(NEWS), original.embed(NEWS))
    assert found.mean() > 0.99
    assert found.min() > 0.985


def test_both_embedders_see_the_same_tokens_and_window(
    original: TorchEmbedder, embedder: Embedder
) -> None:
    for text in TEXTS:
        assert list(original.tokens(text)) == list(embedder.tokens(text))
    assert (original.window, original.dimension) == (embedder.window, embedder.dimension)


def test_the_originals_fingerprint_says_that_it_computes_otherwise(
    original: TorchEmbedder, embedder: Embedder
) -> None:
    assert original.fingerprint.partition("/")[0] == embedder.fingerprint.partition("/")[0]
    assert original.fingerprint.endswith("/float32")


def test_the_original_embeds_nothing_and_an_empty_text(original: TorchEmbedder) -> None:
    assert original.embed([]).shape == (0, 384)
    assert abs(np.linalg.norm(original.embed([""])) - 1) < 1e-6


@pytest.mark.parametrize(
    ("family", "pooling"),
    [("bert", "cls_token"), ("roberta", "mean_tokens"), ("xlm-roberta", "cls_token")],
)
def test_other_families_and_poolings_are_exported_and_agree(
    tmp_path: Path, family: str, pooling: str
) -> None:
    folder = made_model(tmp_path / "made", family=family, pooling=pooling)
    found = open_embedder(str(folder), tmp_path)
    assert isinstance(found, OnnxEmbedder)
    reference = TorchEmbedder(locate(str(folder)))
    texts = [*TEXTS, "quay " * 90]
    assert cosines(found.embed(texts), reference.embed(texts)).min() > 0.98
    assert found.window == reference.window == 64


def test_prompts_are_put_before_questions_and_documents(tmp_path: Path) -> None:
    prompts = {"query": "find this: ", "document": "the text: "}
    folder = made_model(tmp_path / "made", pooling="mean_tokens", prompts=prompts)
    found, reference = open_embedder(str(folder), tmp_path), TorchEmbedder(locate(str(folder)))
    for kind in ("query", "document"):
        agreed = cosines(found.embed(NEWS, kind=kind), reference.embed(NEWS, kind=kind))
        assert agreed.min() > 0.98
    assert not np.array_equal(found.embed(NEWS, kind="query"), found.embed(NEWS))
    assert found.window == reference.window == 64 - 3  # "the", "text", ":"


def test_a_model_with_other_parts_is_run_by_sentence_transformers(tmp_path: Path) -> None:
    folder = made_model(tmp_path / "made", pooling="mean_tokens", more=["Dense"])
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense

    (folder / "2_Dense").mkdir()
    Dense(32, 16).save(str(folder / "2_Dense"))
    found = open_embedder(str(folder), tmp_path)
    assert isinstance(found, TorchEmbedder)
    assert found.dimension == 16
    expected = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(
        NEWS, normalize_embeddings=True, show_progress_bar=False
    )
    np.testing.assert_allclose(found.embed(NEWS), expected, atol=1e-5)


def test_a_device_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(ModelError, match="'cuda:99'") as caught:
        TorchEmbedder(locate(DEFAULT_MODEL), device="cuda:99")
    assert "\n" not in str(caught.value)


def test_loading_the_original_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    TorchEmbedder(locate(DEFAULT_MODEL))
    assert capfd.readouterr() == ("", "")
