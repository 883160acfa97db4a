"""The question itself: cleaned of what nobody typed, checked, and told apart by kind."""

import re
import unicodedata

from qa.errors import QuestionError

LONGEST = 2_000  # characters; the longest question of SQuAD, ClapNQ and mtRAG has under 600

_LIST = re.compile(
    r"\b(list|name|which|what)\b.*\b(all|every|each|countries|people|reasons|ways|steps|examples|"
    r"officials|names|things|places|dates|conditions|topics|goals|results)\b",
    re.IGNORECASE,
)
# More than one thing, by the question's form: a plural with its verb, or a comparison.
_SEVERAL = re.compile(
    r"\b(?:which|what) (?!(?:do|does|did|is|was|are|were|has|have|had|will|would|can|could|should|"
    r"may|might|makes|this)\b)(?:[\w’'-]+ ){0,2}?[a-z]{3,}(?<!s)s\b.*\b(?:are|were|have|did|do)\b|"
    r"\bwhat (?:are|were) (?:the|some|all|his|her|its|their|\w+['’]s) (?:[\w’'-]+ ){0,2}?"
    r"[a-z]{3,}(?<!s)s\b|^(?:list|compare|contrast)\b|\bdiffer(?:s|ed|ences?|ent)?\b",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|"
    r"must)(?:n['’]t)?\b",
    re.IGNORECASE,
)
_KINDS = (
    ("why", re.compile(r"\b(why|how come|what (?:is|was|were|are) the reasons?)\b", re.I)),
    (
        "when",
        re.compile(
            r"\b(when|what (?:date|day|month|year|time)|which (?:date|day|month|year)|"
            r"on (?:what|which) dates?|how long ago|since when)\b",
            re.I,
        ),
    ),
    (
        "count",
        re.compile(
            r"\b(how (?:many|much|long|far|old|often|large|big|high|tall)|"
            r"what (?:number|percentage|percent|amount|share))\b",
            re.I,
        ),
    ),
    (
        "where",
        re.compile(
            r"\b(where|(?:what|which) (?:place|city|country|town|island|hotel|"
            r"location|venue|state|region|building))\b",
            re.I,
        ),
    ),
    (
        "who",
        re.compile(
            r"\b(who|whom|whose|(?:what|which) (?:person|man|woman|official|minister|"
            r"president|leader|general|spokes\w+|diplomat))\b",
            re.I,
        ),
    ),
    ("list", _LIST),
    ("list", _SEVERAL),
)


def cleaned(question: str) -> str:
    """Return the question without control and invisible characters, white space made single.

    Raises QuestionError where nothing is left, where it is longer than `LONGEST`, or where it
    holds no letter or digit.
    """
    if len(question) > LONGEST:
        raise QuestionError(
            f"The question has {len(question):,} characters; ask in at most {LONGEST:,}."
        )
    visible = "".join(" " if ch.isspace() else ch for ch in question if _visible(ch))
    text = " ".join(visible.split())
    if not text:
        raise QuestionError("The question is empty; type a question about the articles.")
    if not any(ch.isalnum() for ch in text):
        raise QuestionError("The question has no word in it; type a question about the articles.")
    return text


def _visible(ch: str) -> bool:
    # Cc controls, Cf zero-width and direction marks, Cs lone surrogates, Co and Cn unassigned.
    return ch.isspace() or not unicodedata.category(ch).startswith("C")


def kind(question: str) -> str:
    """Return what is asked for: why, when, count, where, who, list, or fact."""
    return next((name for name, pattern in _KINDS if pattern.search(question)), "fact")


def yes_or_no(question: str) -> bool:
    """Tell whether a question asks for a yes or a no, which no span of an article says."""
    return bool(_YES_OR_NO.match(question))
