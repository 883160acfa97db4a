"""How articles and figures are named to people, on every screen alike."""

from datetime import date
from pathlib import PurePath

from index.types import Filters

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def named(title: str, path: str, article_id: str) -> str:
    """What an article is called: its title, or its file's name where it states none."""
    return title.strip() or PurePath(path).name or article_id


def day(value: date, *, brief: bool = False) -> str:
    """A date as people write it, in every locale alike: `5 June 2018`, briefly `5 Jun 2018`."""
    month = _MONTHS[value.month - 1]
    return f"{value.day} {month[:3] if brief else month} {value.year}"


def byline(source: str, published: date | None) -> str:
    """The outlet and the date; what the article does not state is said to be missing."""
    outlet = source.strip()
    if published is None:
        return f"{outlet} · no date stated" if outlet else "no outlet or date stated"
    return f"{outlet} · {day(published)}" if outlet else f"{day(published)} · no outlet stated"


def limits(filters: Filters | None) -> str:
    """Which articles alone were searched, as the end of a sentence; empty where all were."""
    if filters is None or filters == Filters():
        return ""
    names = [source.strip() or "no stated outlet" for source in filters.sources]
    several = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
    since, until = filters.since, filters.until
    if since and until:
        dates = f"of {day(since)}" if since == until else f"of {day(since)} to {day(until)}"
    else:
        dates = f"since {day(since)}" if since else f"until {day(until)}" if until else ""
    parts = ["only articles", f"from {several}" if several else "", dates]
    return " ".join(part for part in parts if part)


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 article`, `5 articles`, `1,200 passages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def shortened(text: str, length: int) -> str:
    """The text in one line, cut at a word where it is longer than `length` characters."""
    line = " ".join(text[: length * 4].split())
    if len(line) <= length and len(text) <= length * 4:
        return line
    cut = line[:length].rsplit(" ", 1)[0] if " " in line[:length] else line[:length]
    return f"{cut} …"


def sentence(text: str) -> str:
    """An error's text as a sentence: a capital at its beginning, a full stop at its end."""
    text = " ".join(text.split())
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return ended[:1].upper() + ended[1:]
