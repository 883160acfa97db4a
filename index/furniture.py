"""Lines and sentences that belong to a page and not to its article, known by their general form.

Each pattern describes a kind of notice as many sites word it. A line must match as a whole, a
sentence from its first word on, so that an article may speak of comments, cookies or copyright.
"""

import re

# A longer line is a paragraph, or what a server prints.
_LONGEST_LINE = 160
_LONGEST_ERROR = 500
_LONGEST_BANNER = 250


def _any(forms: str) -> re.Pattern[str]:
    """One pattern a line, letter case ignored."""
    return re.compile("|".join(f"(?:{form})" for form in forms.split("\n") if form), re.IGNORECASE)


_LABELS = _any(
    r"""
\W*advert(?:isement|ising|orial)?s?\W*
sponsored(?: content)?|supported by|promoted|loading\W*|please wait\W*|scroll down\W*
(?:story|article|post) continues (?:below|after)(?: \w+){0,3}
continue reading(?: (?:the|below|with|for) .{0,60})?
(?:load|show|view|see|read) (?:more|less|all)\W*
read (?:the )?(?:full|whole|original|entire) (?:article|story|post|report)\W*
(?:skip|jump) to (?:main )?(?:content|navigation|search)|back to (?:top|home(?:page)?)
(?:toggle )?(?:menu|navigation|search|sidebar|close)|subscribe|log ?(?:in|out)|sign ?(?:in|up|out)
(?:subscribe|register|join|donate|sign up|log in) (?:now|today|here|for free)\W*|register
(?:next|previous)(?: article| post| story| page)?|\d+[ -]min(?:ute)?s?(?: to)? read
reading time\W.{1,20}|our standards:.{1,80}|(?:article|page|story) printed from:?.{1,80}
(?:from )?staff (?:reports?|and agencies)|by (?:wire (?:services|reports)|agencies)
by (?:the )?(?:associated press|ap|reuters|afp)
by (?:our |a )?(?:\w+ )?(?:staff|web ?desk|news ?(?:desk|room)|editorial (?:team|board))
by (?:our |a )?(?:\w+ )?(?:staff )?(?:writer|reporter|correspondent)s?
(?:tags?|topics?|filed (?:under|in)|categor(?:y|ies)|posted in|keywords)\s*:[^.!?]{1,140}
(?:privacy|cookies?) (?:policy|notice|statement|settings|preferences)
terms (?:of|and) (?:use|service|conditions)|(?:accept|reject|manage|allow)(?: all)? cookies
"""
)
_COMMENTS = _any(
    r"""
\(?\d[\d.,]*[km]?\)? comments?|comments?\W*|comments?\s*:?\s*[(\[]?\s*\d[\d.,]*[km]?\s*[)\]]?
(?:leave|post|add|write) (?:a|your) (?:comment|reply)\W*|be the first to (?:comment|reply)\W*
(?:show|hide|view|see|read)(?: all)?(?: \d+)? comments?|no comments(?: yet)?\W*
comments (?:are|have been) (?:closed|disabled|turned off)\W*|report this comment
join the (?:conversation|discussion)\W*|(?:log|sign) in to (?:comment|reply)\W*
(?:\d[\d.,]*\s?[km]?\s+(?:shares?|likes?|views?|retweets?|comments?|followers|reactions?)\W*)+
(?:shares?|views?|likes?|retweets?|followers)\s*:?\s*\d[\d.,]*[km]?
"""
)
_KINDS_OF_LINK = (
    "(?:news|articles?|stor(?:y|ies)|posts?|videos?|content|links?|topics?|coverage|reading|reads?"
    "|headlines)"
)
_RELATED = _any(
    rf"""
(?:related|recommended|popular|trending|latest|similar|featured) {_KINDS_OF_LINK}\s*[:»>]?
(?:most (?:read|popular|viewed|shared|recent)|more|top|other|must[- ]read) {_KINDS_OF_LINK}\s*[:»>]?
(?:related|recommended(?: for you)?|most (?:read|popular|viewed|shared)|trending(?: now)?)\s*[:»>]?
editors?['’]?s?['’]? picks?\W*|(?:what to )?read next\W*|up next\W*|see also\W*
you (?:may|might) (?:also )?(?:like|be interested in|enjoy|have missed)\W*
more (?:from|on|about) (?:this (?:story|author|topic|section)|the web|our \w+)\W*
(?:around|from|elsewhere on) the web
"""
)
_CREDITS = _any(
    r"""
(?:photo(?:graph)?|image|picture|illustration)s?(?: (?:credit|source|courtesy))?\s*[:/][^.!?]+\.?
(?:photo(?:graph)?|image|picture|illustration) (?:credit|source), [^.!?]+\.?
(?:photo(?:graph)?|image|picture|illustration)s? (?:by|courtesy of|via) [^.!?]{2,60}\.?
(?:ap photo|reuters|afp|getty|epa)\s?/\s?[^.!?]{2,60}|(?:\w+ via )?getty images
[^.!?/]{2,40}/\s?(?:ap|afp|reuters|getty(?: images)?|epa)(?:\s?[/-]\s?[^.!?/]{2,30})?
"""
)
_ERRORS = _any(
    r"""
(?:php )?(?:warning|notice|(?:catchable )?fatal error|parse error|deprecated)\s*:\s.* on line \d+.*
(?:php )?(?:warning|fatal error)\s*:\s+\w+\(\)?.*
(?:http )?(?:error )?[45]\d\d\W{0,3}(?:(?:page |file )?not found|error|forbidden|unauthorized)\W*
(?:http )?(?:error )?[45]\d\d\W{0,3}(?:bad (?:gateway|request)|gone|too many requests)\W*
(?:(?:http )?(?:error )?5\d\d\W{0,3})?(?:internal server error|bad gateway|gateway time-?out)\W*
(?:(?:http )?(?:error )?5\d\d\W{0,3})?service (?:temporarily )?unavailable\W*
(?:http )?error [45]\d\d\W*|(?:page|file) not found\W*|access denied\W*
error establishing a database connection|the requested url .* was not found on this server\W*
apache/.* server at .* port \d+|object moved(?: to here)?\W*|sqlstate\[.*|cannot get /\S*
an error (?:has )?occurred(?: while .{1,60})?\W*|undefined (?:index|variable|offset)\W.{0,80}
(?:sorry|oops)\W.{0,60}\b(?:went wrong|not found|try again(?: later)?)\W*
"""
)
_UPDATED = re.compile(
    r"(?:last |first )?(?:updated?|modified|published|posted|edited)\b[\s:|]*(?P<when>.*\d.*)",
    re.IGNORECASE,
)
_DATE_WORD = _any(
    r"""
\d[\d:.,/]*(?:st|nd|rd|th|[ap]m|h|z)?[.,:;)]*|[ap]\.?m\.?,?|[-|–—·•]
(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[.,]*
(?:january|february|march|april|may|june|july|august|september|october|november|december),?
(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]*
(?:[ecmp][sd]?t|gmt|utc|bst|cet|ist)[.,)]*|on|at|ago|local|time|updated?:?
(?:hour|minute|min|day|week|month|year)s?
"""
)
_NOTICES = _any(
    r"""
(?:copyright|©|&copy;)\s*(?:©|\(c\)|&copy;|by)?\s*(?:19|20)\d\d\b
copyright ©|\(c\)\s*(?:19|20)\d\d\b|all rights reserved\b|©(?:\s*\S+){0,8}\Z
copyright(?: by)? (?-i:(?:[A-Z][\w.&'’-]*,? ){1,8})(?:19|20)\d\d\W*\Z
this (?:material|article|content|story|text|page) (?:may|must) not be (?:re)?(?:published|produced)
this (?:material|article|content|story|text|page) (?:may|must) not be (?:copied|distributed|used)
no part of this (?:publication|site|website|article|material|page|document) may
(?:re(?:printed|published|produced)|used) (?:here )?(?:with|by)(?: the)?(?: kind)? permission\b
unauthori[sz]ed (?:use|reproduction|copying|distribution) .{0,80}(?:prohibited|forbidden)
this (?:article|story|post|column|essay) (?:was |is )?(?:originally|first) (?:published|posted)
this (?:article|story|post|column|essay) (?:was |is )?(?:originally|first) (?:appeared|ran)
(?:the )?(?:views|opinions)(?: and opinions)? expressed (?:in this|here|on this|by the author)
(?:read (?:more|next|also|this)|also read|see also|don['’]?t miss|must read)\s*(?:[:»]|>+)\s*\S
(?:related(?: (?:article|story|news|stories))?|more|recommended|watch|listen)\s*(?:[:»]|>+)\s*\S
(?:click|tap) (?:here|below)\b|(?:download|get) (?:our|the) (?:\w+ )?(?:mobile )?app\b
(?:please )?(?:sign up|subscribe|register) (?:now |here )?(?:for|to)\b.{0,80}\bnewsletters?\b
(?:please )?(?:sign up|subscribe|register) (?:now |here )?(?:for|to)\b.{0,80}\b(?:e-?mails?|inbox)\b
(?:please )?(?:sign up|subscribe|register) (?:now |here )?(?:for|to)\b.{0,80}\b(?:alerts|channel)\b
(?:please )?(?:sign up|subscribe) (?:for|to)\b.{0,80}\b(?:podcast|mailing list|free trial|updates)\b
get (?:the|our|all|more|breaking|daily)\b.{0,80}\b(?:in|to) your (?:inbox|e-?mail)
follow (?:us|@\w+|(?:\w+ ){1,4}?) ?on (?:twitter|facebook|instagram|x|linkedin)\b
(?:like|find|join) (?:us|@\w+) on (?:twitter|facebook|instagram|x|linkedin)\b
(?:follow|like|find|join) (?:us|@\w+) on (?:youtube|tiktok|telegram|whatsapp|social media)\b
this page was last (?:edited|modified|updated)
(?:community )?(?:text|content) is available under
\(?(?:additional )?(?:reporting|writing) by [^.;()]{3,120}; ?(?:\w+ )?(?:writing|editing) by
"""
)
# Their words come last, so trying them costs more than all the others: see `is_notice`.
_LATE_NOTICES = _any(
    r"""
.{0,160}\bcontributed to this (?:report|story|article)\W*\Z|(?:\S+\s+){0,12}all rights reserved\W*\Z
"""
)
_LATE_WORDS = ("buted to th", "ghts reserved")  # without i, for which `re` takes two letters more
# These stand in a line of their own on a page; in a paragraph they are the text of a policy.
_BANNERS = _any(
    r"""
(?:we|this (?:web)?site|our (?:web)?sites?)(?: and our partners)? uses? cookies
by (?:continuing to|using|browsing)\b.{0,40}\b(?:this|our) (?:web)?site
(?:please )?(?:enable|turn on) (?:javascript|cookies)\b|you (?:need to|must) enable javascript
your browser (?:does not|doesn['’]t) support
"""
)
_SEQUEL = _any(
    r"""
.*\b(?:may not be|rights reserved|permission|redistribut|reproduc|republish|trademark|infring)
.*\b(?:terms of|privacy policy|powered by|distributed by|syndicat|licen[cs]ed )
"""
)
_SEPARATOR = re.compile(r"\s*[|>»›→·•]+\s*|\s+/\s+|\t+|\s{2,}")
_GLUE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(","))


