"""Whatever a reader is given, it says one clear sentence or gives exact offsets."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from index.types import Chunk, Passage, Span
from qa.errors import ReaderError
from qa.evidence import EvidenceSettings, rank, sentences_of
from qa.reader.spans import NOTHING, WEIGHTS, Logits, OnnxReader, SpanReader
from qa.reader.windows import WINDOW, Specials, Window, encodable, open_tokenizer

QUESTION = "Who opened the library?"


class Pointing(SpanReader):
    """Points at the word "low" wherever it stands, 2 above the null."""

    def __init__(self) -> None:
        words = {"[CLS]": 0, "[SEP]": 1, "[PAD]": 2, "[UNK]": 3, "low": 4}
        tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.Lowercase()
        tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        super().__init__(tokenizer, Specials(cls=0, sep=1, pad=2), "pointing")

    def logits(self, inputs: Sequence[Window]) -> list[Logits]:
        points = [np.array([i == 4 for i in item.ids], dtype=np.float32) for item in inputs]
        return [(each, each, 0.0) for each in points]


@pytest.fixture(scope="module")
def shipped() -> OnnxReader:
    return OnnxReader.open(WEIGHTS, threads=1)


def folder_of(folder: Path, network: bytes, tokenizer: bytes = b"") -> Path:
    """A reader's folder with this network, and a manifest that vouches for both files."""
    held = {
        "model.onnx": network,
        "tokenizer.json": tokenizer or (WEIGHTS / "tokenizer.json").read_bytes(),
    }
    for name, data in held.items():
        (folder / name).write_bytes(data)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    manifest = {"files": digests, "window": WINDOW, "version": "made"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def network(inputs: Sequence[str], outputs: Sequence[str], *, rows: int | None = None) -> bytes:
    """A network whose logits are the token ids, or numbers looked up in a table of `rows`."""
    kinds = onnx.TensorProto
    given = [
        onnx.helper.make_tensor_value_info(name, kinds.INT64, ["batch", "tokens"])
        for name in inputs
    ]
    shapes: dict[str, list[Any]] = {"answerable": ["batch"]}
    gives = [
        onnx.helper.make_tensor_value_info(name, kinds.FLOAT, shapes.get(name, ["batch", "tokens"]))
        for name in outputs
    ]
    table = onnx.numpy_helper.from_array(np.zeros(rows or 1, dtype=np.float32), "table")
    first = onnx.numpy_helper.from_array(np.zeros(1, dtype=np.int64), "first")
    if rows is None:
        nodes = [onnx.helper.make_node("Cast", [inputs[0]], ["logits"], to=kinds.FLOAT)]
    else:
        nodes = [onnx.helper.make_node("Gather", ["table", inputs[0]], ["logits"])]
    nodes.append(onnx.helper.make_node("ReduceMax", ["logits"], ["most"], axes=[1], keepdims=0))
    nodes += [
        onnx.helper.make_node("Identity", ["most" if name == "answerable" else "logits"], [name])
        for name in outputs
    ]
    graph = onnx.helper.make_graph(nodes, "made", given, gives, [table, first])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    return bytes(model.SerializeToString())


RIGHT_INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
RIGHT_OUTPUTS = ["start", "end", "answerable"]


def refused(folder: Path) -> str:
    with pytest.raises(ReaderError) as caught:
        OnnxReader.open(folder).read(QUESTION, [("", "Ann Low opened it.")])
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_network_of_the_right_shape_is_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, network(RIGHT_INPUTS, RIGHT_OUTPUTS))
    (found,) = OnnxReader.open(folder).read(QUESTION, [("", "Ann Low opened it.")])
    assert 0 <= found.start < found.end <= 18


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    assert "is not a model" in refused(folder_of(tmp_path, b"nothing"))


def test_a_network_with_other_inputs_or_outputs_is_refused(tmp_path: Path) -> None:
    for inputs, outputs in (
        (["input_ids"], RIGHT_OUTPUTS),
        (RIGHT_INPUTS, ["start_logits", "end_logits"]),
        (RIGHT_INPUTS, ["start", "end"]),
    ):
        assert "another shape" in refused(folder_of(tmp_path, network(inputs, outputs)))


def test_a_network_that_knows_fewer_tokens_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, network(RIGHT_INPUTS, RIGHT_OUTPUTS, rows=10))
    assert "another shape" in refused(folder)


def test_a_network_that_gives_one_logit_for_all_tokens_is_refused(tmp_path: Path) -> None:
    graph = onnx.load_from_string(network(RIGHT_INPUTS, RIGHT_OUTPUTS))
    for node in graph.graph.node:
        if node.op_type == "Identity" and node.output[0] == "start":
            node.input[0] = "most"
    graph.graph.output[0].type.tensor_type.shape.dim.pop()
    assert "another shape" in refused(folder_of(tmp_path, graph.SerializeToString()))


