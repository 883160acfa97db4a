"""Small pieces of HTML, every value escaped, and the page around them."""

from collections.abc import Iterable, Sequence
from html import escape

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --back: #fff; --ink: #1c2430; --soft: #5b6675; --line: #d8dee6;
  --card: #f5f7fa; --good: #14723b; --bad: #b3261e; --mark: #fff1b8; }
@media (prefers-color-scheme: dark) { :root { --back: #14181d; --ink: #e4e9ef; --soft: #9aa6b4;
  --line: #323b46; --card: #1c2229; --good: #63c98b; --bad: #ff8a80; --mark: #4d4215; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1.5rem; background: var(--back);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .8rem;
  margin: 1.2rem 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .7rem .9rem; }
.tiles b { display: block; font-size: 1.5rem; } .tiles small { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } td.n { white-space: nowrap; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
  gap: 1.6rem; }
figure { margin: 0; } figure svg { width: 100%; height: auto; font-family: inherit; }
figcaption { color: var(--soft); font-size: .9rem; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .6rem .8rem; } details > div { padding: 0 .9rem .8rem; }
blockquote { margin: .3rem 0; padding: .3rem .8rem; border-left: 3px solid var(--line);
  white-space: pre-wrap; overflow-wrap: anywhere; }
blockquote.hit { border-color: var(--good); } blockquote.miss { border-color: var(--bad); }
.better { color: var(--good); font-weight: 600; } .worse { color: var(--bad); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
"""


class Raw(str):
    """HTML that is finished; every other string is escaped where it is put in."""

    __slots__ = ()


def put(value: object) -> Raw:
    """A value as HTML: escaped, unless it is HTML already."""
    return value if isinstance(value, Raw) else Raw(escape(str(value), quote=True))


def tag(name: str, *content: object, cls: str = "") -> Raw:
    """An element with that content."""
    opened = f'<{name} class="{put(cls)}">' if cls else f"<{name}>"
    return Raw(f"{opened}{joined(content)}</{name}>")


def joined(parts: Iterable[object]) -> Raw:
    """The parts one after the other."""
    return Raw("".join(map(put, parts)))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int]) -> Raw:
    """A table; `numbers` are the columns that are set to the right."""
    right = set(numbers)
    cls = ["n" if place in right else "" for place in range(len(head))]
    top = tag("tr", *(tag("th", text, cls=c) for text, c in zip(head, cls, strict=True)))
    body = (
        tag("tr", *(tag("td", cell, cls=c) for cell, c in zip(row, cls, strict=True)))
        for row in rows
    )
    return tag("div", tag("table", tag("thead", top), tag("tbody", *body)), cls="scroll")


def pairs(items: Iterable[tuple[object, object]]) -> Raw:
    """A list of names and values."""
    return tag("dl", *(joined((tag("dt", name), tag("dd", value))) for name, value in items))


def page(title: str, *content: object) -> str:
    """A whole page that asks nothing of any other place: its policy forbids it."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{put(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>{joined(content)}</body></html>\n"
    )