_NAVIGATION = _phrases(
    "home,homepage,front page,main page,you are here,news,latest,latest news,breaking news,world,"
    "top stories,us,u.s.,uk,europe,asia,africa,politics,business,economy,markets,money,finance,"
    "sport,sports,football,tech,technology,science,health,environment,climate,education,opinion,"
    "opinions,comment,analysis,editorials,columns,letters,culture,arts,entertainment,lifestyle,"
    "style,fashion,food,travel,books,music,film,movies,tv,video,videos,photos,pictures,galleries,"
    "gallery,audio,podcasts,podcast,live,weather,local,national,international,regional,crime,life,"
    "obituaries,classifieds,jobs,real estate,cars,games,crosswords,horoscopes,newsletters,"
    "subscribe,subscriptions,sign in,sign up,log in,login,logout,register,my account,account,"
    "search,menu,more,about,about us,contact,contact us,advertise,advertise with us,careers,help,"
    "faq,faqs,site map,sitemap,rss,feedback,privacy,privacy policy,terms,terms of use,archive,"
    "terms of service,terms & conditions,cookies,cookie policy,accessibility,archives,store,shop,"
    "magazine,events,press,donate,support us,e-paper,mobile,apps,editions,investigations"
)
_SOCIAL = _phrases(
    "share,tweet,email,e-mail,print,facebook,twitter,x,whatsapp,linkedin,pinterest,reddit,sms,"
    "telegram,flipboard,messenger,pocket,tumblr,google+,instagram,youtube,threads,bluesky,mastodon"
)
_SOCIAL_FILLERS = _phrases(
    "this,article,story,post,page,on,via,to,by,with,friends,copy,link,save,more,options,now,a,"
    "friend,and,or,&,+,|"
)


