"""What a conversation is about: its noun phrases, and which of them a pronoun means."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.stems import stems
from qa.followup.mentions import Mention, mentions
from qa.followup.wordlists import PLACE_ENDS
from qa.question import kind
from qa.types import PLAIN

_MARKER = re.compile(r"\s?\[\d{1,3}\]")
_READ = 1_200  # characters of an answer that are read; what is spoken of comes early
_SHORT = 15  # words; the first thing that a longer answer names need not be its point
_WHO_IS = re.compile(r"[Ww]ho(?:'s| is| was| are| were) [A-Z]")  # asks about the one that it names
_NEVER = -100.0

# How well each kind of phrase suits each kind of pronoun; what is not listed never does.
_SUITS = {
    "person": {"person": 1.0, "name": 0.2},
    "thing": {"thing": 0.5, "organisation": 0.3, "name": 0.3, "place": -0.6},
    "things": {"thing": -0.8, "organisation": 0.4, "place": -0.2, "name": -0.6, "person": -2.2},
    "place": {"place": 1.0, "name": 0.0, "organisation": -0.2, "thing": -0.6},
    "date": {"date": 1.0},
    "matter": {"thing": 0.6, "name": -0.6, "organisation": 0.0, "place": -0.8},
    "topic": {"thing": 0.3, "organisation": 0.3, "name": 0.5, "place": 0.2, "person": 0.4},
}
_ASKED = {"who": ("person", "name"), "where": ("place", "name"), "when": ("date",)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a pronoun asks of its antecedent.

    `animate` that it speaks, wants or is upset; `several` that it can only be more than one.
    """

    kind: str
    female: bool | None = None
    animate: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """A mention in its turn; `words` are its stems, `asked` tells that a question made it."""

    turn: int
    weight: float
    mention: Mention
    words: frozenset[str]
    asked: bool


@dataclass(slots=True)
class Memory:
    """The mentions of a conversation with their weights; the newest turn counts most."""

    question: str = ""  # the last one, as it was understood
    answer: str = ""  # what it was answered, without markers; empty for a refusal
    stems: set[str] = field(default_factory=set)  # of all mentions
    _people: set[str] = field(default_factory=set)  # words of people's names
    _seen: list[_Seen] = field(default_factory=list)
    _turn: int = 0

    def add(self, question: str, answer: str) -> None:
        """Take in a turn: the question as it was understood, and the text that answered it."""
        self._turn += 1
        self.question = question
        said = _MARKER.sub("", answer[:_READ])
        self.answer = "" if said.startswith(PLAIN) else said
        asked = mentions(question)
        for place, mention in enumerate(asked):
            self._see(1.0 + (0.5, 0.3, 0.2)[min(place, 2)], mention, asked=True)
        people = [m for m in asked if m.kind in {"person", "name"} and not m.plural]
        if len(people) == 2 and "and" not in question[people[0].end : people[1].start].split():
            text = f"{people[0].bare} and {people[1].bare}"  # "they", in the turns to come
            self._see(0.9, replace(people[0], text=text, kind="person", plural=True), asked=True)
        if self.answer:
            self._add_answer(question, {mention.bare.lower() for mention in asked})

    def add_titles(self, titles: Sequence[str]) -> None:
        """Take in the titles of articles that were cited, which count least."""
        for title in titles:
            for mention in mentions(title):
                self._see(0.0, mention)

    def _add_answer(self, question: str, asked: set[str]) -> None:
        said = mentions(self.answer)
        point = _point(question, self.answer, said, asked)
        for place, mention in enumerate(said):
            self._see(1.9 if mention is point else 0.6 - 0.1 * min(place, 5), mention)

    def _see(self, weight: float, mention: Mention, *, asked: bool = False) -> None:
        words = frozenset(stem for stem, _, _ in stems(mention.bare))
        self.stems |= words
        if mention.kind == "person" and mention.named:
            self._people |= {word for word in mention.text.split() if word[0].isupper()}
        self._seen.append(_Seen(self._turn, weight, mention, words, asked))

    def choose(self, wanted: Wanted, *, besides: str = "") -> Mention | None:
        """Return the mention that is meant, none where nothing suits.

        A mention whose words all stand in `besides`, the question itself, is not meant.
        """
        own = {stem for stem, _, _ in stems(besides)}
        often = Counter(seen.mention.bare.lower() for seen in self._seen)
        fading = 0.4 if wanted.kind == "topic" else 0.8
        best: Mention | None = None
        best_score = -1.5
        for seen in self._seen:
            mention = seen.mention
            if mention.kind == "name" and self._people.issuperset(mention.bare.split()):
                mention = replace(mention, kind="person")  # called so elsewhere
            score = suits(wanted, mention)
            if score <= _NEVER or not seen.words or seen.words <= own:
                continue
            score += seen.weight - fading * (self._turn - seen.turn)
            score += 0.3 * math.log(often[mention.bare.lower()]) + 0.5 * mention.named
            score -= 0.2 * mention.possessive + 0.7 * mention.relation + 0.6 * mention.owned
            if score > best_score:
                best, best_score = mention, score
        return self._fullest(best) if best else None

    def with_head(self, described: Mention, *, besides: str = "") -> Mention | None:
        """Return the latest longer mention with the same last word: "Quit India movement".

        What somebody asked about by just these words means that again; and of the many things
        that an answer describes only those with names are spoken of by their last word.
        """
        own = {stem for stem, _, _ in stems(besides)}
        bare = described.bare.lower()
        if any(seen.asked and seen.mention.bare.lower() == bare for seen in self._seen):
            return None
        for seen in reversed(self._seen):
            longer = len(seen.mention.bare.split()) > 1 or seen.mention.relation
            same = seen.mention.head == described.head and seen.mention.plural == described.plural
            known = seen.asked or (seen.mention.named and seen.mention.kind != "person")
            if same and longer and known and not seen.words < own:
                return seen.mention
        return None

    def _fullest(self, mention: Mention) -> Mention:
        """Return the longest form of a name of a person: "Kim Yong-chol" for "Yong-chol"."""
        if mention.kind not in {"person", "name"} or mention.plural:
            return mention
        people = [seen.mention for seen in self._seen if seen.mention.kind == "person"]
        forms = {m.text: m for m in people if not m.plural and m.text.endswith(f" {mention.text}")}
        return next(iter(forms.values())) if len(forms) == 1 else mention


