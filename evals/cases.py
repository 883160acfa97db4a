"""Questions with their accepted answers and gold evidence, and the loader that checks them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from evals.errors import CaseError
from qa.types import Turn

KINDS = ("fact", "list", "why", "compare", "when", "follow-up", "unanswerable", "near-miss")
SPLITS = ("tune", "report")
FIELDS = frozenset(
    ("id", "question", "history", "answers", "parts", "evidence", "kind", "split", "note")
)


@dataclass(frozen=True, slots=True)
class Gold:
    """A verbatim span of an article that answers one part of a question.

    `part` counts from 0. Spans of the same part are alternatives: one of them is enough.
    """

    article: str
    start: int
    end: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One question, what counts as its answer, and where the corpus says so.

    `parts` has one entry for each thing that the answer must name, most often one; each entry
    lists the accepted spellings. A case without parts and evidence is unanswerable: it should be
    refused, unless `rewrite` is set and nothing else is judged. `wrong` lists strings that no
    right answer holds. `long` marks answers in whole sentences, which no answer repeats word for
    word. `group` names what cases have in common (a paragraph, a conversation), so that intervals
    do not treat them as independent.
    """

    id: str
    question: str
    kind: str
    parts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Gold, ...] = ()
    history: tuple[Turn, ...] = ()
    split: str = "report"
    note: str = ""
    wrong: tuple[str, ...] = ()
    long: bool = False
    group: str = ""
    rewrite: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the corpus holds an answer."""
        return bool(self.parts or self.evidence)

    @property
    def judged(self) -> bool:
        """Whether the answer itself is judged, and not only how the question was rewritten."""
        return self.answerable or not self.rewrite


def load_cases(path: Path, texts: Mapping[str, str]) -> tuple[Case, ...]:
    """Read a JSONL file of cases; `texts` maps an article's id to its text.

    Each line is an object with `id`, `question`, `kind` and, as needed, `history` (a list of
    `{question, answer}`), `answers` (spellings of one answer) or `parts` (a list of such lists,
    all of which the answer must name), `evidence` (a list of `{article, quote, occurrence, part}`,
    the last two counted from 1 and 1 by default), `split` and `note`.
    Raises CaseError, naming file and line.
    """
    cases: dict[str, Case] = {}
    for where, record in _records(path):
        case = _case(record, texts, where)
        if case.id in cases:
            raise CaseError(f"{where}: the id {case.id!r} is used twice; give each case its own.")
        cases[case.id] = case
    if not cases:
        raise CaseError(f"{path} holds no case; write one JSON object a line.")
    return tuple(cases.values())


def _records(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except OSError as error:
        raise CaseError(f"The cases {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CaseError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            record = json.loads(line)
        except ValueError as error:
            raise CaseError(f"{where}: not JSON ({error}); write one object a line.") from error
        if not isinstance(record, dict):
            raise CaseError(f"{where}: a case is a JSON object, not {type(record).__name__}.")
        yield where, record


def _case(record: dict[str, object], texts: Mapping[str, str], where: str) -> Case:
    unknown = sorted(set(record) - FIELDS)
    if unknown:
        raise CaseError(f"{where}: no field is called {unknown[0]!r}; known: {_listed(FIELDS)}.")
    kind = _one_of(record, "kind", KINDS, where)
    parts = _parts(record, where)
    _check_answerable(kind, bool(parts), where)
    case = Case(
        id=_text(record, "id", where),
        question=_text(record, "question", where),
        kind=kind,
        parts=parts,
        evidence=tuple(_evidence(record, len(parts), texts, where)),
        history=_history(record, where),
        split=_one_of({"split": "report", **record}, "split", SPLITS, where),
        note=_optional(record, "note", where),
    )
    if {gold.part for gold in case.evidence} != set(range(len(parts))):
        raise CaseError(f"{where}: each part of an answer needs a quote in the evidence.")
    return case


def _check_answerable(kind: str, answerable: bool, where: str) -> None:
    refused = kind in ("unanswerable", "near-miss")
    if refused and answerable:
        raise CaseError(f"{where}: a case of kind {kind!r} has no answers.")
    if not refused and not answerable and kind != "follow-up":
        raise CaseError(
            f"{where}: a case of kind {kind!r} needs answers; "
            "if there is none, its kind is 'unanswerable' or 'near-miss'."
        )


def _parts(record: dict[str, object], where: str) -> tuple[tuple[str, ...], ...]:
    if "answers" in record and "parts" in record:
        raise CaseError(f"{where}: give answers or parts, not both.")
    if "parts" in record:
        groups = _list(record, "parts", where)
        return tuple(_strings(group, "parts", where) for group in groups)
    answers = _strings(record.get("answers", []), "answers", where, empty=True)
    return (answers,) if answers else ()


def _evidence(
    record: dict[str, object], parts: int, texts: Mapping[str, str], where: str
) -> Iterator[Gold]:
    for item in _list(record, "evidence", where):
        if not isinstance(item, dict):
            raise CaseError(f"{where}: evidence is a list of objects with article and quote.")
        article, quote = _text(item, "article", where), _text(item, "quote", where)
        if article not in texts:
            raise CaseError(
                f"{where}: the corpus has no article {article!r}; it has {_listed(texts)}."
            )
        part = _count(item, "part", where)
        if part > parts:
            raise CaseError(f"{where}: a quote is for part {part}, and the answer has {parts}.")
        start = _find(texts[article], quote, item, f"{where}: the quote {_short(quote)}")
        yield Gold(article, start, start + len(quote), part - 1)


def _find(text: str, quote: str, item: dict[str, object], what: str) -> int:
    starts = _starts(text, quote)
    if not starts:
        raise CaseError(f"{what} is not in {item['article']}; copy it word for word.")
    if len(starts) > 1 and "occurrence" not in item:
        raise CaseError(
            f"{what} stands {len(starts)} times in {item['article']}; "
            "say which by occurrence (from 1), or quote more."
        )
    wanted = _count(item, "occurrence", what)
    if wanted > len(starts):
        raise CaseError(f"{what} stands {len(starts)} times, so occurrence {wanted} is too high.")
    return starts[wanted - 1]


def _starts(text: str, quote: str) -> list[int]:
    starts, start = [], text.find(quote)
    while start >= 0:
        starts.append(start)
        start = text.find(quote, start + 1)
    return starts


def _history(record: dict[str, object], where: str) -> tuple[Turn, ...]:
    turns = []
    for item in _list(record, "history", where):
        if not isinstance(item, dict) or set(item) != {"question", "answer"}:
            raise CaseError(f"{where}: history is a list of objects with question and answer.")
        turns.append(Turn(_text(item, "question", where), _text(item, "answer", where)))
    return tuple(turns)


def _text(record: Mapping[str, object], field: str, where: str) -> str:
    value = record.get(field)
    if not isinstance(value, str) or not value.strip():
        raise CaseError(f"{where}: {field} must be a string with something in it.")
    return value


def _optional(record: Mapping[str, object], field: str, where: str) -> str:
    value = record.get(field, "")
    if not isinstance(value, str):
        raise CaseError(f"{where}: {field} must be a string.")
    return value


def _one_of(record: Mapping[str, object], field: str, allowed: Sequence[str], where: str) -> str:
    value = _text(record, field, where)
    if value not in allowed:
        raise CaseError(f"{where}: {field} is {value!r}; it must be one of {_listed(allowed)}.")
    return value


def _count(record: Mapping[str, object], field: str, where: str) -> int:
    value = record.get(field, 1)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise CaseError(f"{where}: {field} must be a whole number from 1, not {value!r}.")
    return value


def _list(record: Mapping[str, object], field: str, where: str) -> list[object]:
    value = record.get(field, [])
    if not isinstance(value, list):
        raise CaseError(f"{where}: {field} must be a list.")
    return value


def _strings(value: object, field: str, where: str, *, empty: bool = False) -> tuple[str, ...]:
    good = isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
    if not good or not (value or empty):
        raise CaseError(f"{where}: {field} must be a list of strings, none of them empty.")
    return tuple(cast("list[str]", value))


def _listed(names: Sequence[str] | frozenset[str] | Mapping[str, str]) -> str:
    shown = list(names) if isinstance(names, tuple) else sorted(names)
    return ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "")


def _short(quote: str) -> str:
    return repr(quote if len(quote) <= 60 else quote[:57] + "…")
