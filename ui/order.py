"""What the page asks for beside the question: which conversation, which articles, what to redo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.types import Filters

OUTLETS = 200  # that one question may name


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the page.

    `conversation` is empty where a new one is to begin. `cut` is the turn to be removed first, with
    all that came after it; `question` is what to ask then, and `standalone` how to understand it.
    """

    conversation: str = ""
    filters: Filters | None = None
    cut: int | None = None
    question: str = ""
    standalone: str = ""


def read_order(text: str | None) -> Order:
    """The order in a JSON text; what is missing, or of another kind than it should be, is empty."""
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = {}
    given = given if isinstance(given, dict) else {}
    cut = given.get("cut")
    return Order(
        conversation=_text(given, "conversation"),
        filters=read_filters(given),
        cut=cut if type(cut) is int else None,
        question=_text(given, "question"),
        standalone=_text(given, "standalone"),
    )


def read_filters(given: Mapping[str, Any]) -> Filters | None:
    """The dates and outlets in an object of the page; None where it names neither."""
    named = given.get("sources")
    names = named[:OUTLETS] if isinstance(named, list) else []
    found = Filters(
        since=_day(given, "since"),
        until=_day(given, "until"),
        sources=tuple(dict.fromkeys(name for name in names if isinstance(name, str))),
    )
    return None if found == Filters() else found


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _day(given: Mapping[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(_text(given, name))
    except ValueError:
        return None
