"""Unanswerable questions and passages made by rule from answerable examples.

The kinds are those that SQuAD 2.0 found in human unanswerable questions (Rajpurkar et al. 2018,
table 1): a swapped name or number, a negation, an antonym; and a passage without its answer.
Each function returns None where its rule does not apply.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from index.sentences import sentences
from qa.reader.rows import Example

_YEAR = r"\b1[0-9]{3}\b|\b20[0-9]{2}\b"
_MONTH = (
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
_NUMBER = r"\b\d[\d,.]*\d\b|\b\d\b"
_NAME = r"\b[A-Z][\w'’-]*[a-z0-9][\w-]*(?: (?:of |the |de |von |and )?[A-Z][\w-]*[a-z0-9][\w-]*)*"
_MENTION = re.compile(
    f"(?P<year>{_YEAR})|(?P<month>{_MONTH})|(?P<number>{_NUMBER})|(?P<name>{_NAME})"
)
_NOT_NAME = re.compile(
    r"(?:who|what|when|where|which|why|how|whose|whom|in|on|at|of|for|from|to|by|with|as|the|a"
    r"|an|is|was|are|were|did|does|do|has|have|had|can|could|if|after|before|during|and|or"
    r"|according|this|that|these|those|it|he|she|they|his|her|its|their|there|after|since"
    r"|while|i|we|you|but)\Z",
    re.I,
)
_AUXILIARY = re.compile(
    r"\b(is|was|are|were|did|does|do|has|have|had|can|could|will|would|should)\b(?! not\b)", re.I
)
_OPPOSITES = (
    "first/last before/after largest/smallest highest/lowest most/least more/less increase/decrease"
    " increased/decreased begin/end began/ended start/finish started/finished north/south east/west"
    " northern/southern eastern/western early/late earlier/later oldest/newest old/new high/low"
    " large/small long/short longest/shortest major/minor positive/negative legal/illegal"
    " win/lose won/lost best/worst good/bad above/below inside/outside allow/forbid allowed/banned"
    " male/female men/women rich/poor strong/weak fast/slow import/export accept/reject"
    " accepted/rejected support/oppose supported/opposed love/hate same/different public/private"
    " internal/external maximum/minimum majority/minority gain/lose gained/lost rise/fall"
    " appear/disappear include/exclude included/excluded buy/sell bought/sold always/never"
    " opened/closed up/down arrive/leave arrived/left join/quit joined/quit common/rare"
)
_OPPOSITE: dict[str, str] = {}
for _pair in _OPPOSITES.split():
    _one, _other = _pair.split("/")
    _OPPOSITE[_one], _OPPOSITE[_other] = _other, _one
_OPPOSED = re.compile(rf"\b({'|'.join(_OPPOSITE)})\b", re.I)


def mentions(text: str) -> list[tuple[str, str]]:
    """The names, numbers, years and months of a text, each as (type, words), in order."""
    found = []
    for match in _MENTION.finditer(text):
        kind = match.lastgroup or ""
        if kind != "name" or not _NOT_NAME.match(match.group()):
            found.append((kind, match.group()))
    return found


def swapped(
    example: Example, pool: Sequence[tuple[str, str]], rng: random.Random
) -> Example | None:
    """The question with one name, number, year or month replaced by another of its type.

    Three times of four the other stands in the passage itself, else in `pool`: the mentions of
    its article.
    """
    question = example.question
    own = [(kind, text) for kind, text in mentions(question) if len(text) > 1]
    if not own:
        return None
    kind, text = rng.choice(own)
    used = question.casefold()
    others = mentions(example.passage) if rng.random() < 0.75 else list(pool)
    choices = [t for k, t in others if k == kind and _fresh(t, text, used)]
    if not choices:
        return None
    return _unanswered(example, "swap", question.replace(text, rng.choice(choices), 1))


def _fresh(candidate: str, text: str, used: str) -> bool:
    folded = candidate.casefold()
    return len(candidate) > 1 and folded not in used and text.casefold() not in folded


def negated(example: Example, rng: random.Random) -> Example | None:
    """The question with its first auxiliary verb negated."""
    match = _AUXILIARY.search(example.question)
    if not match:
        return None
    word = match.group()
    denied = rng.choice([f"{word} not", f"{word} never", _contracted(word)])
    question = example.question[: match.start()] + denied + example.question[match.end() :]
    return _unanswered(example, "negation", question)


def _contracted(word: str) -> str:
    special = {"can": "can't", "will": "won't"}
    return special.get(word.lower(), word + "n't")


def opposed(example: Example, rng: random.Random) -> Example | None:
    """The question with one word replaced by its antonym."""
    found = list(_OPPOSED.finditer(example.question))
    if not found:
        return None
    match = rng.choice(found)
    other = _OPPOSITE[match.group().lower()]
    question = example.question[: match.start()] + other + example.question[match.end() :]
    return _unanswered(example, "antonym", question)


def _unanswered(example: Example, kind: str, question: str) -> Example:
    return replace(example, kind=kind, question=question, spans=(), evidence=False)


def without_answer(example: Example) -> Example | None:
    """The passage without the sentences that touch an answer, where no answer's words remain."""
    rest = [
        example.passage[s.start : s.end]
        for s in sentences(example.passage)
        if not any(s.start < end and start < s.end for start, end in example.spans)
    ]
    passage = " ".join(rest)
    answers = {example.passage[start:end].casefold() for start, end in example.spans}
    if len(passage) < 80 or any(answer in passage.casefold() for answer in answers):
        return None
    return replace(example, kind="cut", passage=passage, spans=(), evidence=False)


def cropped(example: Example, target: int, rng: random.Random) -> Example:
    """A run of the passage's sentences of at least `target` characters that keeps its answers."""
    spans = sentences(example.passage)
    touched = [
        number
        for number, span in enumerate(spans)
        if any(span.start < end and start < span.end for start, end in example.spans)
    ]
    if len(spans) < 2 or (example.spans and not touched):
        return example
    first, last = (touched[0], touched[-1]) if touched else (rng.randrange(len(spans)),) * 2
    while spans[last].end - spans[first].start < target and (first > 0 or last + 1 < len(spans)):
        if first > 0 and (last + 1 == len(spans) or rng.random() < 0.5):
            first -= 1
        else:
            last += 1
    start, end = spans[first].start, spans[last].end
    if any(s < start or e > end for s, e in example.spans):
        return example
    moved = tuple((s - start, e - start) for s, e in example.spans)
    return replace(example, passage=example.passage[start:end], spans=moved)
