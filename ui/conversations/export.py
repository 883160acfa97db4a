"""Conversations and answers as files and as text, each quote with where it is from."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from index.types import Passage
from qa.types import Answer, Citation
from ui.conversations.stale import SAID
from ui.conversations.types import StoredTurn
from ui.restored import filters_object
from ui.shapes import answer_object
from ui.words import byline, day, limits, named

Standing = Callable[[Citation], str]
"""How a cited article stands now: "changed", "gone", or anything else for nothing to say."""

NO_ANSWER = "No answer was given."
_FORMAT = 1
# What means something in Markdown wherever it stands (with `$`, two prices make a formula), what
# makes an address a link without being asked, and what means something at the start of a line.
_MARKS = re.compile(r"[\\`*_\[\]<>#~|$&@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_BEGINS = re.compile(r"\A(?:(?=[-+=:])|\d+(?=[.)]))")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")

_Key = tuple[str, str, int, int]


def as_markdown(title: str, turns: Iterable[StoredTurn], standing: Standing) -> str:
    """A conversation as Markdown: the questions as headings, the citations as footnotes.

    A footnote has one number in the whole conversation, also where the same span is cited twice.
    What the articles and the questions say is inert: it makes no link, no heading, no HTML.
    """
    notes: dict[_Key, tuple[int, Citation]] = {}
    parts = [f"# {_inert(title) or 'Conversation'}"]
    for turn in turns:
        parts += _turn_parts(turn, notes)
    parts += [_footnote(number, citation, standing) for number, citation in notes.values()]
    return "\n\n".join(parts) + "\n"


def as_json(title: str, turns: Iterable[StoredTurn], standing: Standing) -> str:
    """A conversation as JSON: each answer as on the command line, with how its citations stand."""
    value = {
        "format": _FORMAT,
        "title": title,
        "turns": [_turn_object(turn, standing) for turn in turns],
    }
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # Lone surrogates, of a text in some broken encoding, are nothing that a file can hold.
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def answer_as_text(answer: Answer) -> str:
    """An answer as plain text with its sources by number; quotes that it shows stand once."""
    text = _plain(answer.text)
    parts = [*_short(answer), text, *filter(None, [_plain(answer.note)])]
    if answer.citations:
        parts.append("\n".join(["Sources", *_sources(answer.citations, text)]))
    if answer.nearest and not answer.answered:
        nearest = [f"- {_named(passage, '')}" for passage in answer.nearest]
        parts.append("\n".join(["The nearest passages are in", *nearest]))
    return "\n\n".join(parts) + "\n"


def pieces(text: str, citations: Sequence[Citation]) -> Iterator[tuple[str, Citation | None]]:
    """Cut an answer's text at its markers: each piece with the citation of the marker after it.

    What stands in brackets inside a quote is the quote's own and no marker.
    """
    numbered = {citation.number: citation for citation in citations}
    quotes = sorted({" ".join(c.quote.split()) for c in citations} - {""}, key=len, reverse=True)
    at = 0
    for found in re.finditer("|".join([*map(re.escape, quotes), r"\[(\d{1,4})\]"]), text):
        citation = numbered.get(int(found[1])) if found[1] else None
        if citation:
            yield text[at : found.start()], citation
            at = found.end()
    if text[at:].strip():
        yield text[at:], None


def _turn_parts(turn: StoredTurn, notes: dict[_Key, tuple[int, Citation]]) -> Iterator[str]:
    yield f"## {_inert(turn.question)}"
    yield f"*{_inert(' · '.join(_about(turn)))}*"
    if turn.answer is None:
        yield NO_ANSWER
        return
    for short in _short(turn.answer):
        yield f"**{_inert(short)}**"
    yield _noted(turn.answer, notes)
    if turn.answer.note:
        yield f"*{_inert(turn.answer.note)}*"
    if not turn.answer.answered and turn.answer.nearest:
        nearest = [f"- {_inert(_named(passage, ''))}" for passage in turn.answer.nearest]
        yield "\n".join(["The nearest passages are in", "", *nearest])


def _about(turn: StoredTurn) -> Iterator[str]:
    asked = datetime.fromisoformat(turn.asked).astimezone(UTC)
    yield f"Asked {day(asked.date())}, {asked:%H:%M} UTC"
    if turn.answer and turn.answer.standalone != turn.answer.question:
        yield f"understood as: {_plain(turn.answer.standalone)}"
    if only := limits(turn.filters):
        yield only
    if turn.answer and turn.answer.answered:
        yield f"confidence {turn.answer.confidence * 100:.0f} %"
    if turn.answer and turn.answer.wrote:
        yield f"written by {_plain(turn.answer.wrote)}"


def _noted(answer: Answer, notes: dict[_Key, tuple[int, Citation]]) -> str:
    shown = []
    for text, citation in pieces(answer.text, answer.citations):
        shown.append(_inert(text))
        if citation:
            key = (citation.article_id, citation.sha256, citation.start, citation.end)
            number, _ = notes.setdefault(key, (len(notes) + 1, citation))
            shown[-1] += f"[^{number}]"
    return " ".join(shown)


def _footnote(number: int, citation: Citation, standing: Standing) -> str:
    said = SAID.get(standing(citation), "")
    about = f"{_named(citation, citation.path)}. “{_plain(citation.quote)}”"
    return f"[^{number}]: {_inert(about)}{f' *{said}*' if said else ''}"


def _turn_object(turn: StoredTurn, standing: Standing) -> dict[str, object]:
    answer = answer_object(turn.answer) if turn.answer else None
    if answer and turn.answer:
        for shown, citation in zip(answer["citations"], turn.answer.citations, strict=True):
            shown["standing"] = standing(citation)
    return {
        "asked": turn.asked,
        "question": turn.question,
        "filters": filters_object(turn.filters) if turn.filters else None,
        "generation": turn.generation,
        "answer": answer,
        "thumb": turn.thumb,
        "comment": turn.comment,
    }


def _short(answer: Answer) -> Iterator[str]:
    """The short form, where it says less than a whole quote or the whole text."""
    short = _plain(answer.short)
    wholes = {_plain(citation.quote) for citation in answer.citations}
    if short and short not in wholes and len(short) < len(_plain(answer.text)):
        yield short


def _sources(citations: Sequence[Citation], shown: str) -> list[str]:
    """One line a source, also where several markers lead to it."""
    numbers: dict[str, str] = {}
    for citation in citations:
        quote = _plain(citation.quote)
        source = _named(citation, citation.path) + ("." if quote in shown else f". “{quote}”")
        numbers[source] = f"{numbers.get(source, '')}[{citation.number}]"
    return [f"{number} {source}" for source, number in numbers.items()]


def _named(found: Citation | Passage, path: str) -> str:
    about = byline(found.source, found.published)
    return _plain(f"{named(found.title, path, found.article_id)} ({about})")


def _plain(text: str) -> str:
    """The text in one line, with a sign for what is no text and for overrides of direction."""
    return _NO_TEXT.sub("\ufffd", " ".join(text.split()))


def _inert(text: str) -> str:
    """The text in one line as Markdown that shows as just this text."""
    marked = _MARKS.sub(r"\\\g<0>", _plain(text))
    return _BEGINS.sub(r"\g<0>\\", marked)
