"""Pronouns that mean nothing: the "it" of "is it safe to", the "that" of "that is fine"."""

import re

# Adjectives after which "to" brings a thing and not a verb: "is it similar to rugby".
_TO_A_THING = (
    r"(?:similar|close|closer|closest|related|equal|identical|equivalent|due|subject|limited|next|"
    r"tied|linked|compared|comparable|relevant|parallel|superior|inferior|native|unique|specific|"
    r"known|sent|given|sold|moved|added|attached|connected|exposed|able|allowed|going|supposed|"
    r"used|meant|designed|required|expected|likely|about|part|up|\w+(?<!interest)(?<!excit)ed)"
)
_BE = r"(?:is|was|were|be|been|would|will|isn['’]t|wasn['’]t|wouldn['’]t|['’]s|seems?|becomes?)"
_GOING_ON = r"(?:to|that|if|when|whether|for (?:\w+ ){1,2}to)\b"
_IT = re.compile(
    # is it (still) safe to ..., is it a good idea to ..., would it be better if ...
    rf"\b{_BE} it (?:be )?(?:(?!{_TO_A_THING}\b)[\w-]+ ){{1,4}}{_GOING_ON}"
    # it is said that, it would be helpful, it seems
    r"|\bit (?:is|was|['’]s|seems|appears|rains|snows|(?:would|could|may|might) (?:be|seem))\b"
    r"|\b(?:is|was) it (?:still |really |also )?"
    r"(?:true|possible|okay|ok|right|correct|rain\w*|snow\w*)\b"
    # does it make sense, does it matter, what does it mean to, what does it take to
    r"|\b(?:does|did|do|will|would|can|could)(?:n['’]t)? it (?:really |even |usually |typically )?"
    r"(?:makes? (?:any |more )?sense|matter|pay to|help to|hurt to|means? to|means? when|means? if|"
    r"feel like to|takes?\b[\w\s]*? to|costs?\b[\w\s]*? to|makes? an?\b[\w\s]*? to)\b"
    r"|\bhow (?:long|much)(?: [\w]+)? (?:does|did|will|would|is|can) it (?:\w+ )?to\b"
    r"|\bhow long (?:does|did|will|would) it (?:usually |normally |typically )?take (?:to|for)\b"
    # got it, made it, worth it
    r"|\b(?:got|made|worth|beat|about) it\b(?=\s*(?:$|[,.!;?]))",
    re.IGNORECASE,
)
_THERE = re.compile(r"\b(?:hello|hi|hey|out|over|up) there\b|\bthere (?:in|at|on)\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"\W*(?:thanks|thank you|got it|i see|never ?mind)\b"
    r"|\W*(?:ok|okay|great|nice|cool|sure|(?:very )?interesting)(?:\W*$|[,.!])"
    r"|\W*that(?:['’]s| is| was) (?:\w+ )?\w+\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|\b(?:how|why|where|what|when|whom?|whose|which|whether)\b|"
    r"^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|tell|explain|"
    r"describe|list|name|give|show)\b",
    re.IGNORECASE,
)


def empty(question: str) -> list[tuple[int, int]]:
    """List the stretches of a question whose "it", "that" or "there" stands for nothing."""
    found = [match.span() for match in [*_IT.finditer(question), *_THERE.finditer(question)]]
    sentences = re.finditer(r"[^.?!]+[.?!]*", question)  # "that is fine" asks nothing
    return [*found, *(match.span() for match in sentences if not asks(match.group()))]


def is_courtesy(text: str) -> bool:
    """Tell whether a turn only answers politely: "Thanks, that is fine."."""
    return bool(_COURTESY.match(text)) and not asks(text)


def asks(text: str) -> bool:
    """Tell whether a text asks for something, by its mark, its opening or a question word."""
    return bool(_ASKS.search(text.strip()))
