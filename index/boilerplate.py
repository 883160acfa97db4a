"""Which spans of an article are not its text, by general rules that know no site.

What is marked stays in the article, word for word; it is never indexed and never quoted. Missing a
notice costs little, marking a sentence loses it, so every rule asks for the whole form of a thing.

The title: where an article's title is known, lines that repeat it are marked, the first one too,
because the title is indexed with every chunk and a headline is a poor quote beside the sentence
that says the same. Without a known title the first line stays and only its repetitions are marked.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from index.furniture import continues_notice, heads_links, is_banner, is_furniture, is_notice
from index.sentences import sentences
from index.types import Span

# A run of link text ends at "MORE"; those seen are under 400 characters long.
_LONGEST_RUN = 1000
_LINKS_UNDER_HEADING = 15
_LONGEST_HEADLINE = 300
_FEWEST_WORDS = 4

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BREAK = re.compile(r"[\n\r\v\f\x85\u2028\u2029]")
_SITE_NAME = re.compile(r"\s+[|–—-]\s+[^|–—-]{2,40}\Z")
_INLINE = re.compile(
    r"\((?:File |AP |Staff |Handout )?(?:Photo|Image|Picture|Illustration|PHOTO|Credit)s?"
    r"(?: (?:credit|courtesy|source))?(?:\s+(?:by|courtesy of|via)\s+|\s*[:/]\s*)[^()\n]{2,100}\)"
    r"|\([^()\n]{0,60}(?:Getty Images|AFP/|AP Photo|REUTERS/|Reuters/)[^()\n]{0,60}\)"
    r"|\((?:Additional )?(?:Reporting|Writing|Editing) by [^()\n]{3,200}\)"
    r"|\[an error occurred while processing [^\[\]\n]{1,40}\]"
    r"|\[ ?edit ?\]"
)
_MORE = re.compile(r"MORE(?<![A-Z]MORE)(?![A-Za-z])")  # begins with what can be skipped to
_GLUE = re.compile(r"(?<=[a-z.)'’”\"])(?=[A-Z(])")
_BULLET = re.compile(r"[-*•‣◦▪●·–—]\s+(?=\w|[\"“‘'])")
_CUT_START = re.compile(r"(?:['’]s\b|[\s,;:.!?)\]”’–—-])+")
_PREFIXES = {"Mac", "Fitz", "Van", "Von", "Des"}
_ENDED = '.!?…”"’'


def boilerplate(text: str, title: str = "") -> list[Span]:
    """The spans of a text that are not the article's, in order and disjoint.

    `title` is the article's title where its source states one.
    """
    return _boilerplate(text, title, sentences(text))


def _boilerplate(text: str, title: str, parts: Sequence[Span]) -> list[Span]:
    lines = list(_lines(text))
    furniture = list(_furniture(text, lines, parts))
    found = [*furniture, *_notices(text, parts), *_glued_runs(text)]
    found += [Span(match.start(), match.end()) for match in _INLINE.finditer(text)]
    page = set(furniture)
    headlines = _headlines(text, [line for line in lines if line not in page], title)
    junk = _merged([*found, *headlines])
    # An article that is nothing but its headline keeps it.
    return junk if any(_is_text(text, gap) for gap in _gaps(text, junk)) else _merged(found)


def content_sentences(text: str, title: str = "") -> list[Span]:
    """The sentences of a text outside its boilerplate, in order, without the bullets of lists.

    A sentence with boilerplate inside is cut around it; what is left counts from four words on.
    Spans without a letter or digit are left out.
    """
    whole = sentences(text)
    junk = _boilerplate(text, title, whole)
    starts, ends = {span.start for span in junk}, {span.end for span in junk}
    kept: list[Span] = []
    for gap in _gaps(text, junk):
        parts = sentences(text, gap.start, gap.end) if junk else whole
        for part in parts:
            # Boilerplate on the same line cuts a sentence; above or below it does not.
            before = part is parts[0] and gap.start in ends
            before = before and not _BREAK.search(text, gap.start, part.start)
            behind = part is parts[-1] and gap.end in starts
            behind = behind and not _BREAK.search(text, part.end, gap.end)
            span = _quotable(text, part, before, behind)
            if span.start < span.end and _is_text(text, span):
                kept.append(span)
    return kept


def _quotable(text: str, part: Span, cut_before: bool, cut_behind: bool) -> Span:
    """A sentence without its bullet or what is left of a cut; empty if too few words are left."""
    skipped = (_CUT_START if cut_before else _BULLET).match(text, part.start, part.end)
    start = skipped.end() if skipped else part.start
    stub = (cut_before and not text[part.start].isupper()) or (
        cut_behind and text[part.end - 1] not in _ENDED
    )
    if stub and len(text[start : part.end].split()) < _FEWEST_WORDS:
        return Span(part.end, part.end)
    return Span(start, part.end)


def _lines(text: str) -> Iterator[Span]:
    for match in _LINE.finditer(text):
        raw = match.group()
        body = raw.strip()
        if body:
            start = match.start() + len(raw) - len(raw.lstrip())
            yield Span(start, start + len(body))


def _furniture(text: str, lines: Sequence[Span], parts: Sequence[Span]) -> Iterator[Span]:
    # The last line of a broken paragraph may well read "comments."
    starts, ends = {part.start for part in parts}, {part.end for part in parts}
    listed = 0
    for line in lines:
        words = text[line.start : min(line.end, line.start + 600)]
        whole = line.start in starts and line.end in ends
        if whole and (is_furniture(words) or is_banner(words)):
            yield line
            listed = _LINKS_UNDER_HEADING if heads_links(words) else 0
        elif listed and words[-1] not in '.;:,”"' and len(words.split()) <= 20:
            yield line
            listed -= 1
        else:
            listed = 0


def _notices(text: str, parts: Sequence[Span]) -> Iterator[Span]:
    notice_end = -1
    for span in parts:
        sentence = text[span.start : min(span.end, span.start + 600)]
        behind = notice_end >= 0 and _BREAK.search(text, notice_end, span.start) is None
        if is_notice(sentence) or (behind and continues_notice(sentence)):
            yield span
            notice_end = span.end
        else:
            notice_end = -1


def _headlines(text: str, lines: Sequence[Span], title: str) -> Iterator[Span]:
    if not lines:
        return
    titles = _headline_keys(title)
    first = text[lines[0].start : lines[0].end]
    repeated = titles | (_headline_keys(first) if _is_headline(first) else set())
    repeated = {key for key in repeated if len(key.split()) > 2}  # "Berlin" may head a section
    for line in lines:
        if line.end - line.start <= _LONGEST_HEADLINE:
            keys = _headline_keys(text[line.start : line.end])
            if not keys.isdisjoint(titles if line is lines[0] else repeated):
                yield line


def _headline_keys(line: str) -> set[str]:
    """A headline in the forms in which pages repeat it: with and without the site's name."""
    plain = " ".join(line.lstrip("# ").casefold().split())
    short = _SITE_NAME.sub("", plain)
    return {form for form in (plain, short) if form == plain or len(form.split()) > 3} - {""}