def is_furniture(line: str) -> bool:
    """Whether a line, as a whole, is a part of the page: a label, a counter, a link, an error."""
    if len(line) > _LONGEST_LINE:
        return len(line) <= _LONGEST_ERROR and _ERRORS.fullmatch(line) is not None
    return (
        any(kind.fullmatch(line) for kind in (_LABELS, _COMMENTS, _RELATED, _CREDITS, _ERRORS))
        or _is_update(line)
        or _is_sharing(line)
        or _is_navigation(line)
    )


def heads_links(line: str) -> bool:
    """Whether a line is a heading under which a page lists its other articles."""
    return len(line) <= _LONGEST_LINE and _RELATED.fullmatch(line) is not None


def is_notice(sentence: str) -> bool:
    """Whether a sentence is a notice of the publisher, or a call to do something on the page."""
    if _NOTICES.match(sentence):
        return True
    folded = sentence.casefold()
    late = any(words in folded for words in _LATE_WORDS)
    return late and _LATE_NOTICES.match(sentence) is not None


def is_banner(line: str) -> bool:
    """Whether a line opens with what a page says about cookies or the reader's browser."""
    return len(line) <= _LONGEST_BANNER and _BANNERS.match(line) is not None


def continues_notice(sentence: str) -> bool:
    """Whether a sentence right behind a notice belongs to it: more terms, or a tag glued on."""
    if _SEQUEL.match(sentence):
        return True
    return sentence[-1] not in '.!?:…”"’' and len(sentence.split()) <= 12


