"""The bench itself: every measurement in turn, each written whole or not at all."""

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from evals import provenance
from evals.errors import EvalError, ResultsError
from evals.results import write
from evals.speed.contestants import Contestant
from evals.speed.environments import SetupFailed, python_of
from evals.speed.indexes import Kept, kept, make, measured
from evals.speed.load import Asker, PlainAsker, ServerAsker, put
from evals.speed.plan import ASKERS, DEPTH, WARM_UP, Part, Size, Subject, identity, parts
from evals.speed.processes import Stage, StepFailed, own_server, run, serving
from evals.speed.results import FAILURES, RUN, part_file, read

ROOM_GB, MEMORY_GB = 1.0, 1.5

Tell = Callable[[str], None]


@dataclass(slots=True)
class Bench:
    """Measures contestants on subjects into the folder `out`.

    What stands in `out` already is not measured again; `failures` says in a sentence each what
    could not be measured, by its part's or contestant's name.
    """

    out: Path
    cache: Path
    size: Size
    given: dict[str, Subject]
    tell: Tell = lambda said: None
    failures: dict[str, str] = field(default_factory=dict)
    _stages: dict[str, Stage] = field(default_factory=dict)
    _indexes: dict[tuple[str, str], Kept] = field(default_factory=dict)

    def run(self, contestants: Sequence[Contestant], *, only_prepare: bool = False) -> None:
        """Measure what is not measured yet; raises ResultsError where `out` holds another run.

        `only_prepare` makes the environments and the indexes that are asked, and measures nothing.
        """
        corpora = [name for name in self.given if self.given[name].cases]
        if not only_prepare:
            self._claim(contestants)
        able = [one for one in contestants if self._prepared(one, corpora)]
        if only_prepare:
            return
        for part in parts(able, self.size, corpora):
            if part_file(self.out, part).exists():
                continue
            self.tell(f"{part.name} …")
            try:
                self._check_room()
                found = self._measured(part)
            except StepFailed as error:
                self._fail(part.name, error)
            else:
                write(part_file(self.out, part), found)
        write(self.out / FAILURES, self.failures)

    def _claim(self, contestants: Sequence[Contestant]) -> None:
        about, was = identity(self.size, self.given), {}
        if (self.out / RUN).exists():
            was = read(self.out / RUN)
            changed = [key for key in about if was.get(key) != about[key]]
            if changed:
                raise ResultsError(
                    f"{self.out} holds a bench with another {changed[0]}; choose another folder "
                    "by --out, or remove that one."
                )
            self.tell(f"Going on with the bench in {self.out}.")
        try:
            (self.out / "parts").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultsError(f"{self.out} cannot be written: {error.strerror}.") from error
        told = {c.name: {"title": c.title, "how": c.how} for c in contestants}
        about |= {
            "rounds": self.size.rounds,
            "commit": provenance.commit(),
            "machine": provenance.machine(),
            "contestants": was.get("contestants", {}) | told,
            "judged": self.given["scifact"].judged,
        }
        write(self.out / RUN, about)

    def _prepared(self, contestant: Contestant, corpora: Sequence[str]) -> bool:
        """Make a contestant's environment and indexes; tell whether there is what to ask."""
        folder = self.cache / contestant.name
        if contestant.requirements and not folder.exists():
            self.tell(f"{contestant.title}: making its environment in {folder} …")
        try:
            stage = Stage(contestant, python_of(contestant, self.cache), self.out / "work")
            for corpus in corpora:
                subject = self.given[corpus]
                found = kept(stage, subject, self.cache)
                if found is None:
                    self.tell(f"{contestant.title}: indexing {subject.count:,} of {corpus} …")
                    self._check_room()
                    found = make(stage, subject, self.cache)
                self._check_model(contestant, found.values["model"])
                self._indexes[contestant.name, corpus] = found
                part = Part(0, contestant, "index", corpus)  # told beside what the rounds give
                if part_file(self.out, part).parent.exists():
                    write(part_file(self.out, part), found.values)
        except (SetupFailed, StepFailed) as error:
            self._fail(contestant.name, error)
            return False
        self._stages[contestant.name] = stage
        return True

    def _measured(self, part: Part) -> dict[str, Any]:
        stage, subject = self._stages[part.contestant.name], self.given[part.corpus]
        if part.step == "index":
            folder = self.out / "work" / "index"
            found = measured(stage, subject, folder, bare=True)
            shutil.rmtree(folder)
            return found
        folder = self._indexes[part.contestant.name, part.corpus].folder
        match part.step:
            case "first" | "passages":
                answer = part.contestant.answers and part.step == "first"
                question = subject.questions[part.round % len(subject.questions)]
                order = {"folder": str(folder), "question": question, "answer": answer}
                return run(stage, "first", order)
            case "ask":
                return run(stage, "ask", self._ask_order(folder, subject, part.round))
            case "serve":
                return self._served(stage, folder, subject)
            case _:
                load = os.getloadavg()[0]
                with own_server(stage, folder) as address:
                    answers = self._loads(partial(ServerAsker, address), subject)
                return {"answer": answers, "load": load}

    def _served(self, stage: Stage, folder: Path, subject: Subject) -> dict[str, Any]:
        load = os.getloadavg()[0]
        with serving(stage, {"folder": str(folder)}) as (port, ended):
            passages = self._loads(partial(PlainAsker, port), subject)
        return {"passages": passages, "memory_mib": ended["memory_mib"], "load": load}

    def _ask_order(self, folder: Path, subject: Subject, number: int) -> dict[str, Any]:
        """Other questions in each round; rankings, which never change, in the first alone."""
        count = self.size.questions
        asked = _turned(subject.questions, number * count, WARM_UP + count + max(1, count // 2))
        ranked = {case.id: case.question for case in subject.cases if case.id in subject.judged}
        return {
            "folder": str(folder),
            "warm_up": asked[:WARM_UP],
            "passages": asked[WARM_UP : WARM_UP + count],
            "answers": asked[WARM_UP + count :],
            "depth": DEPTH,
            "ranked": ranked if number == 1 else {},
        }

    def _loads(self, make: Callable[[], Asker], subject: Subject) -> list[dict[str, Any]]:
        found, taken = [], WARM_UP
        try:
            with closing(make()) as asker:
                for question in subject.questions[:WARM_UP]:
                    asker.ask(question)
            for askers in ASKERS:
                some = _turned(subject.questions, taken, self.size.load * (1 + askers // 4))
                found.append(put(make, some, askers).to_json())
                taken += len(some)
        except OSError as error:
            raise StepFailed(f"A server could not be asked: {error}.") from error
        return found

    def _fail(self, name: str, error: EvalError) -> None:
        self.failures[name] = str(error)
        self.tell(str(error))

    def _check_room(self) -> None:
        free, memory = shutil.disk_usage(self.out).free / 1e9, _available_gb()
        if free < ROOM_GB:
            raise StepFailed(f"Not measured: {self.out} has {free:.1f} GB left of {ROOM_GB:.0f}.")
        if memory < MEMORY_GB:
            raise StepFailed(f"Not measured: {memory:.1f} GB of memory are left of {MEMORY_GB}.")

    def _check_model(self, contestant: Contestant, digest: str) -> None:
        for index in self._indexes.values():
            if index.values["model"] != digest:
                raise StepFailed(f"{contestant.title} has other weights of the model than others.")


def _turned(questions: Sequence[str], by: int, count: int) -> list[str]:
    """So many questions from another one on, round and round."""
    return [questions[(by + place) % len(questions)] for place in range(count)]


def _available_gb() -> float:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if "MemAvailable" in line) / 1e6
    except (OSError, StopIteration):
        return float("inf")  # a system that does not tell


def chosen(names: Sequence[str], known: Sequence[Contestant]) -> list[Contestant]:
    """The contestants of these names, all without any; raises EvalError for an unknown one."""
    by_name = {contestant.name: contestant for contestant in known}
    for name in names:
        if name not in by_name:
            raise EvalError(f"There is no contestant {name!r}; known: {', '.join(by_name)}.")
    return [by_name[name] for name in names] if names else list(known)
