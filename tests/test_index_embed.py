"""Embedders: their vectors, their tokens, and what they cost to open."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embed import DEFAULT_MODEL, Embedder, FakeEmbedder, open_embedder
from index.errors import ModelError
from index.parity import TEXTS

LONG = "The ferry leaves the eastern quay at noon and comes back before dark. " * 40


@pytest.fixture(params=["real", "fake"])
def any_embedder(request: pytest.FixtureRequest, embedder: Embedder) -> Embedder:
    return embedder if request.param == "real" else FakeEmbedder()


def test_vectors_are_float32_of_unit_length_in_the_order_of_the_texts(
    any_embedder: Embedder,
) -> None:
    texts = ["a ferry", "the harbour board met", "", "quay"]
    vectors = any_embedder.embed(texts)
    assert vectors.shape == (4, any_embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(any_embedder.embed(texts[::-1]), vectors[::-1])


def test_no_texts_make_no_vectors(any_embedder: Embedder) -> None:
    assert any_embedder.embed([]).shape == (0, any_embedder.dimension)


def test_a_text_embeds_to_the_same_bytes_alone_and_among_any_others(embedder: Embedder) -> None:
    together = embedder.embed(TEXTS)
    for size in (1, 3, 8):
        groups = [TEXTS[i : i + size] for i in range(0, len(TEXTS), size)]
        apart = np.concatenate([embedder.embed(group) for group in groups])
        np.testing.assert_array_equal(apart, together)


def test_a_text_embeds_to_the_same_bytes_with_any_number_of_threads(
    embedder: Embedder, model_home: Path
) -> None:
    expected = embedder.embed(TEXTS)
    for threads in (1, 5):
        other = open_embedder(DEFAULT_MODEL, model_home, threads=threads)
        np.testing.assert_array_equal(other.embed(TEXTS), expected)


def test_eight_threads_share_one_embedder(embedder: Embedder) -> None:
    expected = embedder.embed(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(lambda _: embedder.embed(TEXTS), range(8)):
            np.testing.assert_array_equal(vectors, expected)


def test_a_question_that_is_remembered_is_not_changed_by_who_had_it_first(
    embedder: Embedder,
) -> None:
    first = embedder.embed(["Which quay?"], kind="query")
    kept = first.copy()
    first[:] = 0
    again = embedder.embed(["Which quay?"], kind="query")
    among = embedder.embed(["Which quay?", "When?"], kind="query")
    assert again.tobytes() == kept.tobytes() == among[:1].tobytes()


def test_meaning_brings_texts_together(embedder: Embedder) -> None:
    question, near, far = embedder.embed(
        [
            "When does the boat leave?",
            "The ferry departs at noon.",
            "Flour, two eggs and a pinch of salt.",
        ]
    )
    assert question @ near > question @ far + 0.3


def test_what_is_beyond_the_window_changes_nothing(embedder: Embedder) -> None:
    end = embedder.tokens(LONG)[embedder.window - 3][1]
    longer, cut, shorter = embedder.embed([LONG, LONG[:end], LONG[: end - 10]])
    np.testing.assert_array_equal(longer, cut)
    assert not np.array_equal(shorter, cut)


def test_tokens_are_spans_of_the_text_however_long_it_is(embedder: Embedder) -> None:
    text = "🚢 Łódź, naïve ferry"
    spans = embedder.tokens(text)
    assert [text[start:end] for start, end in spans] == ["🚢", "Łódź", ",", "naïve", "ferry"]
    assert len(embedder.tokens(LONG)) == 14 * 40


def test_an_error_in_one_text_reaches_the_caller(embedder: Embedder) -> None:
    with pytest.raises(TypeError):
        embedder.embed(["a", "b", None, "d"])  # type: ignore[list-item]
    assert embedder.embed(["a"]).shape == (1, embedder.dimension)


def test_the_fingerprint_names_model_digest_and_way_but_not_the_name_given(
    embedder: Embedder, model_home: Path
) -> None:
    full = open_embedder(f"sentence-transformers/{DEFAULT_MODEL}", model_home)
    assert full.fingerprint == embedder.fingerprint
    name, digest, way = embedder.fingerprint.replace("@", "/").split("/")
    assert (name, len(digest), way) == (DEFAULT_MODEL, 16, "int8-1")
    assert (embedder.name, embedder.dimension, embedder.window) == (DEFAULT_MODEL, 384, 256)


def test_opening_the_default_model_loads_neither_torch_nor_the_network(model_home: Path) -> None:
    code = (
        "import sys, pathlib; from index.embed import *\n"
        f"open_embedder(DEFAULT_MODEL, pathlib.Path({str(model_home)!r})).embed(['a'])\n"
        "heavy = ['torch', 'transformers', 'sentence_transformers', 'huggingface_hub', 'onnx']\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (found.stdout, found.stderr) == ("[]\n", "")


def test_an_unknown_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no folder"):
        open_embedder("/no/such/model", tmp_path)


def test_the_fake_counts_words_at_their_checksums() -> None:
    # CRC-32: "one" 2053932785, "two" 298486374; modulo 10: 5 and 4.
    vector = FakeEmbedder(dimension=10).embed(["One two, TWO!"])[0]
    expected = np.zeros(10, np.float32)
    expected[5], expected[4] = 1, 2
    np.testing.assert_allclose(vector, expected / 5**0.5, rtol=1e-6)


def test_the_fake_is_the_same_in_every_process() -> None:
    code = "from index.embed import *; print(FakeEmbedder().embed(['a b c']).tobytes().hex())"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.strip() == FakeEmbedder().embed(["a b c"]).tobytes().hex()


def test_the_fakes_tokens_are_words() -> None:
    assert FakeEmbedder().tokens("One, two!") == [(0, 3), (5, 8)]
