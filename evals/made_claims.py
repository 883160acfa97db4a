"""Claims made by rule from true sentences: paraphrases that stay true, and changes that do not."""

import calendar
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from qa.claims.words import sentence

_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w’'-]+)(?: [A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+\b|(?<![\w.,-])\d+(?:\.\d+)?(?![\w,]*\d)")
_MONTHS = [*calendar.month_name][1:]
_DAYS = [*calendar.day_name]
_DIGITS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_DATE = re.compile(
    rf"\b(?:{'|'.join(m for m in _MONTHS if m != 'May')}|{'|'.join(_DAYS)})\b|\b(?:1[5-9]|20)\d\d\b"
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|did|does|may)\b(?![’'])"
)
_NOT = re.compile(r"\b(is|are|was|were|has|have|had|will|would|can|could|did|does|do) not\b")
_HEDGED = re.compile(r"\b(?:could|may|might)\b(?= \w)")
_SYNONYMS = {
    "said": "stated", "about": "around", "began": "started", "big": "large", "many": "numerous",
    "several": "a number of", "however": "though", "because": "since", "also": "as well",
    "help": "assist", "use": "employ", "used": "employed", "show": "demonstrate",
    "important": "significant", "almost": "nearly", "often": "frequently", "area": "region",
    "such as": "like", "within": "inside", "called": "named", "usually": "normally",
    "while": "whereas", "get": "obtain", "need": "require", "part": "portion", "aims": "goals",
}  # fmt: skip
# Common words by what they are, in whose place another of the same kind is put.
_WORDS = [
    set(kind.split())
    for kind in (
        "attacked built closed doubled opened paid praised published refused repeated signed sold",
        "attack build close double open praise publish refuse repeat sign sell visit",
        "bridge budget crisis engine factory harbour hospital hotel letter museum prison treaty",
        "engines farmers letters markets officials prisoners schools students weapons",
        "cautious cheap electric foreign hidden legal northern peaceful secret violent wooden",
        "briefly carefully openly rarely secretly slowly suddenly",
    )
]
_QUANTITIES = {
    "some": "all", "many": "all", "most": "all", "several": "all", "all": "some", "only": "mainly",
    "often": "always", "usually": "always", "mostly": "entirely", "largely": "entirely",
    "more": "less", "less": "more", "first": "last", "last": "next", "next": "last",
    "before": "after", "after": "before", "earlier": "later", "later": "earlier", "few": "many",
    "both": "neither", "because": "although", "although": "because", "almost": "more than",
    "at least": "at most", "up to": "at least", "early": "late", "late": "early",
}  # fmt: skip
_MODALS = {"will": "must", "would": "should", "can": "must", "should": "will", "must": "can"}
_SHORT = 4  # letters; what is so short often says little
_TITLE = frozenset(
    {"The", "A", "An", "In", "On", "At", "It", "He", "She", "They", "This", "That", "These"}
    | {"Those", "But", "And", "For", "As", "There", "However"}
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on one passage: how it was made, and whether the passage bears it out."""

    text: str
    change: str
    true: bool
    article: str
    cited: str


Change = Callable[[str, random.Random, Sequence[str]], str]


def claims(
    article: str, sentences: Sequence[str], *, names: Sequence[str], seed: int = 0
) -> Iterator[Claim]:
    """Yield the claims made from an article's sentences, one true and one false kind for each.

    `names` are those of all articles, from which a changed name is drawn.
    """
    draw = random.Random(f"{seed}/{article}")
    for text in sentences:
        if not 6 <= len(text.split()) <= 45:
            continue
        yield Claim(text, "verbatim", True, article, article)
        same = [
            (kind, made) for kind, change in KEPT if (made := change(text, draw, names)) != text
        ]
        for kind, made in draw.sample(same, min(2, len(same))):
            yield Claim(made, kind, True, article, article)
        base = draw.choice([text, *(made for _, made in same)])
        for kind, change in CHANGED:
            made = change(base, draw, names)
            if made and made != base:
                yield Claim(made, kind, False, article, article)


def names_of(text: str) -> list[str]:
    """List the names in a text that stand in the middle of a sentence."""
    return [
        n
        for n in _NAME.findall(text)
        if n.split()[0] not in _TITLE and n not in _MONTHS + _DAYS and not re.match("I[’']", n)
    ]


def _led_in(text: str, draw: random.Random, names: Sequence[str]) -> str:
    lead = draw.choice(
        ["According to the article, ", "The article says that ", "It is reported that "]
    )
    lowered = text[0].lower() + text[1:] if text.split()[0] in _TITLE else text
    return lead + lowered


def _synonyms(text: str, draw: random.Random, names: Sequence[str]) -> str:
    left = 2
    for word, other in _SYNONYMS.items():
        made = re.sub(rf"\b{word}\b(?! off)", other, text, count=1)
        left -= made != text
        text = made
        if not left:
            break
    return text


def _moved(text: str, draw: random.Random, names: Sequence[str]) -> str:
    match = re.match(r"((?:In|On|During|Since|At) [^,]{3,30}), (.+)\.$", text)
    if not match or not re.search(r"\d|[A-Z]", match[1][2:]):
        return text
    rest = match[2] if match[2].split()[0][0].isupper() else match[2][0].upper() + match[2][1:]
    return f"{rest} {match[1][0].lower()}{match[1][1:]}."


def _respelt(text: str, draw: random.Random, names: Sequence[str]) -> str:
    months = "|".join(_MONTHS)
    text = re.sub(rf"\b({months}) (\d{{1,2}})\b(?!,? \d)", r"\2 \1", text)
    text = re.sub(r"\b(two|three|four|five|six|seven|eight|nine|ten)\b", _digit, text)
    text = text.replace("’", "'").replace("“", '"').replace("”", '"')
    text = re.sub(r"(\d)%", r"\1 percent", text).replace("U.S.", "US")
    return text.replace("n't ", " not ") if "can't" not in text and "won't" not in text else text


def _digit(match: re.Match[str]) -> str:
    return str(_DIGITS.index(match[0]) + 2)


def _shortened(text: str, draw: random.Random, names: Sequence[str]) -> str:
    made = re.sub(r" \([^()]*\)", "", text)
    made = re.sub(r", (?:which|who|where) [^,]{4,60},(?= )", "", made)
    cut = re.match(r"(.{40,}?), (?:and|but|while|although) ", made)
    return f"{cut[1]}." if cut and made.count('"') == 0 and "either" not in made else made


def _name(text: str, draw: random.Random, names: Sequence[str]) -> str:
    held = [name for name in names_of(text) if name not in {"One", "Two", "Some"}]
    said = sentence(text).stems
    others = [name for name in names if not sentence(name).stems & said]
    if not held or not others:
        return ""
    return text.replace(draw.choice(held), draw.choice(others), 1)


def _swapped(text: str, draw: random.Random, names: Sequence[str]) -> str:
    held = list(dict.fromkeys(names_of(text)))
    pairs = [
        (one, other)
        for one in held
        for other in held
        if text.find(one) < text.find(other)
        and not sentence(one).stems & sentence(other).stems
        and text.count(one) == text.count(other) == 1
        and _apart(text[text.find(one) + len(one) : text.find(other)])
    ]
    if not pairs:
        return ""
    one, other = draw.choice(pairs)
    made = text.replace(one, "\0").replace(other, one).replace("\0", other)
    # "all of Chinese ... China people" says the same in worse English.
    same = [word.stem for word in sentence(made).words] == [w.stem for w in sentence(text).words]
    return "" if same else made


def _apart(between: str) -> bool:
    """Tell whether names with this between them play different parts: a verb, and no list."""
    listed = re.search(r"\b(?:and|or|with|between|as|like)\b|,", between)
    return not listed and bool(re.search(r"\b[a-z]{4,}", between.replace("from", "")))


def _number(text: str, draw: random.Random, names: Sequence[str]) -> str:
    found = [m for m in _NUMBER.finditer(text) if not re.fullmatch(r"1[5-9]\d\d|20\d\d", m[0])]
    if not found:
        return ""
    match = draw.choice(found)
    plain = float(match[0].replace(",", ""))
    other = plain + draw.choice([1, 2, 5, 10]) if draw.random() < 0.5 else plain * 2 + 1
    shown = (
        f"{other:,.1f}"
        if "." in match[0]
        else f"{int(other):,}"
        if "," in match[0]
        else f"{int(other)}"
    )
    return text[: match.start()] + shown + text[match.end() :]


def _date(text: str, draw: random.Random, names: Sequence[str]) -> str:
    found = list(_DATE.finditer(text))
    if not found:
        return ""
    match = draw.choice(found)
    if match[0].isdigit():
        other = str(int(match[0]) + draw.choice([-10, -2, -1, 1, 2, 10]))
    else:
        other = draw.choice(
            [w for w in (_MONTHS if match[0] in _MONTHS else _DAYS) if w not in text]
        )
    return text[: match.start()] + other + text[match.end() :]


def _negated(text: str, draw: random.Random, names: Sequence[str]) -> str:
    if _NOT.search(text):
        return _NOT.sub(r"\1", text, count=1)
    match = _AUXILIARY.search(text)
    if not match or re.match(r" (?:not|no|never|only|n't)", text[match.end() :]):
        return ""
    return text[: match.end()] + draw.choice([" not", " never"]) + text[match.end() :]


def _surer(text: str, draw: random.Random, names: Sequence[str]) -> str:
    return _HEDGED.sub("will", text, count=1)


def _word(text: str, draw: random.Random, names: Sequence[str]) -> str:
    plain = [w for w in sentence(text).words if w.kind == "word" and len(w.text) > _SHORT]
    if not plain:
        return ""
    word = draw.choice(plain).text
    like = next((kind for kind in _WORDS if any(w[-2:] == word[-2:] for w in kind)), _WORDS[2])
    said = sentence(text).stems
    others = sorted(other for other in like if not sentence(other).stems & said)
    return re.sub(rf"\b{re.escape(word)}\b", draw.choice(others), text, count=1)


def _words(text: str, draw: random.Random, names: Sequence[str]) -> str:
    """Swap two words that play different parts."""
    plain = [w.text for w in sentence(text).words if w.kind == "word" and len(w.text) > _SHORT]
    pairs = [
        (one, other)
        for one, other in combinations(dict.fromkeys(plain), 2)
        if one[-2:] == other[-2:] and _apart(text.partition(one)[2].partition(other)[0])
    ]
    if not pairs:
        return ""
    one, other = draw.choice(pairs)
    made = re.sub(rf"\b{re.escape(one)}\b", "\0", text, count=1)
    made = re.sub(rf"\b{re.escape(other)}\b", one, made, count=1)
    return made.replace("\0", other) if made.count("\0") == 1 else ""


def _replaced(text: str, draw: random.Random, by: Mapping[str, str]) -> str:
    found = [word for word in by if re.search(rf"\b{word}\b", text)]
    if not found:
        return ""
    word = draw.choice(found)
    return re.sub(rf"\b{word}\b", by[word], text, count=1)


def _quantity(text: str, draw: random.Random, names: Sequence[str]) -> str:
    return _replaced(text, draw, _QUANTITIES)


def _modal(text: str, draw: random.Random, names: Sequence[str]) -> str:
    return _replaced(text, draw, _MODALS)


KEPT: tuple[tuple[str, Change], ...] = (
    ("lead-in added", _led_in),
    ("synonyms", _synonyms),
    ("time or place moved", _moved),
    ("respelt", _respelt),
    ("shortened", _shortened),
)
CHANGED: tuple[tuple[str, Change], ...] = (
    ("name changed", _name),
    ("names swapped", _swapped),
    ("number changed", _number),
    ("date changed", _date),
    ("negation changed", _negated),
    ("hedge dropped", _surer),
    ("word changed", _word),
    ("words swapped", _words),
    ("quantity changed", _quantity),
    ("modal changed", _modal),
)
