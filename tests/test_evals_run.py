"""The runner: resuming, repeating, comparing, and what it refuses to do."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals import Options, Tick, run
from evals.cases import Case, Gold
from evals.corpus import CaseSet, Corpus, Document
from evals.errors import EvalError, ResultsError
from evals.fake import WordBot, build_word_bot
from evals.results import read_rows, read_summary
from index.errors import CorpusError
from index.types import Passage
from qa.types import Answer, Turn

TEXT = "The talks begin at nine in Hanoi. Kim wrote a letter to Trump. The hotel is in Singapore."


def case(number: int, question: str, answer: str = "", start: int = 0, end: int = 33) -> Case:
    if not answer:
        return Case(f"c{number}", question, "near-miss")
    return Case(
        f"c{number}", question, "fact", ((answer,),), (Gold("a", start, end),),
        split="tune" if number % 2 else "report",
    )  # fmt: skip


CASES = (
    case(1, "The talks begin when in Hanoi?", "nine"),
    case(2, "Kim wrote what to Trump?", "letter", 34, 62),
    case(3, "Where is the hotel?", "Singapore", 63, 90),
    case(4, "How tall is the tower of Pisa?"),
    case(5, "Who built the hotel in Singapore?"),
)
SMALL = CaseSet(
    "small", "A small set", "here", "none", "none", (Corpus("one", (Document("a", TEXT),), CASES),)
)


class Flaky(WordBot):
    """Fails at one question, or stops the program at it."""

    def __init__(self, articles: dict[str, str], at: str, error: BaseException) -> None:
        super().__init__(articles)
        self.at, self.error = at, error

    def ask(self, question: str, *, history: tuple[Turn, ...] = ()) -> Answer:
        if question == self.at:
            raise self.error
        return super().ask(question, history=history)

    def search(self, question: str, k: int = 10) -> list[Passage]:
        return super().search(question, k)


def eager(paths: Sequence[Path], data: Path) -> WordBot:
    return WordBot(build_word_bot(paths, data).articles, threshold=0.0)


def flaky(at: str, error: BaseException) -> object:
    return lambda paths, data: Flaky(build_word_bot(paths, data).articles, at, error)


def test_a_run_leaves_rows_a_summary_and_a_report(tmp_path: Path) -> None:
    summary = run(SMALL, out=tmp_path / "a", build=build_word_bot)
    # c1, c2 and c3 hold their answers, c4 is refused, c5 is answered: 4 of 5
    assert summary.figures["right"].value == pytest.approx(0.8)
    assert summary.figures["correct"].value == 1.0
    assert summary.figures["refusal_recall"].value == 0.5
    held = read_summary(tmp_path / "a")
    assert held["figures"]["right"]["value"] == 0.8
    assert held["provenance"]["versions"]["python"]
    assert held["provenance"]["machine"]["cores"]
    assert read_rows(tmp_path / "a") == list(summary.rows)
    assert summary.report.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_same_run_twice_gives_the_same_figures(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(SMALL, out=tmp_path / name, build=build_word_bot)
    one, other = (read_summary(tmp_path / name) for name in ("a", "b"))
    for held in (one, other):
        del held["timings"]
    assert one == other


def test_a_case_that_fails_scores_zero_and_is_counted(tmp_path: Path) -> None:
    build = flaky(CASES[0].question, RuntimeError("no luck"))
    summary = run(SMALL, out=tmp_path / "a", build=build)  # type: ignore[arg-type]
    assert summary.figures["correct"].value == pytest.approx(2 / 3)
    assert summary.figures["correct"].cases == 3
    assert summary.figures["error"].value == pytest.approx(1 / 5)
    assert summary.rows[0].error == "RuntimeError: no luck"
    assert "no luck" in summary.report.read_text(encoding="utf-8")


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    out = tmp_path / "a"
    build = flaky(CASES[2].question, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(SMALL, out=out, build=build)  # type: ignore[arg-type]
    with (out / "cases.jsonl").open("a", encoding="utf-8") as rows:
        rows.write('{"id": "c3", "corp')  # as a kill in the middle of a line leaves it
    with pytest.raises(ResultsError, match="unfinished run"):
        read_rows(out)
    ticks: list[Tick] = []
    summary = run(SMALL, out=out, build=build_word_bot, progress=ticks.append)
    assert [tick.done for tick in ticks if tick.stage == "ask"] == [3, 4, 5]
    assert [row.id for row in read_rows(out)] == ["c1", "c2", "c3", "c4", "c5"]
    assert summary.figures["right"].value == pytest.approx(0.8)


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "a"
    run(SMALL, out=out, build=build_word_bot)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(ResultsError, match="holds a complete run"):
        run(SMALL, out=out, build=build_word_bot)
    with pytest.raises(ResultsError, match=r"another seed \(0, now 1\)"):
        run(SMALL, out=out, build=build_word_bot, options=Options(seed=1))
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(ResultsError, match="holds other files"):
        run(SMALL, out=other, build=build_word_bot)
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written: Not a directory"):
        run(SMALL, out=tmp_path / "file" / "below", build=build_word_bot)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in other.iterdir()] == ["thesis.txt"]


def test_results_of_another_version_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "a"
    run(SMALL, out=out, build=build_word_bot)
    held = json.loads((out / "run.json").read_text())
    (out / "run.json").write_text(json.dumps({**held, "format": 99}))
    with pytest.raises(ResultsError, match="written in format 99 and this version reads 1"):
        run(SMALL, out=tmp_path / "b", build=build_word_bot, options=Options(compare=out))
    (out / "run.json").write_text("{")
    with pytest.raises(ResultsError, match=r"run\.json is damaged"):
        read_rows(out)


def test_a_limit_draws_by_seed_and_keeps_the_order(tmp_path: Path) -> None:
    def drawn(name: str, seed: int) -> list[str]:
        options = Options(limit=3, seed=seed)
        found = run(SMALL, out=tmp_path / name, build=build_word_bot, options=options)
        return [row.id for row in found.rows]

    assert drawn("a", 1) == drawn("b", 1) == sorted(drawn("c", 1))
    assert len({tuple(drawn(f"s{seed}", seed)) for seed in range(6)}) > 1
    with pytest.raises(EvalError, match="limit is 0"):
        run(SMALL, out=tmp_path / "z", build=build_word_bot, options=Options(limit=0))


def test_one_half_can_be_run_alone(tmp_path: Path) -> None:
    found = run(SMALL, out=tmp_path / "a", build=build_word_bot, options=Options(split="tune"))
    assert [row.id for row in found.rows] == ["c1", "c3"]
    with pytest.raises(EvalError, match="no case to run with split 'other'"):
        run(SMALL, out=tmp_path / "b", build=build_word_bot, options=Options(split="other"))


def test_a_corpus_that_cannot_be_indexed_is_one_sentence(tmp_path: Path) -> None:
    def broken(paths: Sequence[Path], data: Path) -> WordBot:
        raise CorpusError(f"{paths[0]} holds no text; give another folder.")

    with pytest.raises(EvalError, match=r"corpus 'one' cannot be asked: .* holds no text"):
        run(SMALL, out=tmp_path / "a", build=broken)


def test_a_run_against_itself_shows_no_difference(tmp_path: Path) -> None:
    run(SMALL, out=tmp_path / "a", build=build_word_bot)
    options = Options(compare=tmp_path / "a")
    summary = run(SMALL, out=tmp_path / "b", build=build_word_bot, options=options)
    assert summary.comparison is not None
    assert {item.verdict for item in summary.comparison.changes} == {"no difference shown"}
    assert (summary.comparison.won, summary.comparison.lost) == ((), ())


def many() -> CaseSet:
    cases = [case(n, "The talks begin when in Hanoi?", "nine") for n in range(30)]
    cases += [case(n, "How tall is the tower of Pisa?") for n in range(30, 60)]
    corpus = Corpus("one", (Document("a", TEXT),), tuple(cases))
    return CaseSet("many", "Many", "here", "none", "none", (corpus,))


def test_a_threshold_of_zero_shows_in_refusals_and_not_in_the_search(tmp_path: Path) -> None:
    run(many(), out=tmp_path / "a", build=build_word_bot)
    options = Options(compare=tmp_path / "a", label="threshold 0")
    found = run(many(), out=tmp_path / "b", build=eager, options=options).comparison
    assert found is not None
    verdicts = {item.name: item.verdict for item in found.changes}
    assert verdicts["refusal_f1"] == verdicts["refusal_recall"] == verdicts["right"] == "worse"
    assert verdicts["recall@1"] == verdicts["correct"] == "no difference shown"
    assert len(found.lost) == 30


def test_runs_of_different_questions_are_not_compared(tmp_path: Path) -> None:
    run(many(), out=tmp_path / "a", build=build_word_bot)
    with pytest.raises(ResultsError, match="other questions"):
        run(
            SMALL, out=tmp_path / "b", build=build_word_bot, options=Options(compare=tmp_path / "a")
        )
    assert not (tmp_path / "b").exists()  # told before anything is asked
    with pytest.raises(ResultsError, match="is no results folder"):
        run(SMALL, out=tmp_path / "c", build=build_word_bot, options=Options(compare=tmp_path))


def test_cases_in_one_run_only_are_left_out_and_counted(tmp_path: Path) -> None:
    run(SMALL, out=tmp_path / "a", build=build_word_bot)
    options = Options(limit=2, compare=tmp_path / "a")
    found = run(SMALL, out=tmp_path / "b", build=build_word_bot, options=options).comparison
    assert found is not None
    assert (found.cases, found.left_out) == (2, 3)
