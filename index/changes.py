"""A corpus beside what the library has of it: what to add, to change and to remove."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from index.articles import Failed, Loaded, read_corpus
from index.errors import CorpusError
from index.library import Library, Record, day_number
from index.pipeline import Arrival, Change

# A file that was written this shortly before it was looked at may be written again without any
# change of its times: the clocks of file systems tick in steps of up to two seconds (FAT).
_UNSETTLED = 2_000_000_000


class Comparison:
    """Compares each given root with what the library has from there.

    `changes` does the work, once, and fills the lists, which hold ids of articles. Articles
    outside the roots stay as they are; so do those of a file that cannot be read in full: `kept`.
    `trust` lets a file go unread whose size and times are those of the last reading.
    """

    def __init__(
        self,
        roots: Sequence[str],
        basis: Library | None,
        *,
        trust: bool,
        allow_empty: bool,
        stood: Callable[[int], None] | None = None,
    ) -> None:
        self.added: list[str] = []
        self.changed: list[str] = []
        self.removed: list[str] = []
        self.unchanged: list[str] = []
        self.kept: list[str] = []
        self.failed: list[Failed] = []
        self.stamps: dict[str, str] = {}  # of the files that were read in full
        self.replaced: set[str] = set()  # ids of the library that do not stay as they are
        self._roots = list(dict.fromkeys(roots))
        self._basis = basis
        self._trust = trust and basis is not None
        self._allow_empty = allow_empty
        self._stood = stood  # hears how many articles need no work
        self._origins = basis.origins() if basis else {}
        self._seen: set[str] = set()  # ids of the library that the corpus still has
        self._visited: set[str] = set()  # files
        self._fruitful: set[str] = set()  # files that gave an article
        self._skipped: set[str] = set()  # files that were not read again
        self._robbed: set[str] = set()  # files whose record another file has now
        self._faulty: set[str] = set()  # files, and their records, that cannot be read
        self._current: tuple[str, str] = ("", "")  # the file being read and its stamp

    def changes(self) -> Iterator[Change]:
        """Yield every difference in the order of the corpus, then what is gone from it.

        Raises CorpusError for a root that is missing or has suddenly nothing to read, unless
        `allow_empty` was given.
        """
        there = [Path(root) for root in self._roots if not self._may_be_missing(root)]
        for item in read_corpus(there, taken=self._origins, skip=self._skip):
            if isinstance(item, Failed):
                self._fail(item)
            elif change := self._compare(item):
                yield change
        self._settle()
        for root in self._roots:
            yield from self._removals(root)

    def untouched(self) -> Iterator[Change]:
        """Yield every article of the library that stays, after `changes` has ended."""
        if self._basis is None:
            return
        for record in self._basis.records():
            if record.id not in self.replaced:
                if record.path not in self.stamps and (stamp := self._basis.stamp(record.path)):
                    self.stamps[record.path] = stamp
                yield Change(Arrival(self._basis.article(record.id), record))

    def _skip(self, path: str) -> bool:
        """Begin a file; tell whether it need not be read."""
        self._settle()
        self._visited.add(path)
        stamp, settled = _stamp(path)
        if stamp and self._trust and path not in self._robbed and self._is_as_read(path, stamp):
            self._skipped.add(path)
            self._fruitful.add(path)
            return True
        self._current = (path, stamp if settled else "")
        return False

    def _is_as_read(self, path: str, stamp: str) -> bool:
        """Take a file's articles for unchanged if it bears the stamp of its last reading."""
        if self._basis is None or self._basis.stamp(path) != stamp:
            return False
        names = self._basis.ids_from_file(path)
        self._stays(*names)
        return True

    def _stays(self, *names: str) -> None:
        self.unchanged += names
        self._seen.update(names)
        if self._stood:
            self._stood(len(names))

    def _settle(self) -> None:
        """End the file that was being read."""
        path, stamp = self._current
        if stamp and path in self._fruitful and path not in self._faulty:
            self.stamps[path] = stamp
        self._current = ("", "")

    def _fail(self, failed: Failed) -> None:
        self.failed.append(failed)
        self._faulty |= _files(failed.origin)

    def _compare(self, loaded: Loaded) -> Change | None:
        record = _record(loaded)
        self._fruitful.add(record.path)
        old = self._basis.record_from(record.origin) if self._basis else None
        holder = self._holder(record)
        if holder and holder.path in self._skipped:
            self._fail(_double(loaded, holder))
            return None
        if old and replace(record, root=old.root) == old:
            self._stays(record.id)
            return None
        if holder:
            self._robbed.add(holder.path)
        (self.changed if old or holder else self.added).append(record.id)
        removes = [other.id for other in (old, holder) if other]
        self.replaced.update(removes)
        return Change(Arrival(loaded.article, record), removes)

    def _holder(self, record: Record) -> Record | None:
        """Return another origin's article of the same id: a record that has moved to this file."""
        elsewhere = self._origins.get(record.id, record.origin) != record.origin
        return self._basis.record(record.id) if self._basis and elsewhere else None

    def _may_be_missing(self, root: str) -> bool:
        missing = self._allow_empty and not os.path.lexists(root)
        return missing and self._basis is not None and bool(self._basis.under(root))

    def _removals(self, root: str) -> Iterator[Change]:
        gone = []
        for name, path, known_root in self._basis.under(root) if self._basis else ():
            if name in self._seen or name in self.replaced:
                continue
            if path in self._faulty:
                self.kept.append(name)
                self._seen.add(name)
            elif self._was_named(path, known_root):
                self._stays(name)
            else:
                gone.append(name)
        if gone and not self._allow_empty and not self._gave_articles(root):
            raise CorpusError(
                f"{root} has no readable article any more, and the index has {len(gone)} from "
                "there: nothing was removed; add --allow-empty if they are to go"
            )
        self.removed += gone
        self.replaced.update(gone)
        yield from (Change(None, (name,)) for name in gone)

    def _was_named(self, path: str, root: str) -> bool:
        """Tell whether a file that the reading of a folder passes over was once asked for."""
        passed_over = root not in self._roots and path not in self._visited
        return passed_over and os.path.exists(path)

    def _gave_articles(self, root: str) -> bool:
        inside = root.rstrip(os.sep) + os.sep
        return any(file == root or file.startswith(inside) for file in self._fruitful)