def _is_headline(line: str) -> bool:
    return len(line) <= _LONGEST_HEADLINE and line[-1] not in ".;,:"


def _glued_runs(text: str) -> Iterator[Span]:
    """Link text pasted into a sentence: "Ann PoeAnn Mary PoeFirst headline Second headline MORE".

    The shown name runs into the link's full name and that into the headlines, up to "MORE". Names
    in camel case do not do that, nor does anything else that is written by hand.
    """
    floor = 0
    for more in _MORE.finditer(text):
        start = max(floor, more.start() - _LONGEST_RUN)
        start = max(start, text.rfind("\n", start, more.start()) + 1)
        # Bounded, so that a text made of capitals cannot take long.
        for glue in islice(_GLUE.finditer(text, start + 1, more.start()), 50):
            if _opens_run(text, start, glue.start(), more.start()):
                yield Span(glue.start(), more.end())
                break
        floor = more.end()


def _opens_run(text: str, start: int, at: int, end: int) -> bool:
    """Whether a full name begins at `at`, glued to the same name before and a headline behind."""
    before = text[max(start, at - 60) : at]
    shown = before.split()[-1]
    for glue in _GLUE.finditer(text, at + 2, min(end, at + 80)):
        name = text[at : glue.start()].split()
        if len(name) > 6 or not all(word[0].isupper() or word[0] in "(“\"'" for word in name):
            return False
        last = name[-1].strip("()“”\"'")
        repeated = len(last) > 2 and last in before and last not in _PREFIXES
        common = len(name) > 1 and len(shown) > 4 and shown.isalpha() and shown.islower()
        # "BuzzFeed BuzzFeed" repeats what is glued; a shown name and a full one do not.
        twice = text[at : at + 4] == text[glue.start() : glue.start() + 4]
        if (repeated and not twice) or common:
            return True
    return False


def _is_text(text: str, span: Span) -> bool:
    return any(character.isalnum() for character in text[span.start : span.end])


def _gaps(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    at = 0
    for span in spans:
        if at < span.start:
            yield Span(at, span.start)
        at = span.end
    if at < len(text):
        yield Span(at, len(text))


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