@pytest.mark.parametrize("held", [b"nothing", b"{}"])
def test_a_file_that_is_no_tokenizer_is_refused(tmp_path: Path, held: bytes) -> None:
    folder = folder_of(tmp_path, network(RIGHT_INPUTS, RIGHT_OUTPUTS), held)
    assert "tokenizer.json" in refused(folder)


def test_a_tokenizer_of_another_family_is_refused(tmp_path: Path) -> None:
    other = Tokenizer(models.WordLevel({"<s>": 0}, unk_token="<s>")).to_str().encode()
    folder = folder_of(tmp_path, network(RIGHT_INPUTS, RIGHT_OUTPUTS), other)
    assert "[CLS]" in refused(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_one_bit_changed_in_any_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path, network(RIGHT_INPUTS, RIGHT_OUTPUTS))
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 3] ^= 1
    (folder / name).write_bytes(bytes(data))
    assert f"{name} is altered" in refused(folder)


@pytest.mark.parametrize(
    "files",
    [[], "model.onnx", {"model.onnx": "0"}, {"model.onnx": None, "tokenizer.json": None}],
)
def test_a_manifest_that_vouches_for_nothing_is_refused(tmp_path: Path, files: Any) -> None:
    folder = folder_of(tmp_path, network(RIGHT_INPUTS, RIGHT_OUTPUTS))
    manifest = {"files": files, "window": WINDOW, "version": "made"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert str(folder) in refused(folder)


def test_a_manifest_names_no_file_outside_its_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, network(RIGHT_INPUTS, RIGHT_OUTPUTS))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["../secret"] = "0"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "is not a reader's manifest" in refused(folder)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.integers(1, 12), st.integers(1, 12))
def test_a_word_among_any_characters_is_found_where_it_stands(
    before: str, after: str, more: int, most: int
) -> None:
    text = f"{(before + ' ') * more}low {(after + ' ') * most}"
    (found,) = Pointing().read("who?", [("", text)])
    assert text[found.start : found.end].lower() == "low"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_every_token_of_the_shipped_reader_shows_the_text_that_it_came_from(text: str) -> None:
    tokenizer, _ = open_tokenizer(WEIGHTS / "tokenizer.json")
    encoded = tokenizer.encode(encodable(text), add_special_tokens=False)
    for token, (start, end) in zip(encoded.tokens, encoded.offsets, strict=True):
        assert 0 <= start < end <= len(text)
        if token != "[UNK]":
            shown = tokenizer.normalizer.normalize_str(encodable(text[start:end]))
            assert token.removeprefix("##") in shown


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_the_span_of_the_evidence_is_the_articles_own_text(before: str, after: str) -> None:
    article = f"{before} low {after}"
    first = min(3, len(before))
    chunk = Chunk("c", "a", 0, first, len(article))
    passage = Passage(chunk, "a", "", "", None, article[first:], 0.0)
    (item,) = rank(
        "who?",
        sentences_of([passage], lambda _: [Span(first, len(article))]),
        weights={},
        similarity=lambda _, texts: np.zeros(len(texts)),
        readings={"c": Pointing().read("who?", [("", passage.text)])[0]},
        settings=EvidenceSettings(),
    )
    assert item.span is not None
    assert article[item.span.start : item.span.end].lower() == "low"


LONG = "It rained all day and nobody came to the town. " * 200


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        LONG.replace(" ", ""),  # one word of 7,600 letters
        "東京は日本の首都です。" * 300,
        "Москва стала столицей в 1918 году. " * 80,
        "القمة تعقد في هانوي يوم الأربعاء. " * 80,
        "👩‍👩‍👧‍👦 e\u0301\u0327 \u202e\u200b" * 100,
        "\x00\x07\ud800" * 200,
    ],
)
def test_long_passages_of_any_script_keep_their_offsets(shipped: OnnxReader, text: str) -> None:
    (found,) = shipped.read(QUESTION, [("", text)])
    assert 0 <= found.start <= found.end <= len(text)
    assert (found.start < found.end) == bool(len(found.places))
    assert (np.diff(found.places[:, 0]) >= 0).all()
    assert np.isfinite(found.starts).all()
    assert (found.starts > NOTHING).all()


def test_empty_passages_among_others_take_nobodys_place(shipped: OnnxReader) -> None:
    texts = ["", "Ann Low opened it.", " ", "\n", "Bob Hill closed it.", ""]
    found = shipped.read(QUESTION, [("Library", text) for text in texts])
    assert [r.score == NOTHING for r in found] == [not text.strip() for text in texts]
    assert texts[1][found[1].start : found[1].end] == "Ann Low"


def test_a_question_without_a_token_is_read_all_the_same(shipped: OnnxReader) -> None:
    for question in ("", "\x00", "\u200b"):
        (found,) = shipped.read(question, [("", "Ann Low opened it.")])
        assert 0 <= found.start < found.end <= 18