def _is_update(line: str) -> bool:
    """Whether only a date follows "Last updated"; "Published in 1998, the book ..." is text."""
    found = _UPDATED.fullmatch(line)
    return found is not None and all(_DATE_WORD.fullmatch(word) for word in found["when"].split())


def _is_sharing(line: str) -> bool:
    words = line.lower().replace(",", " ").split()
    if not words or not _SOCIAL.issuperset(set(words) - _SOCIAL_FILLERS):
        return False
    social = [word for word in words if word in _SOCIAL]
    return bool(social) and (len(words) > 1 or social[0] in {"share", "tweet", "email", "print"})


def _is_navigation(line: str) -> bool:
    """A row of sections ("News | World | Sport", "NewsWorldSport") or a path ("Home > News")."""
    if line.startswith("|") or line[-1] in ".!?":  # a row of a table; a sentence
        return False
    items = [item.lower() for item in _SEPARATOR.split(line) if item]
    if len(items) > 1:
        if max(len(item.split()) for item in items) > 8:
            return False
        known = sum(item in _NAVIGATION for item in items)
        return items[0] in {"home", "homepage", "front page"} or (
            len(items) > 2 and known * 2 >= len(items)
        )
    return _sections(_GLUE.sub(" ", line).lower().split()) >= 3


def _sections(words: list[str]) -> int:
    """How many names of sections the words are, one after the other; 0 if anything is left over."""
    at = count = 0
    while at < len(words):
        size = next((n for n in (3, 2, 1) if " ".join(words[at : at + n]) in _NAVIGATION), 0)
        if not size:
            return 0
        at, count = at + size, count + 1
    return count
