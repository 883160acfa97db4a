"""Small word lists of English by which a claim and its source are compared."""

from index.stems import stems


def _stem(word: str) -> str:
    found = stems(word)
    return found[0][0] if found else word


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, text.split()))


_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {
    **{_stem(word): value for value, word in enumerate(_UNITS.split())},
    **{_stem(word): value for value, word in enumerate(_ORDINALS.split())},
    **{_stem(word): 10 * value for value, word in enumerate(_TENS.split(), start=3)},
    "once": 1,
    "twice": 2,
    "dozen": 12,
    "half": 0.5,
}
SCALES = {"hundr": 100, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
SCALES |= {"trillion": 10**12, "bn": 10**9, "mn": 10**6}

_MONTHS = (
    "january:jan february:feb march:mar april:apr may june:jun july:jul august:aug "
    "september:sep:sept october:oct november:nov december:dec"
)
_DAYS = (
    "monday:mon tuesday:tue:tues wednesday:wed thursday:thu:thur:thurs friday:fri saturday:sat "
    "sunday:sun"
)
DATES = {
    _stem(form): entry.split(":")[0]
    for entry in f"{_MONTHS} {_DAYS}".split()
    for form in entry.split(":")
}
# One people or place under several names; the stems of the second are read as the first.
_SAME = """
us american americans|uk british|china chinese|russia russian russians|korea korean koreans
japan japanese|vietnam vietnamese|singapore singaporean|france french|germany german germans
italy italian|spain spanish|england english|scotland scottish|ireland irish|canada canadian
mexico mexican|australia australian|india indian|iran iranian|iraq iraqi|israel israeli
syria syrian|turkey turkish|egypt egyptian|libya libyan|ukraine ukrainian|poland polish
europe european|asia asian|africa african|mongolia mongol mongols mongolian|rome roman
greece greek|portugal portuguese|sweden swedish|norway norwegian|denmark danish
"""
SAME = {
    _stem(form): entry.split()[0]
    for line in _SAME.split("\n")
    for entry in line.split("|")
    for form in entry.split()
}
SAME |= {
    "us": "us",
    "uk": "uk",
    "gen": "general",
    "sen": "senat",
    "gov": "governor",
    "lt": "lieuten",
}
LONG_NAMES = {
    ("unit", "state"): "us",
    ("unit", "kingdom"): "uk",
    ("unit", "nation"): "un",
    ("european", "union"): "eu",
    ("europ", "union"): "eu",
    ("europe", "union"): "eu",
}

_OPPOSITE = """
accept reject|accept refuse|agree disagree|agree refuse|allow ban|allow forbid|allow prohibit
permit forbid|permit prohibit|permit ban|before after|begin end|start end|start stop|start finish
begin finish|open close|open shut|win lose|victory defeat|success failure|succeed fail|pass fail
increase decrease|increase reduce|rise fall|grow shrink|raise lower|more less|more fewer|most least
above below|over under|up down|buy sell|bought sold|import export|arrive leave|arrive depart
enter leave|enter exit|join leave|join quit|support oppose|ally enemy|friend enemy|war peace
legal illegal|true false|right wrong|first last|high low|higher lower|large small|larger smaller
big small|great small|long short|longer shorter|early late|earlier later|maximum minimum
majority minority|include exclude|public private|rich poor|young old|younger older|new old
strong weak|strengthen weaken|man woman|men women|boy girl|son daughter|father mother
husband wife|brother sister|king queen|male female|north south|east west|northern southern
eastern western|left right|inside outside|inner outer|always never|all none|same different
alive dead|born died|live die|build destroy|create destroy|attack defend|love hate
like dislike|give take|give receive|send receive|lend borrow|hot cold|warm cool|cause prevent
encourage discourage
approve reject|approve disapprove|confirm deny|admit deny|praise criticise|praise criticize
praise condemn|appear disappear|connect disconnect|possible impossible|able unable|likely unlikely
willing unwilling|known unknown|clear unclear|official unofficial|formal informal|regular irregular
direct indirect|complete incomplete|active inactive|positive negative|good bad|better worse
best worst|easy difficult|easy hard|safe dangerous|fast slow|heavy light|wide narrow|deep shallow
expand contract|advance retreat|appoint dismiss|hire fire|acquit convict|innocent guilty
continue stop|keep abandon|gain lose|find lose|remember forget|save spend|hostile friendly
optimistic pessimistic|often rarely|often seldom|frequently rarely|many few|several no
former current|former future|present absent|presence absence|ancient modern|rural urban|day night
morning evening|domestic foreign|internal external|voluntary compulsory|mandatory optional
liquid solid|liquid gas|visible invisible|urban rural|upper lower|top bottom|front back|add remove
attract repel|combine separate|unite divide|lead follow|teacher student
""".replace("\n", "|").strip("|")


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in filter(None, _OPPOSITE.split("|")):
        words = pair.split()
        if len(words) == 2:
            one, other = map(_stem, words)
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {stem: frozenset(others) for stem, others in found.items()}


OPPOSITES = _opposites()
NEGATIVE_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "anti", "de")

# A claim may say these of its own: they tell where a thing stands, not what it is.
OWN_WORDS = _stems(
    "according article articles passage passages source sources text states stated report reports "
    "reported mentions mentioned noted notes indicates indicated describes described says said say "
    "saying tells told also however therefore thus additionally furthermore moreover specifically "
    "answer question based information provided given namely called named refers known would could "
    "may might should must can been being which while both there these those because than so"
)

# With these a model may begin a sentence although the source does not: they are no names.
OPENERS = _stems(
    "according however therefore thus additionally furthermore moreover specifically also "
    "meanwhile later then yes no both these those there while although overall finally instead "
    "similarly further since during after before because when where as"
)
