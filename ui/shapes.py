"""Answers and passages as JSON objects, the same on the command line and wherever JSON is given."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from index.types import Passage
from qa.types import Answer, Citation

if TYPE_CHECKING:
    from index.status import Status


def answer_object(answer: Answer) -> dict[str, Any]:
    """One answer; dates are ISO, timings seconds, offsets count characters of the article."""
    return {
        "question": answer.question,
        "standalone": answer.standalone,
        "answered": answer.answered,
        "text": answer.text,
        "short": answer.short,
        "confidence": answer.confidence,
        "citations": [citation_object(citation) for citation in answer.citations],
        "nearest": passage_objects(answer.nearest),
        "missing": list(answer.missing),
        "wrote": answer.wrote,
        "removed": answer.removed,
        "note": answer.note,
        "timings": dict(answer.timings),
    }


def citation_object(citation: Citation) -> dict[str, Any]:
    """One citation; `text[start:end] == quote` in the article's text, whose SHA-256 is `version`.

    The text is the article as it was read: without front matter, page or record around it.
    """
    return {
        "number": citation.number,
        "article_id": citation.article_id,
        "version": citation.sha256,
        "title": citation.title,
        "source": citation.source,
        "published": citation.published.isoformat() if citation.published else None,
        "path": citation.path,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def passage_objects(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """The passages of a search, best first."""
    return [
        {
            "article_id": passage.article_id,
            "title": passage.title,
            "source": passage.source,
            "published": passage.published.isoformat() if passage.published else None,
            "start": passage.chunk.start,
            "end": passage.chunk.end,
            "text": passage.text,
            "score": passage.score,
        }
        for passage in passages
    ]


def written(value: object, encoding: str) -> str:
    """JSON in readable characters; escaped where `encoding` cannot carry them.

    A question typed in bytes that are no UTF-8 holds lone surrogates, which no encoding carries.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return json.dumps(value, ensure_ascii=True, indent=2)
    return text


def status_object(status: "Status") -> dict[str, Any]:
    """What is indexed; `sources` counts articles by outlet, the empty name for those without."""
    dates = [day.isoformat() for day in status.dates] if status.dates else None
    return {
        "generation": status.generation,
        "built": status.built,
        "articles": status.articles,
        "chunks": status.chunks,
        "model": status.model,
        "fingerprint": status.fingerprint,
        "sources": dict(status.sources),
        "dates": dates,
        "roots": list(status.roots),
    }
