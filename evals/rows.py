"""What one case gave: the answer as it was shown, the gold beside it, and the scores."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Shown:
    """A citation as the answer showed it; `hit` says whether it shows gold evidence."""

    number: int
    article: str
    title: str
    start: int
    end: int
    quote: str
    verified: bool
    hit: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A gold quote: the article, the quote and the part of the answer that it is for, from 0."""

    article: str
    quote: str
    part: int


@dataclass(frozen=True, slots=True)
class Row:
    """One case with its answer and its scores.

    `scores` holds only what applies to the case, so that a mean is over the cases that it is
    about; a case that failed (`error` says how) holds the same names with zeros. `seconds` is the
    time of `ask`. `rank` is the first rank (from 1) that shows gold evidence, 0 for none. `why`
    says in words why the case was lost and is empty where it was won.
    """

    id: str
    corpus: str
    kind: str
    split: str
    group: str
    question: str
    history: tuple[str, ...]
    answerable: bool
    judged: bool
    accepted: tuple[tuple[str, ...], ...]
    wanted: tuple[Wanted, ...]
    note: str
    error: str = ""
    answered: bool = False
    standalone: str = ""
    text: str = ""
    short: str = ""
    confidence: float = 0.0
    shown: tuple[Shown, ...] = ()
    rank: int = 0
    seconds: float = 0.0
    scores: Mapping[str, float] = field(default_factory=dict)
    why: str = ""

    @property
    def right(self) -> bool:
        """Whether the case was won: a right answer, or a refusal where there is none."""
        return bool(self.scores.get("right", 1.0))

    def to_json(self) -> dict[str, Any]:
        """The row as plain values, for one line of `cases.jsonl`."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Row":
        """The row that `to_json` wrote; raises TypeError or KeyError for anything else."""
        return cls(
            **{
                **values,
                "history": tuple(values["history"]),
                "accepted": tuple(tuple(part) for part in values["accepted"]),
                "wanted": tuple(Wanted(**item) for item in values["wanted"]),
                "shown": tuple(Shown(**item) for item in values["shown"]),
            }
        )
