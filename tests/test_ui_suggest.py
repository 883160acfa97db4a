"""Suggested first questions: the corpus answers each of them, and they are made only once."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from index.build import sync
from index.embed import Embedder, FakeEmbedder
from index.types import Chunk, Passage
from qa import Bot
from qa.types import Evidence, Findings
from ui.suggest import suggestions

SEEDS = Path(__file__).parents[1] / "seeds"
PLACES = ("Oslo", "Rome", "Quito", "Lima", "Accra", "Osaka", "Perth", "Turin")


def sentence(number: int) -> str:
    return f"Anna Lindqvist opened the Hall {number} in {PLACES[number % 8]} on 3 May 2021."


class Examined:
    """A bot that finds, for every question, the first sentence of the article that it is about."""

    def __init__(self, data: Path, *, chance: float = 0.9, wait: float = 0.0) -> None:
        self.data, self.chance, self.wait = data, chance, wait
        self.asked: list[str] = []

    def examine(self, question: str) -> Findings:
        time.sleep(self.wait)
        self.asked.append(question)
        number = (re.findall(r"\d+", question) or ["0"])[0]
        text = sentence(int(number))
        chunk = Chunk("c", f"a{number}", 0, 0, len(text))
        passage = Passage(chunk, f"a{number}", "", "", None, text, 1.0)
        evidence = Evidence(passage, 0, len(text), text, 1.0, 0.9, 0.9)
        return Findings((passage,), (evidence,), {}, self.chance)


def indexed(folder: Path, *texts: str) -> Path:
    lines = [json.dumps({"id": f"a{number}", "text": text}) for number, text in enumerate(texts)]
    folder.mkdir(exist_ok=True)
    (folder / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    sync([folder / "articles.jsonl"], folder / "data", embedder=FakeEmbedder())
    return folder / "data"


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("halls")
    return indexed(folder, *(f"{sentence(number)} Nobody came." for number in range(120)))


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Bot]:
    data = tmp_path_factory.mktemp("seeds")
    with Bot.build(SEEDS, data, embedder=embedder) as bot:
        yield bot


def test_the_seeds_answer_what_is_suggested_on_them_each_from_another_article(seeds: Bot) -> None:
    found = suggestions(seeds, 4, seconds=60)
    answers = [seeds.ask(question) for question in found]
    assert len(found) == 4
    assert all(answer.answered and answer.confidence >= 0.6 for answer in answers)
    assert len({answer.citations[0].article_id for answer in answers}) == 4
    assert len({question.split()[0] for question in found}) >= 3
    assert "When are Trump and Kim due to meet?" in found


def test_questions_are_of_articles_from_the_whole_corpus(halls: Path) -> None:
    found = suggestions(Examined(halls), 4)
    numbers = sorted(int(number) for number in re.findall(r"Hall (\d+)", " ".join(found)))
    assert len(numbers) == 4
    assert all(later - earlier >= 10 for earlier, later in pairwise(numbers))


def test_they_are_made_once_for_a_generation(tmp_path: Path) -> None:
    bot = Examined(indexed(tmp_path, sentence(0), sentence(1)))
    first = suggestions(bot, 2)
    tried = len(bot.asked)
    assert suggestions(bot, 2) == first
    assert suggestions(bot, 1) == first[:1]
    assert len(bot.asked) == tried
    indexed(tmp_path, sentence(7), sentence(8))
    assert all("Hall 7" in question or "Hall 8" in question for question in suggestions(bot, 2))


def test_only_what_is_surely_answered_is_suggested(halls: Path) -> None:
    bot = Examined(halls, chance=0.55)
    assert suggestions(bot) == ()
    assert bot.asked


def test_an_answer_from_elsewhere_does_not_count(tmp_path: Path) -> None:
    bot = Examined(indexed(tmp_path, sentence(5), sentence(6)))  # which are a0 and a1 here
    assert suggestions(bot) == ()
    assert bot.asked


def test_a_day_must_be_told_by_the_very_sentence(tmp_path: Path) -> None:
    bot = Examined(indexed(tmp_path, f"{'So it is. ' * 12}{sentence(0)}"))
    assert suggestions(bot) == ()
    assert bot.asked


def test_time_is_bounded_and_a_later_call_goes_on(halls: Path) -> None:
    bot = Examined(halls, wait=0.05)
    assert suggestions(bot, 20, seconds=0) == ()
    some = suggestions(bot, 20, seconds=0.12)
    assert 1 <= len(some) <= 4
    assert suggestions(bot, 20, seconds=0) == some
    more = suggestions(bot, 20, seconds=20)
    assert len(more) == 20
    assert more[: len(some)] == some
    assert len(set(bot.asked)) == len(bot.asked)


@pytest.mark.parametrize(
    "text", ["??? !!! ...", "Το νερό είναι κρύο.", "a,b,c\n1,2,3\n", "x" * 5000, "He came."]
)
def test_an_odd_article_leads_to_no_question(tmp_path: Path, text: str) -> None:
    bot = Examined(indexed(tmp_path, text))
    assert suggestions(bot) == ()
    assert bot.asked == []


def test_without_an_index_there_is_nothing_to_suggest(tmp_path: Path) -> None:
    assert suggestions(Examined(tmp_path / "none")) == ()


def test_who_is_named_everywhere_is_not_asked_for(tmp_path: Path) -> None:
    text = "The adviser Mary Stone met the envoy {} in Oslo."
    names = ("Ann Bell", "Bob Cole", "Cy Dunn")
    bot = Examined(indexed(tmp_path, *(text.format(name) for name in names)))
    suggestions(bot, 9)
    assert "Who is Mary Stone?" not in bot.asked
    assert {f"Who is {name}?" for name in names} <= set(bot.asked)


def test_somebody_is_called_by_the_whole_name(tmp_path: Path) -> None:
    text = "The adviser Mary Stone came. Stone said the plan is good. On May 3, Stone signed a law."
    bot = Examined(indexed(tmp_path, text))
    suggestions(bot, 9)
    assert "What did Mary Stone say about the plan?" in bot.asked
    assert "When did Mary Stone sign a law?" in bot.asked


def test_a_failing_index_is_no_reason_to_fail(halls: Path) -> None:
    class Failing(Examined):
        def examine(self, question: str) -> Findings:
            from index.errors import DamagedError

            raise DamagedError("gone")

    assert suggestions(Failing(halls)) == ()


def test_findings_without_evidence_are_no_answer(halls: Path) -> None:
    class Empty(Examined):
        def examine(self, question: str) -> Findings:
            return replace(super().examine(question), evidence=())

    assert suggestions(Empty(halls), seconds=0.5) == ()
