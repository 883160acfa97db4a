"""The gate: floors, ceilings, and what is wrong with a file of them."""

from pathlib import Path

import pytest

from evals.errors import FloorError
from evals.gate import FLOORS, check
from evals.intervals import Interval
from evals.metrics import Figure

FIGURES = {
    name: Figure(name, value, Interval(0, 1), 10)
    for name, value in (("right", 0.8), ("error", 0.02), ("mrr", 0.5))
}


def floors(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "floors.toml"
    path.write_text(text)
    return path


def test_figures_on_the_right_side_pass(tmp_path: Path) -> None:
    path = floors(tmp_path, "[small]\nright = 0.8\nerror = 0.02\n")
    assert check("small", FIGURES, path) == ()


def test_a_floor_and_a_ceiling_are_told_apart(tmp_path: Path) -> None:
    path = floors(tmp_path, "[small]\nright = 0.9\nerror = 0.01\nndcg@10 = 0.1\n".replace(
        "ndcg@10", '"ndcg@10"'))  # fmt: skip
    assert [str(item) for item in check("small", FIGURES, path)] == [
        "right is 0.800, below its floor of 0.9.",
        "error is 0.020, above its ceiling of 0.01.",
        "ndcg@10 was not measured, and a bound of 0.1 is set for it.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[other]\nright = 1", "sets no floors for 'small'"),
        ("[small]\nrigth = 1", "'rigth' is no figure"),
        ("[small]\nwords = 10", "'words' is no figure that can have a floor"),
        ("[small]\nright = 'high'", "must be a number, not 'high'"),
        ("[small]\nright = true", "must be a number, not True"),
        ("[small", "is not TOML"),
    ],
)
def test_a_fault_in_the_floors_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FloorError, match=said):
        check("small", FIGURES, floors(tmp_path, text))


def test_floors_that_are_missing_are_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(FloorError, match="cannot be read"):
        check("small", FIGURES, tmp_path / "none.toml")


def test_the_floors_of_the_project_can_be_used() -> None:
    missing = [item.name for item in check("seeds", {}, FLOORS)]
    assert {"quotes_verified", "error"} <= set(missing)
