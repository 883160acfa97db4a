"""What is indexed, as a few lines of HTML beside the chat."""

from datetime import datetime
from typing import TYPE_CHECKING

from ui.render import line
from ui.words import count, day

if TYPE_CHECKING:
    from index.status import Status

OUTLETS = 6  # named at most; the rest is counted


def size_html(status: "Status") -> str:
    """How many articles there are and the day on which they were indexed."""
    built = datetime.fromisoformat(status.built).astimezone().date()
    since = day(built, brief=True)
    return f'<p class="size">{count(status.articles, "article")}, indexed {since}</p>'


def facts_html(status: "Status") -> str:
    """Its passages, the range of its dates, and its outlets by number of articles."""
    facts = [f"<li>{count(status.chunks, 'passage')}</li>"]
    if status.dates:
        first, last = status.dates
        facts.append(f"<li>{day(first)}{f' to {day(last)}' if last != first else ''}</li>")
    return (
        f'<p class="label">In the corpus</p><ul class="facts">{"".join(facts)}</ul>'
        f"{_outlets(status.sources)}"
    )


def _outlets(sources: dict[str, int]) -> str:
    """Outlets with their counts; articles without an outlet are the last line."""
    stated = sorted(((-n, name) for name, n in sources.items() if name), key=lambda pair: pair)
    lines = [f"<li>{line(name)} <span>{-n:,}</span></li>" for n, name in stated[:OUTLETS]]
    if len(stated) > OUTLETS:
        lines.append(f"<li>{count(len(stated) - OUTLETS, 'more outlet')}</li>")
    if stated and sources.get(""):
        lines.append(f"<li>without an outlet <span>{sources['']:,}</span></li>")
    return f'<p class="label">Outlets</p><ul class="facts">{"".join(lines)}</ul>' if lines else ""
