"""Small word lists of English by which a follow-up's words are told apart."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _forms(text: str) -> frozenset[str]:
    """Return the verbs with their regular forms; irregular ones are listed as they are."""
    found: set[str] = set()
    for word in text.split():
        stem = word[:-1] if word.endswith("e") else word
        found |= {word, word + "s", stem + "ed", stem + "ing"}
        if word.endswith(("h", "s", "x", "o")):
            found.add(word + "es")
        if word.endswith("y"):
            found |= {word[:-1] + "ies", word[:-1] + "ied"}
        if len(word) == 3 or word in {"begin", "ship", "stop", "plan", "drop"}:
            found |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return frozenset(found)


AUXILIARIES = _words(
    "is are was were am be been being do does did has have had will would can could should may "
    "might must shall isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't "
    "won't wouldn't can't couldn't shouldn't cannot whats wheres whos hows whens"
)
PREPOSITIONS = _words(
    "in on at to from of for by with about near during after before since until under over "
    "between against through into onto inside outside within without around across along among "
    "behind beyond despite except per regarding toward towards upon via like than as"
)
WH = _words("who whom whose what which when where why how")
FUNCTION = (
    AUXILIARIES
    | PREPOSITIONS
    | WH
    | _words(
        "i me my mine you your yours we us our ours he him his she her hers it its they them their "
        "theirs this that these those there here then now the a an some any no not yes and or but "
        "so if because while though although whether also too very just only even still ever "
        "never always again already yet else more most much many few less least such same other "
        "another each every all both either neither one ones something anything someone anyone "
        "everything nothing please ok okay well oh hi hello thanks thank however instead rather "
        "really actually back up down out off away let's that's what's it's i'm i've i'd you're "
        "he's she's they're there's who's where's how's when's maybe perhaps enough "
        "sometimes pretty able possible available sure true wrong exactly usually "
        "often today tomorrow yesterday ago later currently recently etc e.g i.e got going "
        "own apart course according speaking talking changing meant legal certain "
        "specific general several various own don doesn isn"
    )
)
# Parts of a name when they have a capital; of a thing they say too little to be carried along.
ADJECTIVES = _words(
    "first second third last next good bad new right important popular different similar common "
    "best better worst old big large long far high all expensive cheap safe dangerous harmful "
    "legal illegal easy hard difficult effective efficient useful helpful interesting together "
    "alone alive dead ready necessary mandatory worthwhile reliable secure healthy customizable"
)
VERBS = _forms(
    "accept achieve act add advise affect agree allow announce answer appear apply approve argue "
    "arrive ask attack attend avoid base become begin believe belong bring build buy call cancel "
    "carry cause change charge choose cite claim collect come compare complete concern conclude "
    "confirm consider consist contact contain continue contribute control convert cook cost cover "
    "create decide declare defeat define deliver demand deny depend describe design destroy "
    "determine develop die discover discuss disappear drink drive drop eat earn elect enable end "
    "enjoy enter establish exist expand expect explain express extend fail fall feel fight fill "
    "find finish fire fix fly follow force form found function gain gather get give go grow handle "
    "happen harm hate hear help hire hold hope host hurt identify imagine implement import improve "
    "include increase inform install intend introduce invent invest invite involve join jump keep "
    "kill know lack last launch lead learn leave lend let lie like listen live look lose love "
    "maintain make manage matter mean measure meet mention move need negotiate obtain occur offer "
    "open operate order organise organize originate own participate pass pay perform permit pick "
    "play point post prefer prepare prevent produce protect prove provide publish pull push put "
    "qualify raise reach read realise realize receive recommend reduce refer reject relate "
    "release rely remain remember remove repeat replace reply report represent request require "
    "resign respond result retire return reveal ride rise run save say see seem sell send serve "
    "set share show sign sing sit sleep solve speak spend spread stand start stay steal stop "
    "suffer suggest summarize summarise support suppose survive take talk teach tell think treat "
    "travel try turn understand upset use vary visit vote wait walk want warn watch wear win wish "
    "withdraw wonder work worry write blacklist "
    "accuse adapt adjust admit adopt afford aim alter apologise apologize appoint arrange "
    "arrest assess assign assist assume attach attract bear beat blame borrow break breathe "
    "burn calculate celebrate check climb close collapse combine commit communicate compete "
    "complain compose configure connect conquer construct convince cooperate decline defend "
    "delete deploy detect differ disagree dismiss divide download earn edit educate eliminate "
    "emerge employ encourage enforce engage ensure escape estimate evaluate evolve examine "
    "execute expire flee focus forbid forget generate guarantee heal ignore imply inherit "
    "inspect inspire interact invade investigate justify lay marry match migrate mix modify "
    "monitor obey observe occupy oppose owe oversee overcome persuade preserve promote propose "
    "prosecute punish pursue raise reach react rebuild recall recognise recognize recover "
    "recruit recycle refuse regulate repair resolve restore restrict reveal sail satisfy save "
    "seek seize settle shoot shut specialise specialize split strengthen submit succeed "
    "surrender surround suspend switch tend terminate threaten transfer transform translate "
    "undergo upload urge violate wake weigh widen"
) | _words(
    "said says told gave given went gone came became began begun brought built bought caught chose "
    "chosen did done drew drawn drank drove driven ate eaten fell fallen felt fought found flew "
    "flown forgot got grew grown had heard held kept knew known led left lent lay lain lost made "
    "meant met paid put ran read rode risen rose sang sung sat saw seen sold sent set shot shown "
    "slept spoke spoken spent stood stole stolen taken took taught thought understood woke won "
    "wore worn withdrew withdrawn wrote written hosted using making taking having giving going "
    "getting being doing coming invented located born wanna gonna gotta"
)
ANIMATE = _forms(
    "say tell announce agree ask want think believe claim argue cite call invite meet visit decide "
    "refuse resign warn propose demand hope plan speak talk sign write send host travel "
    "negotiate respond reply explain deny"
) | _words("said told met thought spoke wrote sent upset angry")
# What a name or a thing before "of" is only a side of, and what no follow-up speaks of again.
LIGHT_HEADS = _words(
    "kind type sort lot lots thing things way ways time times day days week month year years today "
    "example examples difference differences reason information detail details question answer "
    "article articles two three four five number amount idea clarification summary name names part "
    "parts bit couple"
)
HUMAN = _words(
    "president minister secretary official officials leader leaders chairman chairwoman chief "
    "general ambassador envoy spokesman spokeswoman spokesperson adviser advisor senator governor "
    "mayor king queen prince princess pope author writer actor actress singer director coach "
    "player founder ceo doctor professor scientist man woman boy girl wife husband son daughter "
    "mother father brother sister friend parent boss neighbor neighbour partner child kid uncle "
    "aunt cousin person customer employee employer viceroy officer commander diplomat judge lawyer"
)
TITLES = HUMAN | _words("mr mrs ms dr sir lady lord prime vice vice-chairman vice-president state")
PLACE_ENDS = _words(
    "city town village island islands river lake hotel county street road airport palace zone sea "
    "ocean mountain mountains valley state province region district bay peninsula park square "
    "house building hall university stadium coast desert border"
)
ORGANISATIONS = _words(
    "inc inc. corp corp. ltd company ministry agency department council party bureau bank group "
    "administration committee commission association union organisation organization institute "
    "federation league court congress parliament senate army navy police government team club "
    "nations foundation authority office"
)
PLACES = frozenset(
    """
