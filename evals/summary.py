"""The outcome of a run: its figures, how long it took, and what they depend on."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evals.compare import Comparison
from evals.metrics import Figure, by_kind, figures
from evals.rows import Row


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, unless the name says otherwise; they differ from run to run.

    `ask_p50` and `ask_p95` are over the cases, `cold` is from a new process to its first answer,
    `index` is the building of all indexes (near nothing where they were there already) and `total`
    the whole run without what an earlier, interrupted start had done. NaN where not measured.
    """

    ask_p50: float
    ask_p95: float
    cold: float
    index: float
    total: float
    peak_memory_mib: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A run: `figures` over all cases, `kinds` and `splits` over parts of them, and `rows`.

    `about` describes the set, `provenance` what the figures depend on. `folder` is where the
    results are kept.
    """

    name: str
    folder: Path
    rows: tuple[Row, ...]
    figures: Mapping[str, Figure]
    kinds: Mapping[str, Mapping[str, Figure]]
    splits: Mapping[str, Mapping[str, Figure]]
    timings: Timings
    about: Mapping[str, str]
    provenance: Mapping[str, Any]
    comparison: Comparison | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def report(self) -> Path:
        """The report for people."""
        return self.folder / "report.html"

    def to_json(self) -> dict[str, Any]:
        """What `summary.json` holds; no figure in it but those of `timings` varies by run."""
        return {
            "name": self.name,
            "about": dict(self.about),
            "cases": len(self.rows),
            "figures": _figures(self.figures),
            "kinds": {kind: _figures(found) for kind, found in self.kinds.items()},
            "splits": {split: _figures(found) for split, found in self.splits.items()},
            "timings": {
                name: _number(getattr(self.timings, name)) for name in Timings.__dataclass_fields__
            },
            "provenance": dict(self.provenance),
            "comparison": _comparison(self.comparison) if self.comparison else None,
        }


def all_figures(
    rows: Sequence[Row], seed: int
) -> tuple[dict[str, Figure], dict[str, dict[str, Figure]], dict[str, dict[str, Figure]]]:
    """The figures over all rows, by kind, and by split where there is more than one."""
    splits = sorted({row.split for row in rows}, reverse=True)
    parts = {split: [row for row in rows if row.split == split] for split in splits}
    by_split = {split: figures(part, seed=seed) for split, part in parts.items()}
    return figures(rows, seed=seed), by_kind(rows, seed=seed), by_split if len(splits) > 1 else {}


def latencies(rows: Sequence[Row]) -> tuple[float, float]:
    """The median and the 95th percentile of the seconds that an answer took."""
    taken = [row.seconds for row in rows if row.seconds]
    if not taken:
        return math.nan, math.nan
    middle, high = np.percentile(taken, [50, 95])
    return float(middle), float(high)


def _figures(found: Mapping[str, Figure]) -> dict[str, Any]:
    return {
        name: {
            "value": _number(figure.value),
            "low": _number(figure.interval.low),
            "high": _number(figure.interval.high),
            "cases": figure.cases,
        }
        for name, figure in found.items()
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "with": found.old_name,
        "cases": found.cases,
        "left_out": found.left_out,
        "changes": [
            {
                "name": item.name,
                "old": _number(item.old),
                "new": _number(item.new),
                "low": _number(item.difference.interval.low),
                "high": _number(item.difference.interval.high),
                "p": _number(item.p),
                "verdict": item.verdict,
            }
            for item in found.changes
        ],
        "won": [item.new.id for item in found.won],
        "lost": [item.new.id for item in found.lost],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
