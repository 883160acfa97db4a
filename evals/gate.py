"""The gate: figures that must not fall below a floor, or rise above a ceiling."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.errors import FloorError
from evals.metrics import LABELS, Figure

FLOORS = Path(__file__).with_name("floors.toml")


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A figure on the wrong side of its bound; `str` is one sentence."""

    name: str
    value: float | None
    bound: float
    ceiling: bool

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.name} was not measured, and a bound of {self.bound:g} is set for it."
        side = "above its ceiling" if self.ceiling else "below its floor"
        return f"{self.name} is {self.value:.3f}, {side} of {self.bound:g}."


def check(
    set_name: str, figures: Mapping[str, Figure], floors: Path = FLOORS
) -> tuple[Shortfall, ...]:
    """The figures of a set that are on the wrong side of their bound in the file of floors.

    The file has a table for each set, of a figure's name and its bound: a floor where more is
    better, a ceiling where less is. Raises FloorError.
    """
    found = []
    for name, bound in _bounds(floors, set_name).items():
        ceiling = LABELS[name].better < 0
        value = figures[name].value if name in figures else None
        if value is None or (value > bound if ceiling else value < bound):
            found.append(Shortfall(name, value, bound, ceiling))
    return tuple(found)


def _bounds(path: Path, set_name: str) -> dict[str, float]:
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FloorError(f"The floors {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise FloorError(f"{path} is not TOML: {error}.") from error
    bounds = held.get(set_name)
    if not isinstance(bounds, dict):
        raise FloorError(f"{path} sets no floors for {set_name!r}; add a table of that name.")
    for name, bound in bounds.items():
        if name not in LABELS or not LABELS[name].better:
            raise FloorError(f"{path}: {name!r} is no figure that can have a floor.")
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise FloorError(f"{path}: the floor of {name!r} must be a number, not {bound!r}.")
    return bounds
