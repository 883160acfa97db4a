"""The measuring of scale, on a corpus small enough for a test."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evals.scale import __main__ as scale
from evals.scale.aims import verdicts
from evals.scale.made import DIMENSION, Made, MadeEmbedder, Writer, extra_article


def test_a_made_corpus_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    Made(300).write(tmp_path / "one")
    Made(300).write(tmp_path / "two")
    Made(300, seed=8).write(tmp_path / "three")
    one, two, three = (
        [path.read_bytes() for path in sorted((tmp_path / name).iterdir())]
        for name in ("one", "two", "three")
    )
    assert one == two
    assert one != three


def test_made_vectors_lie_as_those_of_a_model_do() -> None:
    made = Made(6000)
    writer = Writer(made)
    titles = [writer.article(number)[0] for number in range(made.articles)]
    vectors = MadeEmbedder(made).embed([f"{t}\n{part}" for t in titles for part in range(6)])
    assert vectors.shape == (6 * made.articles, DIMENSION)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    cosines = np.sort(vectors[::50] @ vectors.T, axis=1)[:, ::-1]
    # all-MiniLM-L6-v2 on 10,761 chunks of SciFact: .86, .56 and .42, and .13 in the middle.
    assert np.median(cosines[:, 1]) == pytest.approx(0.83, abs=0.04)
    assert np.median(cosines[:, 10]) == pytest.approx(0.59, abs=0.06)
    assert np.median(cosines[:, 100]) == pytest.approx(0.3, abs=0.15)
    assert np.median(cosines) == pytest.approx(0.0, abs=0.1)


def test_a_question_is_near_the_articles_of_its_topic() -> None:
    made = Made(2000)
    question = Writer(made).questions(1)[0]
    topic = question.split()[0]
    embedder = MadeEmbedder(made)
    own, other = embedder.embed([f"{topic} one\ntext", "Topic1 one\ntext"])
    asked = embedder.embed([question], kind="query")[0]
    assert topic != "Topic1"
    assert asked @ own > asked @ other + 0.2


def test_the_extra_article_is_not_of_the_corpus() -> None:
    made = Made(300)
    titles = {Writer(made).article(number)[0] for number in range(made.articles)}
    assert extra_article(made).splitlines()[0] not in titles


def run(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "evals.scale", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def test_every_figure_of_a_size_is_measured_and_nothing_else_is_left(tmp_path: Path) -> None:
    ran = run("--chunks", "240", "--work", str(tmp_path), "--json")
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout)["sizes"]["240"]
    assert figures["build_chunks"] == pytest.approx(240, rel=0.1)
    assert figures["recall"] == 1.0
    for name in ("question_p50_ms", "filtered_rare_p95_ms", "open_seconds", "add_seconds"):
        assert figures[name] > 0, name
    assert figures["unchanged_seconds"] < figures["add_seconds"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scale.json", "scale.svg"]
    assert json.loads((tmp_path / "scale.json").read_text())["sizes"]["240"] == figures
    assert "<svg" in (tmp_path / "scale.svg").read_text(encoding="utf-8")


def test_a_size_that_there_is_no_room_for_is_one_sentence(tmp_path: Path) -> None:
    ran = run("--chunks", "900000000000", "--work", str(tmp_path))
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: 900,000,000,000 chunks need about 10800000.0 GB of disk")
    assert ran.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "memory", lambda: 10**9)
    with pytest.raises(scale.ScaleError, match="10,000 chunks need about 1"):
        scale.check_room(10_000, tmp_path)


def test_an_interrupted_size_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(name: str, folder: Path, *_: object) -> dict[str, float]:
        (folder / "half").write_text("written")
        raise KeyboardInterrupt

    monkeypatch.setattr(scale, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        scale.measure(1000, tmp_path, 7)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next(tmp_path: Path) -> None:
    (tmp_path / "unfinished-1000" / "data").mkdir(parents=True)
    with scale.unfinished(tmp_path, 1000) as folder:
        assert list(folder.iterdir()) == []


def test_aims_are_judged_by_the_figures() -> None:
    small = {"question_p50_ms": 5.0, "serving_mb": 200.0, "recall": 1.0, "add_seconds": 1.0}
    large = {"question_p50_ms": 11.0, "serving_mb": 3999.0, "recall": 0.96, "add_seconds": 2.5}
    found = verdicts({"100000": large, "10000": small})
    assert [(aim["value"], aim["holds"]) for aim in found] == [
        (2.2, False),
        (3999.0, True),
        (0.96, False),
        (2.5, False),
    ]
    assert found[0]["said"] == "MISSED  p50 of a question, 100000 to 10000: 2.2 (at most 2)"
    assert verdicts({}) == []
