"""The past forms of verbs that news is told in, with their base forms, for asking back."""

_REGULAR = """
abandon accuse achieve acquire act add adopt agree allow announce appear appoint approve argue
arrest arrive ask attack attend award base bomb borrow capture carry cause celebrate challenge
change claim close collapse complete confirm conquer consider construct continue convert convict
crash create cross declare defeat deliver demand demonstrate deny describe design destroy detain
develop discover discuss dismiss divide donate earn elect emerge end endorse enter establish execute
expand expel explode explore extend fail file finish fire force form found gain graduate happen help
host identify impose improve include increase inherit injure inspire install introduce invade invent
invest invite issue join jump kill land last launch lift live locate maintain march marry merge
migrate murder name nominate occur offer open operate oppose order organise organize own paint
participate pass perform place play pledge possess postpone praise predict present produce prohibit
promise propose protest prove publish purchase push qualify raise ratify reach receive recognise
recognize recommend record recover reduce refuse regain reject release remain remove rename renew
replace report represent request rescue resign resolve respond restore resume retire return reveal
rule sail save scale score secure seize serve settle share show sign sponsor start state stay
stretch struggle study succeed suffer suggest support surrender suspend switch target test threaten
train transform travel try turn unveil urge use venture view visit vote vow walk want warn welcome
work wound
"""
_DOUBLED = "admit ban bar control drop permit plan prefer refer rob slip stop submit transfer"
_IRREGULAR = """
became:become began:begin bought:buy broke:break brought:bring built:build came:come caught:catch
chose:choose cut:cut dealt:deal drew:draw drove:drive fell:fall felt:feel flew:fly fought:fight
found:find gave:give got:get grew:grow held:hold hit:hit kept:keep knew:know laid:lay led:lead
left:leave lent:lend lost:lose made:make meant:mean met:meet overcame:overcome oversaw:oversee
overthrew:overthrow paid:pay put:put ran:run rose:rise sank:sink saw:see sent:send set:set
shook:shake shot:shoot sold:sell sought:seek spent:spend split:split spoke:speak spread:spread
stole:steal stood:stand struck:strike swam:swim swept:sweep swore:swear taught:teach threw:throw
told:tell took:take understood:understand undertook:undertake went:go withdrew:withdraw woke:wake
won:win wore:wear wrote:write
"""


def _past(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    return f"{base}ed"


BASES: dict[str, str] = {
    **{_past(base): base for base in _REGULAR.split()},
    **{f"{base}{base[-1]}ed": base for base in _DOUBLED.split()},
    **dict(pair.split(":") for pair in _IRREGULAR.split()),
}
