"""Filters as both legs apply them: a range of day numbers (YYYYMMDD) and a set of outlets."""

from datetime import date

from index.types import Filters

_LAST = 99_991_231


def days(filters: Filters) -> tuple[int, int] | None:
    """Return the first and last day let through, or None where any day is, and none at all.

    A day of 0 stands for an article without a date, which is outside every range.
    """
    if filters.since is None and filters.until is None:
        return None
    first = 1 if filters.since is None else _number(filters.since)
    return first, _LAST if filters.until is None else _number(filters.until)


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
