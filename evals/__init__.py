"""Question sets, the product's answers to them, and the figures that come of it.

    from pathlib import Path
    from evals import run

    summary = run("seeds", out=Path("results/first"))
    summary.figures["right"].value          # 0 to 1, with .interval.low and .interval.high
    [row.question for row in summary.rows if not row.right]

`evals.run.Options` limits a run or compares it with an earlier one; `evals.sets.NAMES` lists the
sets; `evals.gate.check` holds the figures against `evals/floors.toml`.
"""

from evals.run import Options, Tick, run
from evals.summary import Summary

__all__ = ["Options", "Summary", "Tick", "run"]
