"""Questions and answers as HTML for the chat; every word that is not ours goes through `inert`."""

import re
from collections.abc import Mapping

from qa.question import LONGEST
from qa.types import Answer
from ui.cards import card_id, cards_html, near_html
from ui.inert import inert, line
from ui.words import count, sentence, shortened

MARKER = re.compile(r"\[(\d{1,4})\]")

_SHORT = ' class="short"'


def question_html(
    question: str, conversation: str = "", turn: int = 0, *, understood: str = "", only: str = ""
) -> str:
    """A question as it was asked, as it was understood, and which articles it was limited to.

    A very long one is cut. The page's script reads conversation and turn from class and id.
    """
    asked = f'<h2 class="q of-{inert_name(conversation)}" id="q{turn}" dir="auto">'
    differs = understood and " ".join(understood.split()) != " ".join(question.split())
    return (
        f"{asked}{line(shortened(question, LONGEST))}</h2>"
        + (f'<p class="understood">understood as: {line(understood)}</p>' if differs else "")
        + (f'<p class="only">{line(only)}</p>' if only else "")
    )


def inert_name(name: str) -> str:
    """A name of ours that may stand in a class: letters, digits, hyphens and underscores."""
    return re.sub(r"[^\w-]", "", name, flags=re.ASCII)


def waiting_html(what: str) -> str:
    """A line that tells what is being done while nothing can be shown yet."""
    return f'<p class="wait going">{inert(what)}</p>'


def error_html(reason: str, turn: int = 0) -> str:
    """One sentence that tells why there is no answer."""
    return f'<div class="none error done"{_id(turn)}><p>{line(sentence(reason))}</p></div>'


def unanswered_html(turn: int) -> str:
    """That a question was asked and never answered."""
    said = "This question has no answer: it was stopped, or the connection was lost."
    return f'<div class="none unanswered done"{_id(turn)}><p>{inert(said)}</p></div>'


def partial_html(text: str) -> str:
    """The part of an answer's text that has arrived; an unfinished marker is held back."""
    shown = re.sub(r"\s*\[\d*$", "", text)
    parts = "".join(f'<p dir="auto">{_marked(part, {})}</p>' for part in shown.splitlines())
    return f'<div class="answer going">{parts}</div>'


def answer_html(
    answer: Answer,
    turn: int,
    *,
    standing: Mapping[int, str] | None = None,
    thumb: str = "",
    comment: str = "",
) -> str:
    """A whole answer: the short form, the text with linked markers, its citations as cards.

    `turn` makes the ids of this answer's cards unique in the page: `a3-c1`. `standing` names by
    number the citations whose article has changed or is gone.
    """
    judged = _judged(thumb, comment)
    if not answer.answered:
        return _refusal_html(answer, turn, judged)
    links = {one.number: f"#{card_id(turn, one.number)}" for one in answer.citations}
    parts = [
        f'<div class="answer done"{_id(turn)}>',
        _text(answer, links),
        _note(answer),
        cards_html(answer.citations, turn, standing),
        _meta(answer),
        f"{judged}</div>",
    ]
    return "".join(parts)


def _id(turn: int) -> str:
    return f' id="a{turn}"' if turn else ""


def _judged(thumb: str, comment: str) -> str:
    """What was said of the answer, for the page's script to show."""
    if thumb not in ("up", "down"):
        return ""
    return f'<span class="judged {thumb}">{line(comment)}</span>'


def _note(answer: Answer) -> str:
    return f'<p class="note">{line(sentence(answer.note))}</p>' if answer.note else ""


def _text(answer: Answer, links: dict[int, str]) -> str:
    """The paragraphs; the short answer stands out as one of them, or alone before them."""
    short = " ".join(answer.short.split())
    whole = 0.9  # of a paragraph: a few words inside one stand out better before it
    parts = _quotes(answer, links) or [
        (part, _marked(part, links)) for part in answer.text.splitlines() if part.strip()
    ]
    plains = [" ".join(plain.split()) for plain, _ in parts]
    leads = [
        bool(short) and short in plain and len(short) >= whole * len(plain) for plain in plains
    ]
    shown = [
        f'<p{_SHORT if leading else ""} dir="auto">{html}</p>'
        for (_, html), leading in zip(parts, leads, strict=True)
    ]
    if short and not any(leads):
        shown.insert(0, f'<p{_SHORT} dir="auto">{line(short)}</p>')
    return "".join(shown)


def _quotes(answer: Answer, links: dict[int, str]) -> list[tuple[str, str]]:
    """The text as one paragraph per quote, plain and as HTML; none where it is more than quotes.

    Only what follows a quote is its marker: a quote may hold a number in brackets of its own.
    """
    parts, at = [], 0
    for citation in answer.citations:
        quote, marker = " ".join(citation.quote.split()), f"[{citation.number}]"
        found = answer.text.find(quote, at)
        end = answer.text.find(marker, found + len(quote))
        between = answer.text[at:found] + answer.text[found + len(quote) : end]
        if found < 0 or end < 0 or between.strip(" …"):
            return []
        plain = answer.text[at:end].strip()
        parts.append((plain, inert(plain) + _marker(citation.number, links)))
        at = end + len(marker)
    return [] if answer.text[at:].strip() else parts


def _marked(text: str, links: dict[int, str]) -> str:
    """Inert text, its `[n]` markers as links where they have a card."""
    parts = MARKER.split(text)
    shown = [inert(parts[0].rstrip() if len(parts) > 1 else parts[0])]
    for number, following in zip(parts[1::2], parts[2::2], strict=True):
        shown.append(_marker(int(number), links))
        shown.append(inert(following))
    return "".join(shown)


def _marker(number: int, links: dict[int, str]) -> str:
    if number in links:
        return f'<a class="cite" href="{links[number]}">{number}</a>'
    return f"&#91;{number}&#93;" if links else f'<span class="cite">{number}</span>'


def _meta(answer: Answer) -> str:
    sources = len({citation.article_id for citation in answer.citations})
    confidence = f"confidence {answer.confidence * 100:.0f}&#8239;%"
    wrote = f"<span>written by {line(answer.wrote)}</span>" if answer.wrote else ""
    return (
        f'<p class="meta"><span>{count(sources, "source")}</span>'
        f"<span>{confidence}</span>{wrote}</p>"
    )


def _refusal_html(answer: Answer, turn: int, judged: str) -> str:
    said, _, why = answer.text.partition(". ")
    unnamed = [name for name in answer.missing if name not in answer.text]
    missing = "".join(f"<li>{line(name)}</li>" for name in unnamed)
    nearest = "".join(map(near_html, answer.nearest))
    return "".join(
        [
            f'<div class="none refusal done"{_id(turn)}>',
            f'<p class="says" dir="auto">{line(f"{said}." if why else said)}</p>',
            f'<p class="why" dir="auto">{line(why)}</p>' if why else "",
            f'<p class="label">Not found</p><ul class="missing">{missing}</ul>' if missing else "",
            f'<p class="label">The nearest passages</p><ul class="near">{nearest}</ul>'
            if nearest
            else "",
            f"{_note(answer)}{judged}</div>",
        ]
    )
