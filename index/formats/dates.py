"""Written dates -> dates, without guessing.

General date parsers accept "today", "2 days ago" or 02/03/2019 and make something of them. A
date is shown beside a quote and decides what a filter finds, so only forms that name one day and
no other are read here: ISO 8601 and the forms with an English month's name.
"""

import re
from datetime import date

_MONTHS = "january february march april may june july august september october november december"
_NUMBER_OF = {name[:3]: number for number, name in enumerate(_MONTHS.split(), 1)}

_NAME = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
# A time of day is allowed and not used: the day is taken as written, in its own time zone.
_TIME = r"""
    (?:(?:,|\s+at|\s+-|,\s+at|t)?\s*
       \d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?
       \s*(?:[ap]\.?m\.?)?
       \s*(?:z|[a-z]{2,5}|(?:utc|gmt)?[+-]\d{1,2}:?(?:\d{2})?)?
       \s*(?:\([a-z]{2,5}\))?)?
"""
_FORMS = [
    re.compile(rf"{body}{_TIME}", re.IGNORECASE | re.VERBOSE)
    for body in (
        rf"{_YEAR}(?P<mark>[-/])(?P<number>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})",
        rf"{_YEAR}(?P<number>\d{{2}})(?P<day>\d{{2}})",
        rf"{_WEEKDAY}{_NAME}\s+{_DAY},?\s+{_YEAR}",
        rf"{_WEEKDAY}{_DAY}(?:\s+of)?[\s-]+{_NAME},?[\s-]+{_YEAR}",
    )
]


def parse_date(written: str) -> date | None:
    """The day that a text names, or None if it does not name exactly one.

    "2019-02-27", "2019-02-27T16:35:00+01:00", "20190227", "February 27, 2019", "27 Feb 2019" and
    "Wed, 27 Feb 2019 16:35:00 GMT" are all the same day. "02/03/2019" is none: it is in February
    for some and in March for others.
    """
    written = written.strip()
    if len(written) > 80:
        return None
    for form in _FORMS:
        if found := form.fullmatch(written):
            return _day(found.groupdict())
    return None


def _day(parts: dict[str, str | None]) -> date | None:
    name = parts.get("month")
    month = _NUMBER_OF[name[:3].lower()] if name else int(parts["number"] or 0)
    try:
        return date(int(parts["year"] or 0), month, int(parts["day"] or 0))
    except ValueError:  # 30 February
        return None
