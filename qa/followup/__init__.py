"""A follow-up -> a question that stands alone, without a language model.

A question leans on the conversation where a pronoun has no antecedent in the question itself,
where it is a fragment ("And where?"), or where it speaks of "the movement" that was named before.
What is missing is taken from the conversation; all else is left as it was typed. The rules are of
English: a question in another script, or one that begins with another language's question word,
is left alone.
"""

import re
from collections.abc import Sequence

from qa.followup.ellipsis import complete, opening
from qa.followup.empty_words import is_courtesy
from qa.followup.references import carried_along, described, referring
from qa.followup.salience import Memory
from qa.followup.wordlists import FOREIGN
from qa.types import Turn

REMEMBERED = 8  # turns; what was spoken of before them is no longer meant
LONGEST = 80  # words; a longer question says what it is about, and cost stays bounded
_OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2c00-\ud7ff\uf900-\ufaff]")


def standalone(question: str, history: Sequence[Turn], *, titles: Sequence[str] = ()) -> str:
    """Return the question as it is meant after the turns before it, unchanged if it needs nothing.

    `history` holds the turns as they were typed and answered, oldest first; the last
    `REMEMBERED` are used, each understood in the light of those before it. Answers are the shown
    texts, markers and all; a refusal's text tells nothing. `titles` are those of the articles
    that the last answer cites, which count least.
    """
    memory = Memory()
    for turn in history[-REMEMBERED:]:
        if is_courtesy(turn.question):
            continue
        memory.add(_resolved(turn.question, memory), turn.answer)
    memory.add_titles(titles)
    return _resolved(question, memory)


def _resolved(question: str, memory: Memory) -> str:
    if not memory.question or len(question.split()) > LONGEST or _foreign(question):
        return question
    completed = complete(question, memory)
    if completed == question:
        changed = referring(described(question, memory), memory)
        completed = changed[opening(changed) :] if changed != question else question
    if completed == question:
        completed = carried_along(question, memory)
    return _capital(completed, question)


def _foreign(question: str) -> bool:
    first = question.lower().lstrip(" ¿¡").split()
    wordless = not any(ch.isalnum() for ch in question)
    return wordless or bool(_OTHER_SCRIPT.search(question)) or first[0] in FOREIGN


def _capital(text: str, question: str) -> str:
    """Begin with a capital where the question as typed does."""
    first = next((ch for ch in question if ch.isalpha()), "")
    return text[:1].upper() + text[1:] if first.isupper() else text
