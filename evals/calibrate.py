"""Fits the confidence model on public questions: `python -m evals.calibrate --data DIR --work DIR`.

Each answerable SQuAD question of the pages kept for tuning is asked twice: of a corpus that holds
its paragraph and of one that holds only the neighbours; those that the set calls impossible are
asked of the corpus with their paragraph. The chance to be fitted is that of the best evidence
holding an accepted answer. With `--write` the parameters replace those in `qa/`; with `--out` they
go into a file of their own, for the reader that they were fitted to and no other.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.answers import contains
from evals.cases import Case
from evals.corpus import written
from evals.curves import calibration_error, separation
from evals.sets import squad
from qa import confidence
from qa.bot import Bot
from qa.opening import reader_for
from qa.reader.spans import Reader
from qa.settings import Settings

# How far the best sentence is ahead of the next and what several sentences cover told more on SQuAD
# and less on the default corpus' questions that are marked for tuning: they are left out. With a
# reader the words that question and passage share add nothing, once near misses are fitted too.
SIGNALS = {
    "plain": (
        "sentence_cosine",
        "best_cosine",
        "coverage_passage",
        "names_missing",
        "passage_score",
        "expected",
    ),
    "reader": ("sentence_cosine", "passage_score", "margin", "answerable"),
}
SENTENCES = 3  # the best pieces of evidence, of which an answer is made
# Each question with an answer comes with one whose paragraph was taken away and about one near
# miss. Who asks of a corpus of one's own asks more often what it answers: half the time, say.
HALF = 0.5
# What each caution allows: "cautious" a share of false answers to questions without an answer, the
# others a share of refusals of questions that would be answered right.
MOST_FALSE = 0.10
MOST_REFUSED = {"balanced": 0.08, "eager": 0.05}


@dataclass(frozen=True, slots=True)
class Example:
    """One question's signals, whether its evidence was right, and whether it could be.

    `near_miss` marks an unanswerable question whose paragraph is there and nearly answers it.
    """

    signals: dict[str, float]
    right: bool
    answerable: bool
    split: str
    near_miss: bool = False


def gather(data: Path, work: Path, reader: Reader | None, step: int) -> list[Example]:
    """Ask every `step`-th question of both corpora; the indexes are made under `work`."""
    off = Settings(reader="off", calibration=None)
    found = []
    for corpus in squad.load_mixed(data).corpora:
        folder = work / corpus.name
        paths = written(corpus, folder / "articles")
        Bot.build(paths, folder / "index", settings=off).close()
        with Bot.open(folder / "index", settings=off, reader=reader) as bot:
            found += [example(bot, case) for case in corpus.cases[::step]]
    return found


def example(bot: Bot, case: Case) -> Example:
    """Ask one question and see whether the best evidence holds an accepted answer."""
    findings = bot.examine(case.question)
    said = " ".join(item.text for item in findings.evidence[:SENTENCES])
    right = any(contains(said, accepted) for accepted in case.parts)
    near_miss = case.kind == "near-miss"
    return Example(dict(findings.signals), right, case.answerable, case.split, near_miss)


def table(examples: Sequence[Example], names: Sequence[str]) -> NDArray[np.float64]:
    """The signals of these names as rows."""
    return np.array([[e.signals.get(name, 0.0) for name in names] for e in examples])


def fit(examples: Sequence[Example], names: Sequence[str]) -> dict[str, Any]:
    """Fit the logistic model and choose its thresholds, all on these examples."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, max_iter=2000)
    shares = [1.0 if e.answerable else HALF for e in examples]
    model.fit(table(examples, names), [e.right for e in examples], sample_weight=shares)
    weights = {name: round(float(w), 3) for name, w in zip(names, model.coef_[0], strict=True)}
    bias = round(float(model.intercept_[0]), 3)
    fitted = confidence.Calibration(weights, bias, {}, "")
    return {"weights": weights, "bias": bias, "thresholds": thresholds(fitted, examples)}


