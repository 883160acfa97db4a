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
    "saying tells told also however additionally furthermore moreover specifically "
    "answer question based information provided given namely called named refers known would could "
    "may might been being which while both there these those than so "
    "located situated"
)

# Words of one meaning; of one group any may stand for any other.
_SYNONYMS = """
can able|state say tell told note add remark report mention|announce declare|speak talk discuss
claim assert|begin start commence|end finish conclude|stop halt cease|continue proceed|remain stay
help assist aid|big large huge|small little tiny|many numerous|many much number|several number
various several|help support|use employ utilise utilize|show demonstrate indicate
important significant key crucial|main chief primary principal major|often frequently
usually normally generally typically|almost nearly|about around approximately roughly circa
area region zone territory|within inside|called named known|through via
though although however while whereas|because since due owing reason
therefore thus hence consequently|get obtain acquire|need require|part portion section
aim goal objective target purpose|such like including|also well|include contain comprise
talk negotiation discussion dialogue|meeting summit talk|host hold|organise organize arrange
hold happen occur take place|schedule plan due set|visit trip|travel journey trip|travel go
arrive come|leave depart|assume take|give provide supply|deliver bring|give deliver
make create produce|build construct erect|create found establish|create form|cause lead
run operate manage|buy purchase|send dispatch|put place|choose select pick|appoint name
grow increase expand rise|reduce decrease cut|decline decrease fall drop|see regard consider view
think believe|find discover|publish release issue|defeat beat|fight battle|war conflict
attack strike|kill slay|die death|child kid|people persons|country nation|town village
company firm business|job work occupation|post position|worker employee|troops soldiers forces
army military|nuclear atomic|car automobile|movie film|picture photo photograph image
letter message|ask request|demand require|want wish desire|willingness readiness|try attempt seek
intend plan|promise pledge vow|agreement deal accord pact|agreement treaty|refuse decline
reject refuse|deny dispute|allow permit let|enable allow|ban prohibit forbid|prevent block
protect defend|keep retain maintain preserve|suggest propose|suggestion proposal
idea concept notion|belief view opinion|theory hypothesis|method way manner|means way
kind type sort|example instance|team squad|whole entire full complete|total overall
initial original early|initially originally first early|later subsequently afterwards
after following|before prior previously|previously formerly earlier|former previous earlier
current present|currently now presently|now today|modern contemporary|old ancient|new novel
quick fast rapid swift|quickly rapidly fast swiftly|difficult hard|easy simple
clear obvious evident|strong powerful|rich wealthy|poor impoverished|famous renowned well
close near nearby|far distant|wide broad|right correct|wrong incorrect|real actual
only solely just merely|mainly mostly primarily chiefly largely
completely entirely fully totally wholly|very highly extremely|especially particularly notably
together jointly|again anew|sometimes occasionally|rarely seldom|likely probably
perhaps maybe possibly|about regarding concerning|despite although|against versus
across throughout|during throughout|among between|over above|over more exceeding
under below beneath|until till|inhabitants residents|scientist researcher|scholar academic
student pupil|doctor physician|lawyer attorney|spokesman spokesperson|spokeswoman spokesperson
journalist reporter|author writer|cost price|amount quantity|speed velocity|size extent
period era time|year annum|annual yearly|daily everyday|house home|building structure|road street
sea ocean|world globe earth|worldwide globally|disease illness sickness|ill sick|injure wound
harm damage|danger threat risk|law legislation act|crime offence offense|prison jail|judge justice
evidence proof|result outcome consequence|effect impact influence|affect influence
change alter modify|convert transform|improve enhance|replace substitute|remove eliminate
abolish eliminate|connect link join|split divide separate|combine merge unite
gather collect assemble|consist comprise compose|occur happen|live reside dwell|capture seize
conquer defeat|invade attack|occupy hold|rule govern reign|command order|freedom liberty
same identical|similar alike like|different distinct|rare uncommon unusual|common usual ordinary
enough sufficient adequate|additional extra further|another other|rest remainder|beginning start
ending end|center centre middle|effort attempt|achieve accomplish attain reach|opportunity chance
possibility chance|problem difficulty issue|answer reply respond response|phone telephone
welcome greet|praise laud commend|criticise criticize condemn|fear worry concern|happy glad
decide decision determine|divide division|explode explosion|expand expansion|extend extension
invade invasion|destroy destruction|describe description|reduce reduction|produce production
introduce introduction|persuade convince|grow growth|fail failure|succeed success|born birth
color colour|labor labour|defense defence|program programme|theater theatre|honor honour
favor favour|organization organisation|neighbor neighbour|behavior behaviour|recognize recognise
realize realise|emphasize emphasise stress underline|analyze analyse|gray grey|meter metre
liter litre|accompany go|conduct carry|carry transport|schedule arrange|serve work
station base deploy|prepare ready establish make|sideline exclude|demand call|vague unclear
warn caution|aware know
"""
# Forms of a word that do not share its stem.
_FORMS = """
arise arose arisen|bear bore borne|beat beaten|become became|begin began begun|bend bent
bind bound|bite bitten|blow blew blown|break broke broken|breed bred|bring brought|build built
buy bought|catch caught|choose chose chosen|come came|deal dealt|dig dug|do done|draw drew drawn
drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt
fight fought|find found|flee fled|fly flew flown|forbid forbade forbidden|forget forgot forgotten
freeze froze frozen|get got gotten|give gave given|go went gone|grow grew grown|hang hung
hear heard|hide hid hidden|hold held|keep kept|know knew known|lay laid|lead led|leave left
lend lent|lie lain|lose lost|make made|mean meant|meet met|overcome overcame
overthrow overthrew overthrown|pay paid|ride rode ridden|ring rang rung|rise rose risen|run ran
say said|see saw seen|seek sought|sell sold sale|send sent|shake shook shaken|shine shone
shoot shot|show shown|shrink shrank shrunk|sing sang sung|sink sank sunk|sit sat|sleep slept
speak spoke spoken speech|spend spent|spin spun|stand stood|steal stole stolen|stick stuck
strike struck|swear swore sworn|sweep swept|swim swam swum|swing swung|take took taken
teach taught|tear tore torn|tell told|think thought|throw threw thrown|undergo underwent undergone
understand understood|undertake undertook undertaken|wake woke|wear wore worn|win won
withdraw withdrew withdrawn|write wrote written|child children|foot feet|tooth teeth|mouse mice
wolf wolves|leaf leaves|knife knives|wife wives|life lives live|man men|woman women|person people
phenomenon phenomena|criterion criteria|analysis analyses|crisis crises|basis bases
bacterium bacteria|strong strength|long length|high height|deep depth|wide width|hot heat
buyer buy|seller sell
"""


def _groups(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in text.replace("\n", "|").split("|"):
        members = set(map(_stem, group.split()))
        for member in members:
            found.setdefault(member, set()).update(members - {member})
    return {stem: frozenset(others) for stem, others in found.items()}


_FORM = _groups(_FORMS)
_SYNONYM = _groups(_SYNONYMS)
SYNONYMS = {
    stem: frozenset().union(
        _FORM.get(stem, ()),
        _SYNONYM.get(stem, ()),
        *(_SYNONYM.get(form, ()) for form in _FORM.get(stem, ())),
        *(_FORM.get(other, ()) for other in _SYNONYM.get(stem, ())),
    )
    - {stem}
    for stem in {*_FORM, *_SYNONYM}
}
# Irregular forms of verbs that tell of what has happened; regular ones end in "ed".
PAST = frozenset(
    form for group in _FORMS.replace("\n", "|").split("|") for form in group.split()[1:]
)

# With these a model may begin a sentence although the source does not: they are no names.
OPENERS = _stems(
    "according however additionally furthermore moreover specifically also "
    "meanwhile later then yes no both these those there while although overall finally instead "
    "similarly further during after before when where as"
)
