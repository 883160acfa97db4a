"""What programs send to the API and get back, as types: the requests are checked against them."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from index.types import Filters
from qa.types import Turn


def _day(value: object) -> object:
    """A day from what JSON has for it; pydantic alone would take 0 for a day in 1970."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("a date is written YYYY-MM-DD") from None
    if value is None:
        return value
    raise ValueError("a date is written YYYY-MM-DD")


Day = Annotated[date | None, BeforeValidator(_day)]
Text = Annotated[str, Field(max_length=20_000)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FiltersIn(_Request):
    """Which articles may be searched: a closed range of dates, a set of outlets; empty is all."""

    since: Day = None
    until: Day = None
    sources: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=100)] = []

    @model_validator(mode="after")
    def _in_order(self) -> "FiltersIn":
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is after until")
        return self

    def filters(self) -> Filters:
        """The same as the index takes them."""
        return Filters(self.since, self.until, tuple(self.sources))


class TurnIn(_Request):
    """An earlier question of the conversation with the text that answered it."""

    question: Text
    answer: Text


class AskIn(_Request):
    """A question; `history` makes follow-ups understood, `filters` say where to look."""

    question: Text
    filters: FiltersIn = FiltersIn()
    history: Annotated[list[TurnIn], Field(max_length=50)] = []

    def turns(self) -> tuple[Turn, ...]:
        """The history as a bot takes it."""
        return tuple(Turn(turn.question, turn.answer) for turn in self.history)


class SearchIn(_Request):
    """A question whose `k` nearest passages are wanted."""

    question: Text
    k: Annotated[int, Field(ge=1, le=100)] = 10
    filters: FiltersIn = FiltersIn()


class PassageOut(BaseModel):
    """A passage: `text` is the article's text from `start` to `end`, in characters."""

    article_id: str
    title: str
    source: str
    published: str | None
    start: int
    end: int
    text: str
    score: float


class CitationOut(BaseModel):
    """A quote: the article's text from `start` to `end` in its version (SHA-256 of the text)."""

    number: int
    article_id: str
    version: str
    title: str
    source: str
    published: str | None
    path: str
    start: int
    end: int
    quote: str


class AnswerOut(BaseModel):
    """An answer with its citations, or, where `answered` is false, what is missing."""

    question: str
    standalone: str
    answered: bool
    text: str
    short: str
    confidence: float
    citations: list[CitationOut]
    nearest: list[PassageOut]
    missing: list[str]
    wrote: str
    removed: int
    note: str
    timings: dict[str, float]


class StatusOut(BaseModel):
    """What is indexed; `sources` counts articles by outlet, `dates` are the first and the last."""

    generation: str
    built: str
    articles: int
    chunks: int
    model: str
    fingerprint: str
    sources: dict[str, int]
    dates: list[str] | None
    roots: list[str]


class ErrorOut(BaseModel):
    """Why there is no answer, in one sentence."""

    error: str


class FaultOut(BaseModel):
    """A file, or a record of one, that was not taken in."""

    name: str
    reason: str


class ReportOut(BaseModel):
    """The names under which files were taken in, and what was not."""

    added: list[str]
    failed: list[FaultOut]


class JobOut(ReportOut):
    """How far an upload is: idle, waiting, checking, indexing, done or failed."""

    state: str
    file: str
    done: int
    total: int | None
    error: str


class UploadOut(BaseModel):
    """An uploaded file: its bytes, when it came (UTC), and the ids of its articles."""

    name: str
    size: int
    when: str
    articles: list[str]


FAILURES: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorOut, "description": "Nobody is signed in."},
    422: {"model": ErrorOut, "description": "The question cannot be asked as it stands."},
    503: {"model": ErrorOut, "description": "Busy, or the index cannot be read: try again."},
    504: {"model": ErrorOut, "description": "The answer took too long."},
}


def worded(errors: Any) -> str:
    """The first thing that is wrong with a request, as a sentence with the place of it."""
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "path", "query"))
    said = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "json_invalid":
        return "The body is not JSON."
    if not place:
        return f"The body does not fit: {said[:1].lower()}{said[1:]}."
    return f"{place[:200]} does not fit: {said[:1].lower()}{said[1:]}."
