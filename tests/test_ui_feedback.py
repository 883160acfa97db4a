"""Judgements as cases: each line is one that an evaluation runs, and nothing is made up."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals import run as evaluate
from evals.cases import load_cases
from index.build import sync
from index.embed import FakeEmbedder
from index.errors import NoIndex
from qa import Bot, Settings
from qa.types import Answer
from ui.conversations import Conversations
from ui.feedback import FILE, run

OWNER = "user:ann"
TALKS = "Talks will begin at the Capella Hotel on June 12. The hotel is on the island of Sentosa.\n"
TWICE = "Nobody came. Many waited at the pier. Nobody came.\n"
PLAIN = Settings(reader="off", caution="eager")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "talks.txt").write_text(TALKS, encoding="utf-8")
    (folder / "twice.txt").write_text(TWICE, encoding="utf-8")
    return folder


@pytest.fixture
def data(corpus: Path, tmp_path: Path) -> Path:
    sync([corpus], tmp_path / "data", embedder=FakeEmbedder())
    return tmp_path / "data"


def opened(paths: Sequence[Path], data: Path) -> Bot:
    assert not paths
    return Bot.open(data, embedder=FakeEmbedder(), settings=PLAIN)


def judge(data: Path, answer: Answer | None, thumb: Any, comment: str = "") -> None:
    kept = Conversations.open(data / FILE)
    key = kept.create(OWNER)
    turn = kept.asked(OWNER, key, answer.question if answer else "Lost?", None, "000001")
    if answer:
        kept.answered(OWNER, turn, answer)
    kept.judge(OWNER, turn, thumb, comment)
    kept.close()


def asked(data: Path, question: str) -> Answer:
    with opened([], data) as bot:
        return bot.ask(question)


def exported(data: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(data, as_json=True).splitlines()]


def test_feedback_runs_as_an_evaluation(data: Path, tmp_path: Path) -> None:
    answer = asked(data, "Where will the talks begin?")
    assert answer.answered
    refused = asked(data, "Who was the first astronaut on Mars?")
    assert not refused.answered
    judge(data, answer, "up")
    judge(data, refused, "up")
    judge(data, asked(data, "When did the hotel begin?"), "down", "not what was asked")
    path = tmp_path / "feedback.jsonl"
    path.write_text(run(data, as_json=True), encoding="utf-8")
    summary = evaluate(str(path), out=tmp_path / "results", data=data, build=opened)
    rows = {row.id: row for row in summary.rows}
    assert len(rows) == 3
    assert rows["feedback-1"].right
    assert rows["feedback-2"].right
    assert not any(row.error for row in summary.rows)


def test_a_good_answer_is_a_case_with_its_short_form_and_its_quotes(data: Path) -> None:
    answer = replace(asked(data, "Where will the talks begin?"), short="Capella\nHotel")
    judge(data, answer, "up", "exactly")
    (record,) = exported(data)
    assert record["note"].startswith("thumbs up on 20")
    assert record["note"].endswith(f"comment: exactly; answered: {answer.text}")
    del record["note"]
    assert record == {
        "id": "feedback-1",
        "kind": "fact",
        "split": "report",
        "question": "Where will the talks begin?",
        "answers": ["Capella Hotel"],
        "evidence": [
            {
                "article": "talks.txt",
                "quote": "Talks will begin at the Capella Hotel on June 12.",
            }
        ],
    }


def test_a_short_form_that_no_quote_holds_counts_by_its_quotes(data: Path) -> None:
    answer = asked(data, "Where will the talks begin?")
    judge(data, replace(answer, short="at a hotel"), "up")
    assert exported(data)[0]["answers"] == [citation.quote for citation in answer.citations]


def test_a_quote_that_stands_twice_is_told_apart(data: Path, tmp_path: Path) -> None:
    answer = asked(data, "Who waited at the pier?")
    second = replace(
        answer.citations[0], article_id="twice.txt", quote="Nobody came.", start=38, end=50
    )
    judge(data, replace(answer, short="Nobody", citations=(second,)), "up")
    assert exported(data)[0]["evidence"][0]["occurrence"] == 2
    path = tmp_path / "feedback.jsonl"
    path.write_text(run(data, as_json=True), encoding="utf-8")
    assert load_cases(path, {"twice.txt": TWICE})[0].evidence[0].start == 38


@pytest.mark.parametrize(("answered", "said"), [(True, "if the corpus"), (False, "somebody exp")])
def test_a_bad_answer_is_a_case_to_check_that_claims_no_answer(
    data: Path, answered: bool, said: str
) -> None:
    answer = asked(data, "Where will the talks begin?")
    answer = replace(answer, question="And where?", answered=answered)
    judge(data, answer, "down", "no\nway")
    (record,) = exported(data)
    assert (record["kind"], record["split"]) == ("near-miss", "tune")
    assert "answers" not in record
    assert "evidence" not in record
    assert record["question"] == "Where will the talks begin?"
    assert f"; to check: {said}" in record["note"]
    assert "; comment: no\nway; " in record["note"]
    assert record["note"].endswith("; asked as: And where?")


def test_what_cannot_be_proved_any_more_makes_no_case_and_is_told(data: Path) -> None:
    answer = asked(data, "Where will the talks begin?")
    moved = replace(answer.citations[0], quote="It stood in an earlier version.")
    gone = replace(answer.citations[0], article_id="gone.txt")
    judge(data, replace(answer, citations=(moved, gone)), "up")
    judge(data, None, "down", "nothing came")
    assert exported(data) == []
    told = run(data, as_json=False).splitlines()
    assert "  makes no case: what it cites is not in the corpus any more" in told
    assert "  no answer was given" in told
    assert told[-1] == "2 judgements: 1 up, 1 down"


def test_feedback_to_read_says_who_thought_what_of_which_answer(data: Path) -> None:
    answer = asked(data, "Where will the talks begin?")
    judge(data, replace(answer, question="And \x1b[31mwhere?"), "down", "no\nway")
    first, *others = run(data, as_json=False).splitlines()
    assert first.startswith("thumbs down on ")
    assert first.endswith(", generation 000001")
    assert others == [
        "  asked: And ␛[31mwhere?",
        "  understood as: Where will the talks begin?",
        f"  answered: {answer.text}",
        "  comment: no way",
        "",
        "1 judgement: 0 up, 1 down",
    ]


def test_a_folder_without_judgements_stays_as_it_is(data: Path) -> None:
    before = sorted(data.iterdir())
    assert run(data, as_json=True) == ""
    assert run(data, as_json=False) == "no answer was judged yet"
    assert sorted(data.iterdir()) == before


def test_a_folder_that_is_no_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="nothing has been indexed in"):
        run(tmp_path, as_json=True)
    assert list(tmp_path.iterdir()) == []
