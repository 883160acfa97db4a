"""Articles that people add from the page: checked alone, kept by owner, indexed with the rest."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from index.build import Progress, Report
from index.errors import IndexFailure, LockedError
from index.formats import READERS, suffix
from index.types import Article
from ui.errors import BusyError, NotFoundError, UploadError
from ui.upload_check import check
from ui.upload_folder import Folder
from ui.upload_names import safe_name
from ui.words import sentence

MOST_AT_ONCE = 20  # files of one upload
_JOBS = 8  # under way or waiting
_REMEMBERED = 1_000  # owners whose last job is told
_RETRY_S = 0.25

Faults = tuple[tuple[str, str], ...]

BUSY = "The server is busy with other uploads; please try again in a minute."
LOCKED = "The index is being written by another program; please try again in a minute."
YOURS = "Your last upload is still being taken in; wait until it is done."


class Indexed(Protocol):
    """What uploads need of a bot."""

    def article(self, article_id: str) -> Article: ...

    def articles_from(self, file: Path) -> tuple[str, ...]: ...

    def sync(
        self, roots: Sequence[Path], *, progress: Progress | None, allow_empty: bool
    ) -> Report: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file: its name, bytes, when it came (ISO 8601, UTC), its articles' ids."""

    name: str
    size: int
    when: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UploadReport:
    """The names under which files were taken in, and what was not: names with reasons."""

    added: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


