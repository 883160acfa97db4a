"""Whole answers of a scripted model through the real bot: what is true stays, what is not goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.scripted import Outcome, outcomes, summary
from evals.scripted_time import timed
from evals.sets.seeds import load_seeds
from index.embed import Embedder
from qa import Bot, Settings
from qa.llm.fake import ScriptedModel

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
QUESTIONS = 60


@pytest.fixture(scope="module")
def model() -> ScriptedModel:
    return ScriptedModel("", size=7)


@pytest.fixture(scope="module")
def bot(
    embedder: Embedder, model: ScriptedModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bot]:
    data = tmp_path_factory.mktemp("scripted")
    settings = Settings(reader="off", caution="eager")
    with Bot.build(SEEDS, data, embedder=embedder, settings=settings, llm=model) as built:
        yield built


@pytest.fixture(scope="module")
def found(bot: Bot, model: ScriptedModel) -> list[Outcome]:
    cases = [case for case in load_seeds(SEEDS).cases if not case.history]
    return outcomes(bot, model, cases[::2][:QUESTIONS], seed=1)


def test_no_false_sentence_of_a_whole_answer_is_shown_and_few_true_ones_are_lost(
    found: list[Outcome],
) -> None:
    lines = [(line, line in one.shown) for one in found for line in one.script.lines]
    answered = [one for one in found if one.answer.answered]
    assert len(answered) >= 30
    assert [line.text for line, shown in lines if shown and not line.true] == []
    assert all(one.others == () for one in found)
    told = [(line, one) for one in answered for line in one.script.lines if line.true]
    kept = [line in one.shown for line, one in told]
    assert len(kept) >= 50
    assert sum(kept) >= 0.95 * len(kept)


def test_every_false_kind_is_among_them_and_the_counts_add_up(found: list[Outcome]) -> None:
    counted = summary(found)
    table = counted["table"]
    assert isinstance(table, dict)
    assert {"false: wrong passage", "false: no such source", "false: no citation"} <= set(table)
    assert {"false: name changed", "false: word changed", "true: verbatim"} <= set(table)
    given = [one for one in found if one.answer.answered]
    lines = sum(len(one.script.lines) for one in given)
    assert sum(entry["kept"] + entry["removed"] for entry in table.values()) == lines
    assert counted["refused"] == len(found) - len(given)


def test_an_answer_without_a_true_sentence_is_the_extractive_one(found: list[Outcome]) -> None:
    bare = [one for one in found if one.answer.answered and not one.shown]
    assert bare
    assert all(one.answer.wrote == "" and one.answer.citations for one in bare)


def test_checking_five_sentences_takes_less_than_a_tenth_of_a_second(
    bot: Bot, model: ScriptedModel, found: list[Outcome]
) -> None:
    long = [one.script for one in found if one.answer.answered and len(one.script.lines) >= 5]
    spent = [timed(bot, model, each.question, each.told)[1] for each in long[:8]]
    assert len(spent) >= 3
    assert 0 < sorted(spent)[len(spent) // 2] < 0.1
