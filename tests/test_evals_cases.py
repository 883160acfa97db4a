"""Files of cases: what is accepted, and what each fault is called."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.answers import contains
from evals.cases import Case, Gold, load_cases
from evals.errors import CaseError
from evals.sets.seeds import CASES, load_seeds
from qa.types import Turn

TEXTS = {"a.txt": "Kim wrote. Kim wrote. The talks begin at nine."}
GOOD: dict[str, Any] = {
    "id": "one",
    "question": "When do they begin?",
    "kind": "when",
    "answers": ["nine", "9"],
    "evidence": [{"article": "a.txt", "quote": "The talks begin at nine."}],
}


def load(tmp_path: Path, *records: object) -> tuple[Case, ...]:
    path = tmp_path / "cases.jsonl"
    lines = [item if isinstance(item, str) else json.dumps(item) for item in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_cases(path, TEXTS)


def test_a_case_is_read_with_its_quote_as_a_span(tmp_path: Path) -> None:
    history = [{"question": "Who?", "answer": "Kim."}]
    (case,) = load(tmp_path, {**GOOD, "history": history, "split": "tune", "note": "n"})
    assert case.parts == (("nine", "9"),)
    assert case.evidence == (Gold("a.txt", 22, 46, 0),)
    assert case.history == (Turn("Who?", "Kim."),)
    assert (case.split, case.answerable) == ("tune", True)


def test_parts_are_all_needed_and_name_their_quotes(tmp_path: Path) -> None:
    evidence = [
        {"article": "a.txt", "quote": "Kim wrote.", "occurrence": 2, "part": 2},
        {"article": "a.txt", "quote": "nine", "part": 1},
    ]
    record = {**GOOD, "kind": "list", "parts": [["nine"], ["wrote"]], "evidence": evidence}
    record.pop("answers")
    (case,) = load(tmp_path, record)
    assert [(gold.start, gold.part) for gold in case.evidence] == [(11, 1), (41, 0)]


def test_blank_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"cases\.jsonl:3: not JSON"):
        load(tmp_path, GOOD, "", "{")


def faulty(**changes: object) -> dict[str, Any]:
    return {**GOOD, **changes}


QUOTE = "The talks begin at nine."


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (faulty(evidence=[{"article": "a.txt", "quote": "at ten"}]), "'at ten' is not in a.txt"),
        (faulty(evidence=[{"article": "a.txt", "quote": "Kim wrote."}]), "stands 2 times"),
        (
            faulty(evidence=[{"article": "a.txt", "quote": QUOTE, "occurrence": 2}]),
            "occurrence 2 is too high",
        ),
        (faulty(evidence=[{"article": "b.txt", "quote": "x"}]), "no article 'b.txt'; it has a.txt"),
        (faulty(evidence=[{"article": "a.txt", "quote": QUOTE, "part": 2}]), "for part 2"),
        (faulty(evidence=[]), "each part of an answer needs a quote"),
        (faulty(evidence=["x"]), "a list of objects"),
        (faulty(kind="riddle"), "kind is 'riddle'; it must be one of fact, list"),
        (faulty(kind="near-miss"), "has no answers"),
        (faulty(answers=[]), "needs answers"),
        (faulty(answers="nine"), "answers must be a list of strings"),
        (faulty(answers=["nine", " "]), "answers must be a list of strings"),
        (faulty(parts=[["nine"]]), "answers or parts, not both"),
        (faulty(split="test"), "split is 'test'"),
        (faulty(question="  "), "question must be a string"),
        (faulty(id=7), "id must be a string"),
        (faulty(history=[{"question": "x"}]), "history is a list of objects"),
        (faulty(answer="nine"), "no field is called 'answer'"),
        ([], "a case is a JSON object, not list"),
    ],
)
def test_a_fault_is_named_with_its_file_and_line(tmp_path: Path, record: object, said: str) -> None:
    with pytest.raises(CaseError) as caught:
        load(tmp_path, record)
    assert str(caught.value).startswith(f"{tmp_path / 'cases.jsonl'}:1: ")
    assert said in str(caught.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r":2: the id 'one' is used twice"):
        load(tmp_path, GOOD, GOOD)


def test_a_file_that_is_missing_empty_or_not_text_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot be read: No such file"):
        load_cases(tmp_path / "none.jsonl", TEXTS)
    with pytest.raises(CaseError, match="holds no case"):
        load(tmp_path, "")
    (tmp_path / "latin.jsonl").write_bytes(b"\xe4")
    with pytest.raises(CaseError, match="not UTF-8"):
        load_cases(tmp_path / "latin.jsonl", TEXTS)


SEEDS = load_seeds(Path(__file__).parents[1] / "seeds")


def test_the_seeds_set_has_every_kind_on_every_article() -> None:
    cases = SEEDS.cases
    kinds = [case.kind for case in cases]
    assert len(cases) >= 120
    assert set(kinds) == {
        "fact", "list", "why", "compare", "when", "follow-up", "unanswerable", "near-miss",
    }  # fmt: skip
    refused = [case for case in cases if not case.answerable]
    assert len(refused) >= 20
    assert 2 * kinds.count("near-miss") >= len(refused)
    per_article = {gold.article: 0 for case in cases for gold in case.evidence}
    for case in cases:
        for article in {gold.article for gold in case.evidence}:
            per_article[article] += 1
    assert len(per_article) == 5
    assert min(per_article.values()) >= 15


def test_the_seeds_set_has_chains_that_stay_in_one_half() -> None:
    halves: dict[str, set[str]] = {}
    for case in SEEDS.cases:
        if case.note.startswith("chain "):
            assert case.history
            halves.setdefault(case.note.split()[1].strip(":;"), set()).add(case.split)
    assert len(halves) >= 12
    assert all(len(splits) == 1 for splits in halves.values())


def test_the_halves_of_the_seeds_set_are_alike() -> None:
    for kind in {case.kind for case in SEEDS.cases}:
        tune, report = (
            sum(case.kind == kind and case.split == split for case in SEEDS.cases)
            for split in ("tune", "report")
        )
        assert abs(tune - report) <= 3, kind


def test_every_part_of_a_seeds_answer_stands_in_its_quotes() -> None:
    texts = SEEDS.corpora[0].texts
    for case in SEEDS.cases:
        for gold in case.evidence:
            quote = texts[gold.article][gold.start : gold.end]
            accepted = case.parts[gold.part]
            assert contains(quote, accepted), (case.id, quote)


def test_the_file_of_seeds_cases_is_where_it_is_looked_for() -> None:
    assert CASES.is_file()
