"""What a question expects in its answer: a date, a number, a name, a place, a reason.

A sentence that holds nothing of the kind rarely answers, however many words it shares with the
question. The patterns are of English; for other languages nothing is expected.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.stems import stems

_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.|Feb\.|Mar\.|Apr\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_TIME = re.compile(
    rf"\b{_MONTHS}|\b(?:1\d|20)\d\d(?:s|\b)|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|"
    r"\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b|\b\d+(?:st|nd|rd|th) century\b|"
    r"\b(?:today|tomorrow|yesterday|ago|noon|midnight|century|decade)\b|"
    r"\b(?:last|next|this|earlier this|later this) (?:week|month|year|summer|winter|spring|fall|"
    r"autumn)\b|\b(?:AD|BC|BCE|CE)\b"
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|"
    r"quarter|third|twice|double|percent|years?|months?|weeks?|days?|hours?|decades?)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order to|as a result|therefore|thus|citing|"
    r"reasons?|caused?|causes|led to|results? in|after|in response|thanks to|for fear|to avoid|"
    r"so as to|which is why|sign|goal|aim|purpose)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.!?“\"] )(?<!^)\b[A-Z][\w’'-]+|\b[A-Z][\w’'-]+ (?:[a-z]{1,3} )?[A-Z]")
_ASKING = re.compile(
    r"\b(?:(?:in|on|at|by|for|since|until) )?(?:what|which) (?:(?:specific|exact|other) )?"
    r"(?:dates?|days?|months?|years?|times?|century|decade|number|amount|percentage|percent|"
    r"person|people|reasons?|places?|location|kinds?|types?|sorts?|names?)(?: of)?\b|"
    r"\bhow (?:many|much|long|far|old|often|large|big|high|tall|soon|come)\b",
    re.IGNORECASE,
)


# Words that carry little of what a question is about. A small corpus cannot tell that they are
# common: in five articles "would" is as rare as a name.
_LIGHT = frozenset(
    stem
    for stem, _, _ in stems(
        "would could should may might can must shall also about there any some much many more most "
        "take took taken make made get got give given go went gone come came hold held think "
        "thought say said tell told know known happen happened occur become became use used call "
        "called name named describe described mention mentioned refer according article articles "
        "text passage corpus something anything someone thing things please one ones other others"
    )
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*|\d+")


def heavy(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the weights without those of light words, unless there is nothing else."""
    kept = {stem: weight for stem, weight in weights.items() if stem not in _LIGHT}
    return kept or dict(weights)


def names(question: str) -> frozenset[str]:
    """Return the stems of the question's names and numbers: capitals past its start, and digits."""
    found: set[str] = set()
    for match in list(_WORD.finditer(question))[1:]:
        word = match.group()
        if word[0].isdigit() or word[0].isupper():
            found |= {stem for stem, _, _ in stems(word)}
    return frozenset(found)


def subject(question: str) -> str:
    """Return the question without the words that only say what kind of thing is asked for.

    "On what date did they meet?" becomes "did they meet?": an answer gives a date and does not
    say the word.
    """
    rest = " ".join(_ASKING.sub(" ", question).split())
    return rest if stems(rest) else question


def fits(question: str, kind: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """Tell, 1 or 0 for each text, whether it holds the kind of thing that is asked for.

    For a kind without an expectation every text fits. A name or a place fits only if the question
    does not hold it already.
    """
    if kind in {"who", "where"}:
        asked = {stem for stem, _, _ in stems(question)}
        return np.array([float(_new_name(text, asked)) for text in texts])
    pattern = {"when": _TIME, "count": _NUMBER, "why": _REASON}.get(kind)
    if pattern is None:
        return np.ones(len(texts))
    return np.array([float(bool(pattern.search(text))) for text in texts])


def _new_name(text: str, asked: set[str]) -> bool:
    return any(
        stem not in asked for match in _NAME.finditer(text) for stem, _, _ in stems(match.group())
    )