State = Literal["idle", "waiting", "checking", "indexing", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """How far an owner's latest upload has come: `done` of `total` files, then of articles.

    `error` is a sentence where the whole of it failed; `total` is None while it is not known.
    """

    state: State = "idle"
    file: str = ""
    done: int = 0
    total: int | None = None
    report: UploadReport = field(default_factory=UploadReport)
    error: str = ""


class Uploads:
    """The uploaded files of one data folder; safe for several threads.

    One upload is indexed at a time; `patience_s` is how long the next one waits for its turn.
    """

    def __init__(
        self, data: Path, bot: Indexed, *, most_bytes: int = 32_000_000, patience_s: float = 60.0
    ) -> None:
        self._folder = Folder(data.absolute() / "uploads")
        self.most_bytes = most_bytes
        self.accepts = tuple(READERS)
        self._bot = bot
        self._patience_s = patience_s
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._active: set[str] = set()

    def add(self, owner: str, files: Sequence[tuple[str, bytes]]) -> UploadReport:
        """Take in files, each a name and its bytes, and index them; a failure stores nothing.

        Raises BusyError where others are before it for too long, UploadError where the index or
        the disk fails.
        """
        with self.job(owner) as take_in:
            return take_in(files)

    @contextmanager
    def job(self, owner: str) -> Iterator[Callable[[Sequence[tuple[str, bytes]]], UploadReport]]:
        """Reserve what one upload takes, before its bytes are read; yield what takes them in.

        Raises BusyError where the owner's last one is under way, or too many others.
        """
        with self._lock:
            if owner in self._active:
                raise BusyError(YOURS)
            if len(self._active) >= _JOBS:
                raise BusyError(BUSY)
            self._active.add(owner)
            self._jobs[owner] = Job("waiting")
            self._jobs.move_to_end(owner)
            while len(self._jobs) > _REMEMBERED:
                self._jobs.popitem(last=False)
        try:
            yield lambda files: self._add(owner, files)
        finally:
            with self._lock:
                self._active.discard(owner)
                if self._jobs.get(owner, Job()).state not in ("done", "failed"):
                    self._jobs[owner] = Job("failed", error="The upload was broken off.")

    def latest(self, owner: str) -> Job:
        """Return how far the owner's latest upload has come, since this server was started."""
        with self._lock:
            return self._jobs.get(owner, Job())

    def list(self, owner: str) -> list[Upload]:
        """Return the owner's files, the newest first."""
        found = [(file, file.stat()) for file in self._folder.files(owner)]
        found.sort(key=lambda pair: (-pair[1].st_mtime_ns, pair[0].name))
        return [
            Upload(
                file.name,
                stat.st_size,
                datetime.fromtimestamp(stat.st_mtime, UTC).isoformat(timespec="seconds"),
                self._bot.articles_from(file),
            )
            for file, stat in found
        ]

    def remove(self, owner: str, name: str) -> None:
        """Remove one of the owner's files and its articles.

        Raises NotFoundError for a file that the owner has not, BusyError and UploadError as `add`
        does; the file is then where it was.
        """
        with self._my_turn(), self._folder.incoming() as aside:
            file = next((file for file in self._folder.files(owner) if file.name == name), None)
            if file is None:
                raise NotFoundError(f"You have no uploaded file of the name {name[:200]!r}.")
            if not self._bot.articles_from(file):
                file.unlink()
                return
            kept = file.rename(aside / file.name)
            try:
                self._sync(None)
            except BaseException:
                kept.rename(file)
                raise

    def _add(self, owner: str, files: Sequence[tuple[str, bytes]]) -> UploadReport:
        job = Job("waiting", total=len(files))
        try:
            with self._my_turn(), self._folder.incoming() as aside:
                report = self._taken_in(owner, files, aside)
        except (BusyError, UploadError) as error:
            self._tell(owner, replace(job, state="failed", error=str(error)))
            raise
        self._tell(owner, replace(job, state="done", done=len(files), report=report))
        return report

    def _taken_in(
        self, owner: str, files: Sequence[tuple[str, bytes]], aside: Path
    ) -> UploadReport:
        failed: list[tuple[str, str]] = []
        stored: list[Path] = []
        articles = 0
        try:
            for number, (given, content) in enumerate(files):
                name = safe_name(given)
                self._tell(owner, Job("checking", name, number, len(files)))
                if reason := self._refusal(owner, number, name, content):
                    failed.append((name, reason))
                    continue
                found, faults = self._checked(aside / name, content)
                failed += faults
                if found:
                    stored.append(self._folder.keep(owner, aside / name))
                    articles += found
            if stored:
                self._sync(self._progress(owner, articles))
            for file in [file for file in stored if not self._bot.articles_from(file)]:
                failed.append((file.name, "gave no article, for the index has its records"))
                stored.remove(file)
                file.unlink()
        except BaseException:
            for file in stored:
                file.unlink(missing_ok=True)
            raise
        return UploadReport(tuple(file.name for file in stored), tuple(failed))

    def _refusal(self, owner: str, number: int, name: str, content: bytes) -> str:
        """Why a file is not even looked into, or nothing."""
        if suffix(name) not in READERS:
            return f"is {suffix(name) or 'without a suffix'}, which is none of {', '.join(READERS)}"
        if not content:
            return "is empty"
        if len(content) > self.most_bytes:
            return f"is larger than {self.most_bytes / 1_000_000:g} MB; split it"
        if number >= MOST_AT_ONCE:
            return f"is more than {MOST_AT_ONCE} files at once; upload it after the others"
        return self._folder.full(owner, len(content))

    def _checked(self, file: Path, content: bytes) -> tuple[int, Faults]:
        """Read a file alone; return how many articles it has, and what of it cannot be read."""
        file.write_bytes(content)
        found = check(file)
        taken = next((key for key in found.ids if self._is_taken(key)), None)
        if taken is not None:
            reason = f"has a record with the id {taken[:60]!r}, which another article has"
            return 0, ((file.name, reason),)
        if not found.articles and not found.faults:
            return 0, ((file.name, "holds no article"),)
        return found.articles, found.faults if found.articles else found.faults[:1]

    def _is_taken(self, key: str) -> bool:
        try:
            self._bot.article(key)
        except KeyError:
            return False
        return True

    def _progress(self, owner: str, new: int) -> Progress:
        before = sum(len(self._bot.articles_from(file)) for file in self._folder.everything())

        def heard(
            articles: int, articles_total: int | None, chunks: int, chunks_total: int | None
        ) -> None:
            done = min(max(0, articles - before), new)
            self._tell(owner, Job("indexing", done=done, total=new))

        self._tell(owner, Job("indexing", total=new))
        return heard

    def _sync(self, progress: Progress | None) -> None:
        """Index all uploads; wait while another process writes. Raises BusyError."""
        ends = time.monotonic() + self._patience_s
        while True:
            try:
                self._bot.sync([self._folder.root], progress=progress, allow_empty=True)
                return
            except LockedError:
                if time.monotonic() > ends:
                    raise BusyError(LOCKED) from None
                time.sleep(_RETRY_S)

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self._patience_s):
            raise BusyError(BUSY)
        try:
            yield
        except IndexFailure as failure:
            raise UploadError(sentence(str(failure))) from failure
        except OSError as error:
            reason = error.strerror or "the disk failed"
            raise UploadError(f"The files cannot be kept: {reason}.") from error
        finally:
            self._turn.release()

    def _tell(self, owner: str, job: Job) -> None:
        with self._lock:
            self._jobs[owner] = job
