"""The graph's arithmetic of weights, by hand."""

import numpy as np
import pytest

from index.bert import _without_saturation, graph_of
from index.recipe import NotExportable

CONFIG = {"model_type": "bert", "hidden_size": 4, "num_attention_heads": 2, "num_hidden_layers": 0}


def test_two_neighbouring_weights_never_saturate_16_bits() -> None:
    weight = np.random.default_rng(0).normal(size=(385, 64)).astype(np.float32)
    integers = _without_saturation(weight)[0].astype(int)
    pairs = 255 * (integers[:-1:2].clip(0) + integers[1::2].clip(0))
    assert pairs.max() <= 32767
    assert (255 * (integers[:-1:2].clip(None, 0) + integers[1::2].clip(None, 0))).min() >= -32768


def test_weights_are_rounded_to_the_nearest_step_of_their_output() -> None:
    weight = np.array([[1.27, 0], [-0.5, 0]], np.float32)
    integers, scale = _without_saturation(weight)
    np.testing.assert_allclose(scale, [0.01, 1], rtol=1e-6)  # of opposite signs: no pair to limit
    np.testing.assert_array_equal(integers, [[127, 0], [-50, 0]])
    integers, scale = _without_saturation(np.array([[0.97], [0.3]], np.float32))
    np.testing.assert_allclose(scale, [0.01], rtol=1e-6)  # of one sign: .97 + .30 is 127 steps
    np.testing.assert_array_equal(integers, [[97], [30]])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"model_type": "mpnet"}, "mpnet"),
        ({"hidden_act": "relu"}, "relu"),
        ({"is_decoder": True}, "is_decoder"),
        ({"position_embedding_type": "relative_key"}, "relative_key"),
        ({}, "word embeddings"),
    ],
)
def test_other_architectures_are_refused(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(NotExportable, match=reason):
        graph_of({}, {**CONFIG, **changed}, pooling="mean", window=8, quantised=True)


def test_a_window_beyond_the_positions_is_refused() -> None:
    weights = {
        "embeddings.word_embeddings.weight": np.ones((3, 4), np.float32),
        "embeddings.position_embeddings.weight": np.ones((7, 4), np.float32),
    }
    with pytest.raises(NotExportable, match="7 positions for a window of 8"):
        graph_of(weights, CONFIG, pooling="mean", window=8, quantised=False)


def test_missing_weights_are_named() -> None:
    weights = {"embeddings.word_embeddings.weight": np.ones((3, 4), np.float32)}
    with pytest.raises(NotExportable, match="position_embeddings"):
        graph_of(weights, CONFIG, pooling="mean", window=8, quantised=True)
