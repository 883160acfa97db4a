"""The product itself on the questions about its default corpus: the gate, in seconds."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from evals import Summary, run
from evals.asking import Asked, build_bot
from evals.gate import check

SEEDS = Path(__file__).parents[1] / "seeds"


def build(paths: Sequence[Path], data: Path) -> Asked:
    """As the runner does, without timing a cold start in another process."""
    return build_bot(paths, data)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return run("seeds", out=tmp_path_factory.mktemp("runs") / "seeds", data=SEEDS, build=build)


def test_no_figure_is_below_its_floor(summary: Summary) -> None:
    assert [str(item) for item in check("seeds", summary.figures)] == []


def test_the_run_says_which_index_and_model_it_was(summary: Summary) -> None:
    (index,) = summary.provenance["indexes"]
    assert (index["articles"], index["model"]) == (5, "all-MiniLM-L6-v2")
    assert index["fingerprint"]
    assert index["generation"]


def test_the_index_of_a_run_can_be_asked_by_a_file_of_cases(
    summary: Summary, tmp_path: Path
) -> None:
    (data,) = (summary.folder.parent / "indexes" / "seeds").glob("*/seeds")
    cases = tmp_path / "mine.jsonl"
    lines = (SEEDS.parent / "evals" / "questions" / "seeds.jsonl").read_text().splitlines()
    cases.write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    again = run(str(cases), out=tmp_path / "out", data=data, build=build)
    before = {row.id: row.text for row in summary.rows}
    assert [row.text for row in again.rows] == [before[row.id] for row in again.rows]
