"""Reading: offsets are exact whatever the text, and altered weights are refused."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from qa.errors import ReaderError
from qa.reader.spans import (
    NOTHING,
    WEIGHTS,
    FakeReader,
    Logits,
    OnnxReader,
    SpanReader,
    reading,
)
from qa.reader.windows import Specials, Window

QUESTION = "Who opened the library?"
PASSAGE = "The mayor spoke first. Ann Low opened the library in 1901. It rained all day."
MARKS = Specials(cls=0, sep=1, pad=2)


class Pointing(SpanReader):
    """Logits of 0, save that the token of id 4 ("low") starts and ends the answer with 3."""

    def __init__(self) -> None:
        words = {"[CLS]": 0, "[SEP]": 1, "[PAD]": 2, "[UNK]": 3, "low": 4}
        tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.Lowercase()
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        super().__init__(tokenizer, MARKS, "pointing")
        self.seen: list[Window] = []

    def logits(self, inputs: Sequence[Window]) -> list[Logits]:
        self.seen += inputs
        found: list[Logits] = []
        for item in inputs:
            points = np.array([3.0 if token == 4 else 0.0 for token in item.ids], dtype=np.float32)
            points[0] = 0.5  # the null: 1 in sum
            found.append((points, points, float(points.max())))
        return found


def test_the_margin_is_the_best_span_less_the_null() -> None:
    (found,) = Pointing().read("who", [("", "xx low xx")])
    assert (found.start, found.end) == (3, 6)
    assert found.score == pytest.approx(6 - 1)
    assert found.answerable == pytest.approx(3)


def test_a_passage_of_many_windows_is_read_to_its_end_with_exact_offsets() -> None:
    text = "xx " * 2_000 + "Low " + "xx " * 500
    reader = Pointing()
    (found,) = reader.read("who", [("title", text)])
    assert len(reader.seen) > 8
    assert text[found.start : found.end] == "Low"
    assert len(found.places) == 2_501
    assert np.isfinite(found.starts).all()


def test_a_title_is_no_answer() -> None:
    (found,) = Pointing().read("who", [("low", "xx yy")])
    assert found.score == pytest.approx(0 - 1)


def test_a_reading_within_a_sentence_stays_there() -> None:
    text = "xx low xx. yy yy low."
    (found,) = Pointing().read("who", [("", text)])
    second = found.within(11, len(text))
    assert (second.start, second.end) == (17, 20)
    assert found.within(10, 11).score == NOTHING


def test_a_span_is_never_longer_than_thirty_tokens() -> None:
    places = np.array([[2 * n, 2 * n + 1] for n in range(60)])
    starts = np.zeros(60, dtype=np.float32)
    ends = np.zeros(60, dtype=np.float32)
    starts[5], ends[50], ends[34] = 2.0, 9.0, 1.0
    found = reading(places, starts, ends, 0.0)
    assert found.score == pytest.approx(9)  # from 21 to 50 without the start of 5
    assert found.end == 101
    assert found.end - found.start <= 59


def test_nothing_asked_of_and_nothing_written() -> None:
    assert Pointing().read("who", []) == []
    (found,) = Pointing().read("who", [("low", "")])
    assert (found.start, found.end, found.score, found.answerable) == (0, 0, NOTHING, NOTHING)


def test_the_fake_reader_finds_the_answer_it_knows() -> None:
    right, wrong = FakeReader({"who?": "Ann"}).read("who?", [("", "by Ann"), ("", "by Bob")])
    assert (right.start, right.end, right.score) == (3, 6, 5.0)
    assert (wrong.start, wrong.end, wrong.score) == (0, 0, -5.0)


@pytest.fixture(scope="module")
def shipped() -> OnnxReader:
    return OnnxReader.open(WEIGHTS, threads=1)


def test_the_shipped_reader_finds_the_answer_and_prefers_its_passage(shipped: OnnxReader) -> None:
    other = "The mayor of Hull was ill, and the school stayed closed until the spring of 1911."
    right, wrong = shipped.read(QUESTION, [("", PASSAGE), ("", other)])
    assert PASSAGE[right.start : right.end] == "Ann Low"
    assert right.score > 0
    assert right.score > wrong.score + 2
    spans = [(0, 22), (23, 58), (59, len(PASSAGE))]
    scores = [right.within(*span).score for span in spans]
    assert scores.index(max(scores)) == 1


def test_a_passage_is_read_alike_alone_and_among_others(shipped: OnnxReader) -> None:
    alone = shipped.read(QUESTION, [("Leeds", PASSAGE)])[0]
    among = shipped.read(QUESTION, [("", "xx " * 900), ("Leeds", PASSAGE), ("", "")])[1]
    assert (alone.start, alone.end, alone.score) == (among.start, among.end, among.score)


def test_an_answer_far_beyond_the_first_window_is_found(shipped: OnnxReader) -> None:
    text = "It rained all day and nobody came to the town. " * 60 + PASSAGE
    (found,) = shipped.read(QUESTION, [("", text)])
    assert text[found.start : found.end] == "Ann Low"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=400))
def test_offsets_are_inside_the_passage_and_at_token_borders(
    shipped: OnnxReader, question: str, title: str, text: str
) -> None:
    (found,) = shipped.read(question, [(title, text)])
    assert 0 <= found.start <= found.end <= len(text)
    if len(found.places):
        assert found.start < found.end
        assert found.start in found.places[:, 0]
        assert found.end in found.places[:, 1]
    for low in range(0, len(text), 50):
        part = found.within(low, low + 50)
        assert part.score == NOTHING or low <= part.start < part.end <= low + 50


def test_offsets_hold_in_other_scripts_and_lone_surrogates(shipped: OnnxReader) -> None:
    for text in (
        "Москва стала столицей в 1918 году.",
        "東京は日本の首都です。",
        "é\u0301 \ud800 ok",
    ):
        (found,) = shipped.read(QUESTION, [("", text)])
        assert 0 <= found.start < found.end <= len(text)


def test_a_thousand_passages_keep_their_order(shipped: OnnxReader) -> None:
    passages = [("", f"Ann {n}.") for n in range(1_000)]
    found = shipped.read("Who?", passages)
    assert len(found) == 1_000
    assert [r.places[-1, 1] for r in found] == [len(text) for _, text in passages]


def copied(folder: Path) -> Path:
    for name in ("model.onnx", "tokenizer.json", "manifest.json"):
        (folder / name).write_bytes((WEIGHTS / name).read_bytes())
    return folder


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    data = bytearray((folder / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.onnx").write_bytes(bytes(data))
    with pytest.raises(ReaderError, match=r"model\.onnx is altered"):
        OnnxReader.open(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "manifest.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path)
    (folder / name).unlink()
    with pytest.raises(ReaderError, match=name):
        OnnxReader.open(folder)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"files": {}, "window": 320, "version": "1"}'])
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    folder = copied(tmp_path)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReaderError):
        OnnxReader.open(folder)


def test_a_model_of_another_window_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "window": 512}))
    with pytest.raises(ReaderError, match="512"):
        OnnxReader.open(folder)


def test_the_card_names_the_digest_that_ships() -> None:
    manifest = json.loads((WEIGHTS / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"]["model.onnx"] in (WEIGHTS / "card.md").read_text(encoding="utf-8")
