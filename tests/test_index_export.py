"""Exports: made once, whole or not at all, and made again where damaged."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from index.embed import DEFAULT_MODEL, Embedder, open_embedder
from index.errors import ModelError, StoreError
from index.export import Export, exported
from index.models import ModelFiles, locate
from index.recipe import NotExportable

QUESTION = ["Who paid for the quay?"]


@pytest.fixture
def home(embedder: Embedder, model_home: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own with the default model's export in it."""
    shutil.copytree(model_home, tmp_path / "data")
    return tmp_path / "data"


def export_folder(home: Path) -> Path:
    (manifest,) = (home / "models").glob("*/manifest.json")
    return manifest.parent


def reading_is_a_failure(_: ModelFiles) -> str:
    raise AssertionError("the weights were read")


def default(home: Path) -> Export:
    return exported(locate(DEFAULT_MODEL), home)


def test_the_default_models_export_is_8_bit_and_near_its_original(home: Path) -> None:
    export = default(home)
    assert export.precision == "int8"
    assert 0.99 < export.parity.mean < 0.999
    assert export.parity.least > 0.95
    assert len(export.graph) < 25_000_000


def test_an_export_is_found_without_reading_the_model_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ModelFiles, "digest", reading_is_a_failure)
    before = export_folder(home).stat().st_mtime_ns
    default(home)
    assert export_folder(home).stat().st_mtime_ns == before


def test_a_copy_of_the_model_elsewhere_shares_the_export(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / DEFAULT_MODEL
    shutil.copytree(locate(DEFAULT_MODEL).folder, copy)
    assert exported(locate(str(copy)), home) == default(home)
    origins = json.loads((export_folder(home) / "manifest.json").read_text())["origins"]
    assert set(origins) == {str(copy.resolve()), str(locate(DEFAULT_MODEL).folder.resolve())}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.onnx", b"another graph"),
        ("tokenizer.json", b"{}"),
        ("manifest.json", b"{"),
        ("manifest.json", b'{"recipe": 0}'),
        ("manifest.json", b'{"recipe": 1}'),
        ("model.onnx", None),
    ],
)
def test_a_damaged_export_is_made_again(home: Path, file: str, content: bytes | None) -> None:
    folder = export_folder(home)
    whole = default(home)
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    assert default(home) == whole
    assert default(home).graph == (folder / "model.onnx").read_bytes()


def test_an_export_is_the_same_bytes_every_time(home: Path, tmp_path: Path) -> None:
    assert default(tmp_path / "other") == default(home)


def test_an_export_killed_at_any_moment_leaves_nothing_that_counts(
    home: Path, tmp_path: Path
) -> None:
    code = (
        "import pathlib, sys; from index.embed import *\n"
        "open_embedder(DEFAULT_MODEL, pathlib.Path(sys.argv[1]))"
    )
    data = tmp_path / "killed"
    for delay in (0.2, 0.5, 0.8, 1.1):
        child = subprocess.Popen([sys.executable, "-c", code, str(data)])
        time.sleep(delay)
        child.kill()
        child.wait()
        for manifest in data.glob("models/[!.]*/manifest.json"):
            assert default(data) == default(home), manifest
    assert default(data) == default(home)
    assert sorted(p.name for p in (data / "models").iterdir()) == sorted(
        [export_folder(data).name, "lock"]
    )


def test_two_processes_that_export_at_once_both_get_it(home: Path, tmp_path: Path) -> None:
    code = (
        "import pathlib, sys; from index.embed import *\n"
        "e = open_embedder(DEFAULT_MODEL, pathlib.Path(sys.argv[1]))\n"
        f"print(e.embed({QUESTION!r}).tobytes().hex())"
    )
    data = str(tmp_path / "both")
    children = [
        subprocess.Popen([sys.executable, "-c", code, data], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    expected = open_embedder(DEFAULT_MODEL, home).embed(QUESTION).tobytes().hex()
    assert [child.communicate()[0].strip() for child in children] == [expected, expected]
    assert [child.returncode for child in children] == [0, 0]


def test_an_8_bit_export_too_far_from_its_original_gives_way_to_32_bits(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.export._LEAST_PARITY", 0.9999)
    export = default(tmp_path / "strict")
    assert export.precision == "float32"
    assert export.parity.least > 0.99999
    assert export.fingerprint.endswith("/float32")
    assert export.fingerprint != default(home).fingerprint


def test_an_export_that_does_not_compute_the_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.export._LEAST_PARITY", 1.1)
    with pytest.raises(ModelError, match=r"does not compute what the model computes"):
        default(tmp_path)
    assert [p.name for p in (tmp_path / "models").iterdir()] == ["lock"]


def test_altered_weights_are_never_exported(tmp_path: Path) -> None:
    folder = tmp_path / "altered"
    shutil.copytree(locate(DEFAULT_MODEL).folder, folder)
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, os.SEEK_END)
        weights.write(b"\x7f")
    files = ModelFiles(DEFAULT_MODEL, folder, locate(DEFAULT_MODEL).pinned)
    with pytest.raises(ModelError, match="not the published ones"):
        exported(files, tmp_path / "data")
    assert not (tmp_path / "data" / "models").exists()


def test_a_model_that_changed_in_its_folder_is_exported_anew(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / DEFAULT_MODEL
    shutil.copytree(locate(DEFAULT_MODEL).folder, copy)
    files = ModelFiles(DEFAULT_MODEL, copy, locate(DEFAULT_MODEL).pinned)
    before = exported(files, home)
    (copy / "sentence_bert_config.json").write_text('{"max_seq_length": 128}')
    after = exported(files, home)
    assert (before.window, after.window) == (256, 128)
    assert before.fingerprint != after.fingerprint


def test_that_a_model_cannot_be_exported_is_remembered(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    shutil.copytree(locate(DEFAULT_MODEL).folder, other)
    tiny = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
    small = {**tiny, "num_attention_heads": 2, "vocab_size": 64}
    (other / "config.json").write_text(json.dumps({"model_type": "llama", **small}))
    with pytest.raises(NotExportable, match="llama"):
        exported(locate(str(other)), home)
    monkeypatch.setattr(ModelFiles, "digest", reading_is_a_failure)
    with pytest.raises(NotExportable, match="llama"):
        exported(locate(str(other)), home)
    states = [json.loads(p.read_text()) for p in (home / "models").glob("*/manifest.json")]
    assert [state["refused"] for state in states if "refused" in state] == [
        "its architecture is 'llama'"
    ]


def test_unreadable_weights_are_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(locate(DEFAULT_MODEL).folder, broken)
    (broken / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read"):
        exported(locate(str(broken)), tmp_path / "data")
    assert [p.name for p in (tmp_path / "data" / "models").iterdir()] == ["lock"]


def test_a_data_folder_that_can_only_be_read_is_enough_once_the_export_is_there(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / DEFAULT_MODEL
    shutil.copytree(locate(DEFAULT_MODEL).folder, copy)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)  # the superuser may write anywhere
    assert exported(locate(str(copy)), home).fingerprint == default(home).fingerprint


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        default(tmp_path / "data")


def test_vectors_of_one_text_do_not_depend_on_how_long_others_are(home: Path) -> None:
    embedder = open_embedder(DEFAULT_MODEL, home)
    among = embedder.embed([*QUESTION, "quay " * 250])[0]
    np.testing.assert_array_equal(among, embedder.embed(QUESTION)[0])