north korea|south korea|korea|china|japan|russia|vietnam|singapore|india|pakistan|iran|iraq|israel
syria|turkey|egypt|libya|france|germany|italy|spain|britain|england|scotland|ireland|wales|poland
ukraine|canada|mexico|brazil|argentina|cuba|venezuela|australia|new zealand|indonesia|malaysia
thailand|philippines|taiwan|hong kong|afghanistan|saudi arabia|yemen|nigeria|kenya|south africa
united states|u.s.|us|usa|america|uk|u.k.|united kingdom|europe|asia|africa|washington|new york
london|paris|moscow|beijing|tokyo|seoul|pyongyang|hanoi|berlin|rome|geneva|brussels|california
texas|florida|sweden|norway|finland|denmark|netherlands|belgium|switzerland|austria|greece
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
MONTHS = _words(
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday jan feb apr aug sept oct nov dec"
) - {"may"}
FEMALE = _words(
    "mrs ms lady queen princess actress wife mother sister daughter mary anna anne maria elizabeth "
    "sarah susan karen lisa nancy linda jennifer jessica laura julia emma hillary angela michelle "
    "melania ivanka kamala margaret helen alice jane kate catherine diana heather nikki sophie "
    "rosa marie victoria barbara patricia letitia emily olivia ursula christine"
)
MALE = _words(
    "mr sir king lord prince pope husband father brother son john james robert michael william "
    "david richard joseph thomas charles donald barack george mike steve stephen paul mark peter "
    "andrew kevin brian edward ronald bill joe bob jim tom dan jack harry henry louis vladimir "
    "emmanuel boris tony frank martin antonio xi jared rex scott bruno daniel matthew"
)
# What "the song" or "this deal" may mean without having been called so before.
GENERIC = _words(
    "series song film movie book novel game company country city place event program programme "
    "team group person meeting summit talks deal agreement treaty statement letter decision policy "
    "law disease war battle election film show product service tool project mission document "
    "report speech trip visit incident attack crisis man woman issue matter problem process"
)
# After one of these a pronoun may mean what was named before it in the same question.
BREAKS = _words(", ; . ? ! : and or but if when because that so while whether although")
INDEFINITE = _words("a an any some his her its their our my your")
GOING = _words("go goes went gone going travel travelled traveled fly flew come came get")
# "This week" and its like are no part of the conversation.
NOT_REFERRING = _words(
    "week month year time morning evening summer winter spring autumn century way case country "
    "article text corpus world day moment point"
)
# Question words with which a question is not in English.
FOREIGN = _words(
    "wann wer wen wem wo warum wieso wie welche welcher welches quand qui où ou pourquoi comment "
    "quel quelle cuándo cuando quién quien dónde donde qué que cómo como quando quem onde chi dove "
    "perché wat waar wanneer waarom hoe"
)
CONNECTIVES = frozenset({" and ", " & "})