def thresholds(fitted: confidence.Calibration, examples: Sequence[Example]) -> dict[str, float]:
    """Choose where to refuse, by the share of errors that each caution allows."""
    chances = np.array([fitted.probability(e.signals) for e in examples])
    absent = chances[[not e.answerable and not e.near_miss for e in examples]]
    right = chances[[e.right for e in examples]]
    steps = np.round(np.arange(0.05, 0.96, 0.01), 2)
    false = np.array([(absent >= step).mean() for step in steps])
    refused = np.array([(right < step).mean() for step in steps])
    found = {"cautious": float(steps[int(np.argmax(false <= MOST_FALSE))])}
    for caution, most in MOST_REFUSED.items():
        found[caution] = float(steps[int(np.nonzero(refused <= most)[0][-1])])
    return found


def figures(parameters: dict[str, Any], examples: Sequence[Example]) -> dict[str, float]:
    """How the fitted model does: AUC, shares of false answers and refusals, calibration error.

    Near misses are told apart from the questions whose paragraph was taken away.
    """
    fitted = confidence.Calibration(parameters["weights"], parameters["bias"], {}, "")
    chances = np.array([fitted.probability(e.signals) for e in examples])
    answerable = np.array([e.answerable for e in examples])
    near = np.array([e.near_miss for e in examples])
    right = np.array([e.right for e in examples])
    found: dict[str, float] = {"questions": len(examples)}
    for kind, absent in (("", ~answerable & ~near), ("_near_miss", near)):
        if absent.any():
            among = answerable | absent
            auc = separation(chances[among].tolist(), answerable[among].tolist())
            found[f"auc{kind}"] = auc
            for name, threshold in parameters["thresholds"].items():
                found[f"false_answers{kind}_{name}"] = float((chances[absent] >= threshold).mean())
    for name, threshold in parameters["thresholds"].items():
        found[f"refused_{name}"] = float((chances[answerable] < threshold).mean())
    counted = answerable | (np.arange(len(examples)) % 2 == 0)  # as the fit weighs them
    found["ece"] = calibration_error(chances[counted].tolist(), right[counted].tolist())
    return {name: round(value, 4) for name, value in found.items()}


def keep(path: Path, models: dict[str, Any]) -> None:
    """Write fitted models, by name, as `qa.confidence.load` reads them."""
    path.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Fit on the tuning half, measure on the reporting half, and say both."""
    parser = argparse.ArgumentParser(description="Fit the confidence model.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of public sets")
    parser.add_argument("--work", type=Path, required=True, help="where the indexes are made")
    parser.add_argument("--name", choices=sorted(SIGNALS), default="reader", help="which model")
    parser.add_argument("--step", type=int, default=1, help="every how many questions")
    parser.add_argument("--reader", default="own", help="as in the settings")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--write", action="store_true", help="replace the parameters in qa/")
    kept.add_argument("--out", type=Path, help="write them there, for CORPUS_QA_CALIBRATION")
    options = parser.parse_args()
    name = options.reader if options.name == "reader" else "off"
    reader = reader_for(Settings(reader=name, calibration=None))
    examples = gather(options.data, options.work, reader, options.step)
    tuned = [e for e in examples if e.split == "tune"]
    parameters = fit(tuned, SIGNALS[options.name])
    parameters["provenance"] = (
        f"SQuAD 2.0 (CC BY-SA 4.0), pages {', '.join(sorted(squad.TUNED))}: "
        f"{len(tuned)} questions, with and without their paragraph, and near misses; "
        "python -m evals.calibrate"
    )
    report = {
        "parameters": parameters,
        "tune": figures(parameters, tuned),
        "report": figures(parameters, [e for e in examples if e.split == "report"]),
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if options.out:
        fingerprint = reader.fingerprint if reader else ""
        keep(options.out, {options.name: {**parameters, "reader": fingerprint}})
    if options.write:
        held = json.loads(confidence.PARAMETERS.read_text(encoding="utf-8"))
        keep(confidence.PARAMETERS, {**held, options.name: parameters})


if __name__ == "__main__":
    main()