def _record(loaded: Loaded) -> Record:
    article = loaded.article
    return Record(
        id=article.id,
        origin=loaded.origin,
        root=loaded.root,
        title=article.title,
        source=article.source,
        published=day_number(article.published),
        path=article.path,
        sha256=article.sha256,
        url=article.url,
    )


def _double(loaded: Loaded, holder: Record) -> Failed:
    reason = f"id {loaded.article.id!r} is already used by {holder.origin}"
    path, root = loaded.article.path, loaded.root
    name = os.path.basename(path) if path == root else os.path.relpath(path, root)
    return Failed(name, reason, loaded.origin, loaded.root)


def _files(origin: str) -> set[str]:
    """Return the origin of a failure and each file that it may be a record of.

    A record that cannot be read may be any of those that are missing, so that while there is one
    none of its file is removed.
    """
    found = {origin}
    for mark in ("#id=", "#line="):
        place = origin.find(mark)
        while place >= 0:
            found.add(origin[:place])
            place = origin.find(mark, place + 1)
    return found


def _stamp(path: str) -> tuple[str, bool]:
    """Return what tells one state of a file from the next, and whether it can be relied on."""
    try:
        found = os.stat(path)
    except OSError:
        return "", False
    stamp = f"{found.st_mtime_ns} {found.st_ctime_ns} {found.st_size} {found.st_ino}"
    return stamp, time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > _UNSETTLED
