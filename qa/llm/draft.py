"""What a model has written so far, as it may be shown: checked sentences with their citations."""

from collections.abc import Mapping
from typing import Literal

from index.types import Article
from qa.citations import citation
from qa.claims.bind import Checker
from qa.claims.sources import Run
from qa.compose import repeats
from qa.llm.pieces import Said
from qa.types import Citation, Evidence

Unsupported = Literal["remove", "mark"]
MARK = "(not borne out by the articles)"
_SAME = 0.95  # of the words; a sentence so like another says nothing new


class Draft:
    """Takes sentences one by one; `text` is what is shown of them, `citations` what bears it.

    A sentence that no article bears out is left out or, with "mark", shown with a mark once
    there is one that is borne out. `removed` counts them.
    """

    def __init__(
        self, checker: Checker, articles: Mapping[str, Article], unsupported: Unsupported
    ) -> None:
        self._checker = checker
        self._articles = articles
        self._unsupported = unsupported
        self._waiting = ""
        self._taken: set[tuple[str, tuple[int, ...]]] = set()
        self._shown: list[str] = []
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.text = ""
        self.citations: tuple[Citation, ...] = ()
        self.removed = 0

    def take(self, said: Said) -> str:
        """Check a sentence; return what is shown more because of it, perhaps nothing."""
        if (said.text, said.cited) in self._taken:
            return ""
        self._taken.add((said.text, said.cited))
        verdict = self._checker.check(said.text, said.cited)
        if not verdict.borne:
            return self._left_out(said)
        # What was left out is no repetition: the model may have put it right.
        if any(repeats(said.text, other, _SAME) for other in self._shown):
            return ""
        self._shown.append(said.text)
        markers = "".join(f" [{self._cite(run)}]" for run in verdict.borne)
        shown = self._waiting + self._gap(said, self._waiting) + said.text + markers
        self._waiting = ""
        self.text += shown
        return shown

    def _left_out(self, said: Said) -> str:
        self.removed += 1
        if self._unsupported == "remove":
            return ""
        shown = f"{self._gap(said, self._waiting)}{said.text} {MARK}"
        if not self.citations:
            self._waiting += shown
            return ""
        self.text += shown
        return shown

    def _gap(self, said: Said, before: str) -> str:
        return "" if not self.text and not before else "\n" if said.opens else " "

    def _cite(self, run: Run) -> int:
        article = self._articles[run.passage.article_id]
        key = (article.id, run.start, run.end)
        if key not in self._numbers:
            number = self._numbers[key] = len(self._numbers) + 1
            evidence = Evidence(run.passage, run.start, run.end, run.text, 0.0, 0.0, 0.0)
            self.citations += (citation(number, evidence, article),)
        return self._numbers[key]
