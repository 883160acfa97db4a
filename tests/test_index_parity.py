"""The comparison of an export with its original, by hand."""

import numpy as np

from index.parity import TEXTS, parity


def test_there_are_64_texts_of_many_lengths_and_no_two_alike() -> None:
    assert len(set(TEXTS)) == len(TEXTS) == 64
    words = sorted(len(text.split()) for text in TEXTS)
    assert words[0] == 0
    assert words[-1] > 200


def test_parity_is_the_mean_and_the_least_cosine() -> None:
    original = np.tile(np.array([1, 0], np.float32), (64, 1))
    other = {TEXTS[3]: np.array([0.6, 0.8], np.float32)}
    found = parity(lambda text: other.get(text, original[0]), original)
    np.testing.assert_allclose([found.mean, found.least], [63.6 / 64, 0.6], rtol=1e-6)
