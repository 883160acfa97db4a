"""How long checking holds up an answer: from the model's first piece to the end, the text in hand.

A scripted model writes a blank and then its five sentences at once, so what passes from the first
event of the writing to the last is cutting, checking and citing. Each answer is timed in a process
of its own (cold: the first answer since the index and the models were opened), and twice in this
one: as its passages are met for the first time, and once more.
"""

import gc
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from evals.cases import Case
from evals.scripted import Script, script
from qa.bot import Bot
from qa.llm.fake import ScriptedModel
from qa.types import Token

_SENTENCES = (5, 5)
WHOLE = 100_000  # characters; the model gives its text away in one piece


def seconds(
    bot: Bot, model: ScriptedModel, cases: Sequence[Case], most: int
) -> dict[str, dict[str, float]]:
    """Median and worst milliseconds of the wall and of the processor, of at most `most` answers."""
    scripts: list[Script] = []
    for case in cases:
        made = script(bot, model, case.question, random.Random(case.id), _SENTENCES)
        if made and len(made.lines) == _SENTENCES[0] and len(scripts) < most:
            scripts.append(made)
    cold = [_in_a_process(bot.data, made) for made in scripts]
    gc.collect()
    gc.freeze()  # what the evaluation holds is none of the checker's business to look through
    new = [timed(bot, model, made.question, made.told) for made in scripts]
    again = [timed(bot, model, made.question, made.told) for made in scripts]
    gc.unfreeze()
    rounds = {"cold": cold, "new": new, "again": again}
    return {name: _figures(found) for name, found in rounds.items()}


def timed(bot: Bot, model: ScriptedModel, question: str, told: str) -> tuple[float, float]:
    """Seconds of the wall and of the processor that pass from the first piece to the last event.

    Both are NaN where the question was refused, for then nothing is written.
    """
    model.play([" ", told])
    wall = processor = float("nan")
    for event in bot.stream(question):
        if isinstance(event, Token) and wall != wall and model.prompts:
            wall, processor = time.perf_counter(), time.process_time()
    return time.perf_counter() - wall, time.process_time() - processor


def _in_a_process(data: Path, made: Script) -> tuple[float, float]:
    program = (
        "import json, sys\n"
        "from evals.scripted_time import opened_and_timed\n"
        "print(json.dumps(opened_and_timed(*json.load(sys.stdin))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps([str(data.absolute()), made.question, made.told]),
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    wall, processor = json.loads(done.stdout)
    return wall, processor


def opened_and_timed(data: str, question: str, told: str) -> tuple[float, float]:
    """As `timed`, for a bot that is opened for this answer alone."""
    model = ScriptedModel("", size=WHOLE)
    with Bot.open(data, llm=model) as bot:
        return timed(bot, model, question, told)


def _figures(found: Sequence[tuple[float, float]]) -> dict[str, float]:
    known = [one for one in found if one[0] == one[0]]
    walls, processors = zip(*known, strict=True)
    figures = {
        "wall, median": statistics.median(walls),
        "wall, worst": max(walls),
        "processor, median": statistics.median(processors),
        "processor, worst": max(processors),
    }
    shown = {name: round(1000 * value, 1) for name, value in figures.items()}
    return {"answers": len(known), **shown}
