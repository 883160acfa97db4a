"""A text that arrives in pieces, cut into sentences with the sources that each cites."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from index.sentences import sentences

_NUMBERS = (
    r"\s*(?:(?:passage|source|article|number)s?\s*)?#?\d{1,4}(?:\s*(?:,|;|–|-|and)\s*#?\d{1,4})*\s*"
)
MARKER = re.compile(
    rf"[\[【(]?[\[【]{_NUMBERS}[\]】][\]】)]?|\((?:passage|source)s?{_NUMBERS}\)", re.I
)
_HALF = re.compile(r"[(\[【]+[^\])】\n]{0,40}$")
_RANGE = re.compile(r"(\d{1,4})\s*[–-]\s*(\d{1,4})")
_BULLET = re.compile(r"^(?:[-*•#>]+\s+|\d{1,2}[.)]\s+|(?:Final )?Answer:\s*)+", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence without its markers, the numbers that these hold, and whether it opens a line."""

    text: str
    cited: tuple[int, ...]
    opens: bool


class Pieces:
    """Collects pieces and gives each sentence away when it is whole, its markers with it.

    A sentence is whole when a word of the next one has come: until then a marker may follow.
    """

    def __init__(self) -> None:
        self._text = ""
        self._opens = True
        self.all = ""

    def add(self, piece: str) -> list[Said]:
        """Take a piece; return the sentences that are whole by now."""
        self._text += piece
        self.all += piece
        return list(self._cut(final=False)) if re.search(r"\s", piece) else []

    def end(self) -> list[Said]:
        """Return what is left, the text being whole; half a marker is no marker."""
        return list(self._cut(final=True))

    def _cut(self, *, final: bool) -> Iterator[Said]:
        text = _HALF.sub("", self._text)
        # Blanks of the same length, so that a marker is never taken for a sentence's beginning.
        plain = MARKER.sub(lambda match: " " * len(match.group()), text)
        spans = sentences(plain)
        whole = len(spans) if final else max(len(spans) - 1, 0)
        if not final and whole and not re.search(r"\w\s", plain[spans[-1].start :]):
            whole -= 1
        starts = [self._begin(text, plain, span.start) for span in spans]
        for at in range(whole):
            first = 0 if at == 0 else starts[at]
            last = starts[at + 1] if at + 1 < len(spans) else len(text)
            said = _said(text[first:last], self._opens or "\n" in text[first : spans[at].start])
            self._opens = "\n" in text[spans[at].end : last]
            if said.text:
                yield said
        if whole:
            self._text = self._text[starts[whole] :] if whole < len(spans) else ""

    @staticmethod
    def _begin(text: str, plain: str, start: int) -> int:
        """Return where a sentence begins with the markers before it that open its line."""
        line = text.rfind("\n", 0, start) + 1
        return line if not plain[line:start].strip() else start


def _said(text: str, opens: bool) -> Said:
    cited: list[int] = []
    for marker in MARKER.finditer(text):
        inside = _RANGE.sub(_listed, marker.group())
        cited += [int(number) for number in re.findall(r"\d+", inside)]
    plain = " ".join(MARKER.sub(" ", text).split())
    plain = re.sub(r"\s+([.,;:!?])", r"\1", plain).replace("**", "")
    plain = unescape(_BULLET.sub("", plain)).strip()
    return Said(plain, tuple(dict.fromkeys(cited)), opens)


def _listed(match: re.Match[str]) -> str:
    first, last = int(match[1]), int(match[2])
    return " ".join(map(str, range(first, min(last, first + 9) + 1)))
