"""The measures of the reader, against hand arithmetic."""

import json
from pathlib import Path

import numpy as np
import pytest

from qa.reader.scores import auc, exact, f1, interval, measure, read_questions
from qa.reader.spans import FakeReader


def test_articles_case_and_punctuation_do_not_count() -> None:
    assert exact("The Eiffel Tower!", "eiffel tower") == 1
    assert exact("Eiffel", "eiffel tower") == 0


def test_f1_is_the_harmonic_mean_of_shared_words() -> None:
    assert f1("red big house", "big house") == pytest.approx(2 * 2 / 5)
    assert f1("garden", "house") == 0
    assert f1("", "the") == 1


def test_auc_counts_pairs_and_half_a_tie() -> None:
    # Pairs: 3>1, 3>2, 2>1, 2=2 of four.
    assert auc(np.array([3.0, 2.0]), np.array([1.0, 2.0])) == pytest.approx(3.5 / 4)


def test_an_interval_holds_its_value_and_repeats() -> None:
    sample = np.arange(100, dtype=np.float64)
    one = interval(lambda s: float(s.mean()), sample)
    assert one.low < one.value == 49.5 < one.high
    assert one == interval(lambda s: float(s.mean()), sample)


def test_a_squad_file_is_read_by_title_and_measured(tmp_path: Path) -> None:
    paragraph = {
        "context": "Ann Low was mayor.",
        "qas": [
            {"question": "Who?", "answers": [{"text": "Ann Low"}], "is_impossible": False},
            {"question": "When?", "answers": [], "is_impossible": True},
        ],
    }
    data = [{"title": "A_b", "paragraphs": [paragraph]}, {"title": "C", "paragraphs": [paragraph]}]
    path = tmp_path / "file.json"
    path.write_text(json.dumps({"data": data}), encoding="utf-8")
    asked = read_questions(path, ["A_b"])
    assert [(q.title, q.answers) for q in asked] == [("A b", ("Ann Low",)), ("A b", ())]
    table = measure(FakeReader({"Who?": "Ann Low"}), asked)
    assert {name: figure.value for name, figure in table.items()} == {
        "EM": 1.0,
        "F1": 1.0,
        "AUC margin": 1.0,
        "AUC head": 1.0,
        "AUC sum": 1.0,
    }
