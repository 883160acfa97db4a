"""JSON objects back into what they were made of: answers and filters that were kept or sent."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from index.types import Chunk, Filters, Passage
from qa.types import Answer, Citation

Value = TypeVar("Value")


def answer_from(value: object) -> Answer:
    """Return the answer that `shapes.answer_object` made this object of.

    The nearest passages come back with what the object has: not their chunk's id and place, nor
    their raw scores. Fields that are not known are left out. Raises ValueError, naming the field,
    where one is missing or holds another kind of value.
    """
    held = _Held(value, "answer")
    return Answer(
        question=held.text("question"),
        standalone=held.text("standalone"),
        answered=held.flag("answered"),
        text=held.text("text"),
        short=held.text("short"),
        citations=tuple(map(_citation, held.items("citations"))),
        confidence=held.number("confidence"),
        nearest=tuple(map(_passage, held.items("nearest"))),
        missing=tuple(held.texts("missing")),
        timings=held.numbers("timings"),
        **_later(held),
    )


def _later(held: "_Held") -> dict[str, Any]:
    """What answers have had since there are language models; older ones do not say it."""
    kinds = {"wrote": held.text, "removed": held.count, "note": held.text}
    return {name: read(name) for name, read in kinds.items() if name in held}


def filters_object(filters: Filters) -> dict[str, Any]:
    """Filters as a JSON object; dates are ISO, null where the range is open."""
    return {
        "since": filters.since.isoformat() if filters.since else None,
        "until": filters.until.isoformat() if filters.until else None,
        "sources": list(filters.sources),
    }


def filters_from(value: object) -> Filters:
    """Return the filters that `filters_object` made this object of; raises ValueError."""
    held = _Held(value, "filters")
    return Filters(held.day("since"), held.day("until"), tuple(held.texts("sources")))


def _citation(value: object) -> Citation:
    held = _Held(value, "citation")
    return Citation(
        number=held.count("number"),
        article_id=held.text("article_id"),
        sha256=held.text("version"),
        title=held.text("title"),
        source=held.text("source"),
        published=held.day("published"),
        path=held.text("path"),
        start=held.count("start"),
        end=held.count("end"),
        quote=held.text("quote"),
    )


def _passage(value: object) -> Passage:
    held = _Held(value, "passage")
    article = held.text("article_id")
    return Passage(
        chunk=Chunk("", article, 0, held.count("start"), held.count("end")),
        article_id=article,
        title=held.text("title"),
        source=held.text("source"),
        published=held.day("published"),
        text=held.text("text"),
        score=held.number("score"),
    )


class _Held:
    """The fields of a JSON object, each checked to be what it should."""

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, Mapping):
            raise ValueError(f"the {what} is no object but {type(value).__name__}")
        self._fields = value
        self._what = what

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def text(self, name: str) -> str:
        return self._of(name, str)

    def flag(self, name: str) -> bool:
        return self._of(name, bool)

    def count(self, name: str) -> int:
        number = self._of(name, int)
        if isinstance(number, bool) or number < 0:
            raise self._wrong(name, number)
        return number

    def number(self, name: str) -> float:
        return self._float(name, self._of(name, object))

    def day(self, name: str) -> date | None:
        written = self._of(name, object)
        if written is None:
            return None
        try:
            return date.fromisoformat(self._of(name, str))
        except ValueError:
            raise self._wrong(name, written) from None

    def items(self, name: str) -> list[object]:
        return self._of(name, list)

    def texts(self, name: str) -> list[str]:
        found = self.items(name)
        texts = [item for item in found if isinstance(item, str)]
        if len(texts) < len(found):
            raise self._wrong(name, found)
        return texts

    def numbers(self, name: str) -> dict[str, float]:
        found = self._of(name, dict)
        return {str(key): self._float(name, number) for key, number in found.items()}

    def _float(self, name: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, value)
        return float(value)

    def _of(self, name: str, kind: type[Value]) -> Value:
        if name not in self._fields:
            raise ValueError(f"the {self._what} has no {name}")
        value = self._fields[name]
        if not isinstance(value, kind):
            raise self._wrong(name, value)
        return value

    def _wrong(self, name: str, value: object) -> ValueError:
        return ValueError(f"the {self._what}'s {name} cannot be {str(value)[:60]!r}")
