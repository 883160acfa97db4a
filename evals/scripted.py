"""Whole answers of a scripted language model, put through the real bot: what is shown of them.

Each answer mixes true sentences of the evidence, as they stand or lightly reworded, with false ones
made by the rules of `evals/made_claims.py` and with true ones that cite another passage, a passage
that there is not, or none. What is shown is read from the stream, sentence by sentence.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.cases import Case
from evals.made_claims import CHANGED, KEPT, names_of
from index.types import Passage
from qa.bot import Bot
from qa.citations import verify
from qa.joining import together
from qa.llm.fake import ScriptedModel
from qa.llm.model import Prompt
from qa.llm.pieces import MARKER, Pieces
from qa.llm.prompt import question_prompt
from qa.parts import parts
from qa.types import Answer, Done, Evidence, Token

LINES = (3, 6)  # sentences of an answer, at least and at most
_WORDS = range(6, 46)  # of a sentence that an answer is made of
_NOWHERE = 99  # the number of a passage that there is not
_ASTRAY = ("wrong passage", "no such source", "no citation")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of an answer: how it was made, whether it may be shown, and what it cites."""

    text: str
    change: str
    true: bool
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A question, the prompt that it makes, and the answer to it: its lines, and `told` in one."""

    question: str
    prompt: Prompt
    lines: tuple[Line, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a script: the answer, the lines that it shows, and pieces that are no line's."""

    script: Script
    answer: Answer
    shown: tuple[Line, ...]
    others: tuple[str, ...]


def outcomes(
    bot: Bot, model: ScriptedModel, cases: Sequence[Case], *, seed: int = 0
) -> list[Outcome]:
    """Put each case's question to a bot that `model` writes for, with an answer made for it."""
    found = []
    for case in cases:
        made = script(bot, model, case.question, random.Random(f"{seed}/{case.id}"))
        if made:
            model.play(made.told)
            outcome = _outcome(bot, made)
            # A question of two parts that is answered as a whole has other passages.
            if model.prompts in ([], [made.prompt]):
                found.append(outcome)
    return found


def script(
    bot: Bot,
    model: ScriptedModel,
    question: str,
    draw: random.Random,
    size: tuple[int, int] = LINES,
) -> Script | None:
    """Make an answer to a question from its evidence; None where that has too few sentences."""
    evidence = together([bot.examine(part) for part in parts(question)]).evidence
    passages = tuple(dict.fromkeys(item.passage for item in evidence))
    if not passages:
        return None
    prompt, taken = question_prompt(question, passages, model)
    usable = [item for item in evidence if item.passage in taken and _usable(item.text)]
    if len(usable) < size[0]:
        return None
    chosen = draw.sample(usable, min(draw.randint(*size), len(usable)))
    made = [line for item in chosen if (line := _line(item, taken, draw)) and _whole(line.text)]
    lines = tuple({_bare(line.text): line for line in made}.values())
    return Script(question, prompt, lines, " ".join(_told(line, draw) for line in lines))


def _usable(text: str) -> bool:
    """Tell whether a model might write this text as a sentence of its answer."""
    return len(text.split()) in _WORDS and text[-1] in ".!?" and "[" not in text


def _whole(text: str) -> bool:
    """Tell whether a text is one sentence to the bot; of half of one nobody knows what it is."""
    pieces = Pieces()
    return [said.text for said in (*pieces.add(text), *pieces.end())] == [text]


def _line(item: Evidence, passages: Sequence[Passage], draw: random.Random) -> Line | None:
    text, number = " ".join(item.text.split()), passages.index(item.passage) + 1
    names = [name for passage in passages for name in names_of(passage.text)]
    same = [(kind, made) for kind, change in KEPT if (made := change(text, draw, names)) != text]
    kind, said = draw.choice([("verbatim", text), *same])
    if draw.random() < 0.5:
        return Line(said, kind, True, (number,))
    changed = [
        (kind, made)
        for kind, change in CHANGED
        if (made := change(said, draw, names)) and made != said
    ]
    others = [at for at, one in enumerate(passages, 1) if item.text not in one.text]
    kind, said = draw.choice([*changed, *((kind, said) for kind in _ASTRAY)])
    if kind == "wrong passage":
        return Line(said, kind, False, (draw.choice(others),)) if others else None
    cited = {"no such source": (_NOWHERE,), "no citation": ()}.get(kind, (number,))
    return Line(said, kind, False, cited)


def _told(line: Line, draw: random.Random) -> str:
    """Write a line as models do: its markers before the full stop or behind it."""
    marker = "".join(f"[{number}]" for number in line.cited)
    if not marker:
        return line.text
    if line.text.endswith(".") and draw.random() < 0.5:
        return f"{line.text[:-1]} {marker}."
    return f"{line.text} {marker}"


def _outcome(bot: Bot, made: Script) -> Outcome:
    said, answer = [], None
    for event in bot.stream(made.question):
        if isinstance(event, Token) and event.text.strip():
            said.append(" ".join(MARKER.sub(" ", event.text).split()))
        elif isinstance(event, Done):
            answer = event.answer
    assert answer is not None
    for citation in answer.citations:
        verify(citation, bot.article(citation.article_id))
    if not answer.wrote:
        return Outcome(made, answer, (), ())
    lines = {_bare(line.text): line for line in made.lines}
    shown = tuple(lines[_bare(text)] for text in said if _bare(text) in lines)
    others = tuple(text for text in said if _bare(text) not in lines)
    return Outcome(made, answer, shown, others)


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip()


def summary(found: Sequence[Outcome]) -> dict[str, object]:
    """The counts of a set: answers by what came of them, and lines shown and left out by kind."""
    given = [one for one in found if one.answer.answered]
    lines = [(line, line in one.shown) for one in given for line in one.script.lines]
    return {
        "questions": len(found),
        "refused": len(found) - len(given),
        "written by the model": sum(bool(one.answer.wrote) for one in given),
        "extractive instead": sum(not one.answer.wrote for one in given),
        "true kept": share([kept for line, kept in lines if line.true]),
        "false shown": share([kept for line, kept in lines if not line.true]),
        "pieces shown that are no line": sum(len(one.others) for one in given),
        "table": confusion((line.true, line.change, kept) for line, kept in lines),
    }


def share(kept: Sequence[bool]) -> str:
    """How many of how many, as "3/4"."""
    return f"{sum(kept)}/{len(kept)}"


def confusion(judged: Iterable[tuple[bool, str, bool]]) -> dict[str, dict[str, int]]:
    """Count kept and removed by how they were made, given as (true, change, kept); true first."""
    counts: dict[str, dict[str, int]] = {}
    for true, change, kept in sorted(judged, key=lambda one: (not one[0], one[1])):
        kind = f"{'true' if true else 'false'}: {change}"
        entry = counts.setdefault(kind, {"kept": 0, "removed": 0})
        entry["kept" if kept else "removed"] += 1
    return counts