def suits(wanted: Wanted, mention: Mention) -> float:
    """Return how well a mention fits what is wanted, -100 where it cannot."""
    score = _SUITS[wanted.kind].get(mention.kind, _NEVER)
    clash = None not in (wanted.female, mention.female) and wanted.female is not mention.female
    if clash or (wanted.kind == "person" and (mention.plural or not _human(mention))):
        return _NEVER
    if mention.plural:
        score += {"things": 1.6, "thing": -1.2, "place": -1.0}.get(wanted.kind, 0.0)
    if wanted.several and not mention.plural:
        return _NEVER
    if wanted.kind == "date" and not any(ch.isdigit() for ch in mention.text):
        score -= 0.8  # "Wednesday evening" of an answer is seldom when all that was
    if wanted.animate:
        score += -2.0 if mention.kind == "thing" else 0.6
    return score


def _human(mention: Mention) -> bool:
    return mention.named or mention.kind == "person"


def _point(question: str, answer: str, said: Sequence[Mention], asked: set[str]) -> Mention | None:
    """Return the mention that answers the question, as far as its kind and place tell.

    Of several of the right kind it is the one nearest to the question's own words.
    """
    wanted = _answers(question, answer)
    own = {stem for stem, _, _ in stems(question)}
    places = [start for stem, start, _ in stems(answer) if stem in own]
    fitting = [
        mention
        for mention in said
        if mention.kind in wanted
        and not (mention.relation or mention.plural or mention.bare.lower() in asked)
        and not {stem for stem, _, _ in stems(mention.bare)} <= own
    ]

    def nearness(mention: Mention) -> float:
        return sum(1 / (20 + abs(start - mention.start)) for start in places)

    return max(fitting, key=nearness, default=None)


def _answers(question: str, answer: str) -> tuple[str, ...]:
    """Return the kinds of phrase that answer a question."""
    if _WHO_IS.match(question):
        return ()
    asked = _ASKED.get(kind(question))
    if asked:
        return asked
    match = re.match(r"(?:(?:in|at|on) )?(?:what|which) (\w+)", question, re.IGNORECASE)
    if not match:
        return ()
    if match.group(1).lower() in PLACE_ENDS:
        return ("place",)
    return ("thing",) if len(answer.split()) <= _SHORT else ()
