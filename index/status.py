"""What a data folder holds: how much, from where, made with what, and when."""

from dataclasses import dataclass
from datetime import date

from index.generations import Generation


@dataclass(frozen=True, slots=True)
class Status:
    """The live generation in figures.

    `built` is when it was made (ISO 8601, UTC); `dates` are the first and last date of the dated
    articles; `sources` counts articles by outlet, the empty name for those without one.
    """

    generation: str
    built: str
    articles: int
    chunks: int
    model: str
    fingerprint: str
    sources: dict[str, int]
    dates: tuple[date, date] | None
    roots: tuple[str, ...]


def status(generation: Generation) -> Status:
    """Describe an open generation."""
    manifest = generation.manifest
    return Status(
        generation=generation.name,
        built=manifest.created,
        articles=manifest.articles,
        chunks=manifest.chunks,
        model=manifest.settings.model,
        fingerprint=manifest.settings.fingerprint,
        sources=generation.library.sources(),
        dates=generation.library.dates(),
        roots=manifest.roots,
    )
