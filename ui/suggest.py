"""First questions to suggest: made from the articles themselves, and only such as are answered."""

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from weakref import WeakKeyDictionary

from index.errors import IndexFailure
from index.generations import folder_of, live_manifest
from index.library import Library
from index.types import Article, Span
from qa.errors import QAError
from qa.types import Findings
from ui.questions import questions

SECONDS = 2.0
SURE = 0.6  # of the chance that the evidence answers; an answer is given from 0.52 on at the most
_ARTICLES = 48  # that questions are made from, spread over the corpus
_SENTENCES = 20  # of an article, from its beginning: what it is about stands there
_READ = 20_000  # characters of an article that tell which of its words are no names
_GOLDEN = 0.618033988749895
# What is asked for goes before how early it is said. What was asked for already, and what is of an
# article that was asked about or tried already, comes later.
_WORTH = {"why": 5.0, "where": 4.5, "when": 4.5, "said": 4.0, "many": 4.0, "who": 3.0, "what": 3.0}
_EXACT = ("when", "where", "many")
_ALIKE, _BESIDE, _TRIED = 2.5, 3.0, 0.3
_LATER, _LENGTHY, _VAGUE = 0.08, 0.03, 1.0

_log = logging.getLogger(__name__)


class Examines(Protocol):
    """What is needed of a bot."""

    data: Path

    def examine(self, question: str) -> Findings: ...


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question with the sentence that it was made of: `[start:end]` of its article."""

    question: str
    kind: str
    article_id: str
    start: int
    end: int
    worth: float


class _Making:
    """The suggestions of one generation, found one by one as they are asked for."""

    def __init__(self, name: tuple[str, str], library: Path) -> None:
        self.name = name
        self._library = library
        self._left: list[_Candidate] | None = None
        self._found: list[_Candidate] = []
        self._tried: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, bot: Examines, k: int, seconds: float) -> tuple[str, ...]:
        """Return up to `k`, looking for what is lacking no longer than about `seconds`."""
        ends = time.monotonic() + seconds
        while seconds > 0 and len(self._found) < k:
            with self._lock:
                if len(self._found) < k and not self._try(bot):
                    break
            if time.monotonic() >= ends:
                break
        return tuple(one.question for one in self._found[:k])

    def _try(self, bot: Examines) -> bool:
        """Ask the most promising question that is left; return whether there was one."""
        if self._left is None:
            self._left = _candidates(self._library)
        if not self._left:
            return False
        best = max(self._left, key=self._promise)
        self._left = [one for one in self._left if one.question != best.question]
        self._tried[best.article_id] += 1
        if _is_answered(bot, best):
            self._found.append(best)
        return True

    def _promise(self, one: _Candidate) -> float:
        alike = sum(found.kind == one.kind for found in self._found)
        beside = sum(found.article_id == one.article_id for found in self._found)
        tried = self._tried[one.article_id]
        return one.worth - _ALIKE * alike - _BESIDE * beside - _TRIED * tried


_makings: WeakKeyDictionary[Examines, _Making] = WeakKeyDictionary()
_beginning = threading.Lock()


def suggestions(bot: Examines, k: int = 4, *, seconds: float = SECONDS) -> tuple[str, ...]:
    """Return up to `k` questions that the corpus answers, spread over its articles.

    Each was made of a sentence near the beginning of an article and tried: the best evidence is in
    that article, for a day, a place or a number it is that sentence, and it surely answers. They
    are made once for a generation; what the seconds were too short for is found by a later call,
    and with 0 seconds none is made. None where there is nothing to ask, or no index.
    """
    try:
        return _making(bot).take(bot, k, seconds)
    except (IndexFailure, QAError) as error:
        _log.warning("no questions can be suggested: %s", error)
        return ()


def _making(bot: Examines) -> _Making:
    manifest = live_manifest(bot.data)
    name = manifest.name, manifest.created  # a folder that was begun anew counts from 1 again
    with _beginning:
        making = _makings.get(bot)
        if making is None or making.name != name:
            path = folder_of(bot.data, manifest.name) / "library.sqlite"
            making = _makings[bot] = _Making(name, path)
        return making


def _is_answered(bot: Examines, candidate: _Candidate) -> bool:
    found = bot.examine(candidate.question)
    if found.chance < SURE or not found.evidence:
        return False
    best = found.evidence[0]
    if best.passage.article_id != candidate.article_id:
        return False
    # Who somebody is may be told elsewhere in the article too; a day or a place has one sentence.
    there = best.start < candidate.end and candidate.start < best.end
    return there or candidate.kind not in _EXACT


def _candidates(path: Path) -> list[_Candidate]:
    """The questions of some articles, those of far apart ones after each other."""
    library = Library(path)
    try:
        sample = library.sample(_ARTICLES)
        chunks = library.chunks(sample)
        ids = list(dict.fromkeys(chunks[chunk].article_id for chunk in sample))
        read = [
            (library.article(name), library.sentence_spans(name)[:_SENTENCES])
            for name in _far_apart(ids)
        ]
    finally:
        library.close()
    texts = [article.text for article, _ in read]
    made = (one for article, lead in read for one in _of_article(article, lead))
    return [one for one in made if not _is_known(one, texts)]


def _far_apart(ids: Sequence[str]) -> list[str]:
    """The same in an order in which any first few are spread over all."""
    return [
        name for _, name in sorted((place * _GOLDEN % 1, name) for place, name in enumerate(ids))
    ]


def _is_known(candidate: _Candidate, texts: Sequence[str]) -> bool:
    """Whether it asks who somebody is whom most articles name: nobody needs to ask that."""
    name = candidate.question.removeprefix("Who is ").rstrip("?")
    named = sum(name in text for text in texts)
    return candidate.kind == "who" and len(texts) > 2 and named > len(texts) / 2


def _of_article(article: Article, lead: Sequence[Span]) -> Iterator[_Candidate]:
    words = frozenset(re.findall(r"\b[a-z]\w+", article.text[:_READ]))
    sentences = [" ".join(article.text[span.start : span.end].split()) for span in lead]
    asked = [list(questions(sentence, words.__contains__)) for sentence in sentences]
    full = _full_names([question for found in asked for _, question in found], article.title)
    for place, span in enumerate(lead):
        for kind, brief in asked[place]:
            question = _introduced(brief, full)
            names = sum(word[0].isupper() for word in question.split()[1:])
            worth = _WORTH[kind] - _LATER * place - _LENGTHY * max(0, len(question) - 60)
            worth -= _VAGUE * (names < 2)
            yield _Candidate(question, kind, article.id, span.start, span.end, worth)


def _full_names(asked: Sequence[str], title: str) -> dict[str, str]:
    """Last names with the whole names that an article introduces, in its text or as its title."""
    whole = [question[7:-1] for question in asked if question.startswith("Who is ")]
    if re.fullmatch(r"[A-Z][\w’-]+(?: [A-Z][\w’.-]*){1,3}", title):
        whole.append(title)
    return {name.split()[-1]: name for name in whole}


def _introduced(question: str, full: Mapping[str, str]) -> str:
    """The question with the whole name of somebody whom it calls by the last one alone."""
    words = question.split()
    for place, word in enumerate(words[2:-1], 2):
        alone = words[place - 1].islower() and words[place + 1].islower()
        if word in full and alone and words[place + 1] != "and":
            return " ".join([*words[:place], full[word], *words[place + 1 :]])
    return question
