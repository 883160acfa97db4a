"""Files and folders -> articles, one after the other, each word for word as it was read.

roots -> files, in order, each once -> drafts (index/formats) -> articles with their ids
"""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from index.errors import ArticleError
from index.formats import READERS, suffix
from index.formats.draft import Draft, Fault, brief, is_visible
from index.formats.files import Place, place, walk, why
from index.types import Article

MAX_ID = 512


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article as read.

    `origin` is where it comes from, the same in every run and no other article's: the absolute
    path of its file, with "#id=..." or "#line=..." for a record. `root` is the root that it was
    found under, as an absolute path.
    """

    article: Article
    origin: str
    root: str


@dataclass(frozen=True, slots=True)
class Failed:
    """What could not be read: a file, or a record of one.

    `name` is for people (the path below the root, ":7" for a record that starts on line 7),
    `reason` says in one sentence why. `origin` and `root` are as in `Loaded`; for a file that
    holds records `origin` is its path, the start of theirs.
    """

    name: str
    reason: str
    origin: str
    root: str


def read_corpus(
    roots: Sequence[Path],
    *,
    taken: Mapping[str, str] | None = None,
    skip: Callable[[str], bool] | None = None,
) -> Iterator[Loaded | Failed]:
    """Read the articles of files and folder trees, lazily and in a fixed order.

    Roots come in the order given, a folder's files by their names. Hidden files, and in a folder
    files of unknown suffix, are skipped; a file that several roots or links lead to is read once.
    `taken` are the ids in use (id -> origin): an origin keeps its id and others avoid it.
    `skip` is asked for each file, when its turn comes, whether to leave it unread.

    Raises CorpusError at once for a root that does not exist or cannot be listed, and while
    reading for a folder below it that cannot. Whatever is wrong with a file is a `Failed`.
    """
    places = [place(root) for root in roots]
    return _read(places, skip, _Ids(taken or {}, tuple(root.path for root in places)))


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the corpus: its absolute path, and its path below the root with slashes."""

    path: str
    name: str
    root: Place


def _read(
    places: list[Place], skip: Callable[[str], bool] | None, ids: "_Ids"
) -> Iterator[Loaded | Failed]:
    seen: set[str] = set()
    for root in places:
        for path in walk(root, seen):
            if skip is not None and skip(path):
                continue
            name = Path(os.path.relpath(path, root.base)).as_posix()
            file = _File(path, name, root)
            for draft in _drafts(path):
                yield _outcome(draft, file, ids)


def _drafts(path: str) -> Iterator[Draft | Fault]:
    """The drafts of a file; whatever happens to the file meanwhile ends in a fault."""
    try:
        # Opening a pipe would wait for its writer, so what a path is comes first.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ArticleError("is not a regular file")
        reader = READERS.get(suffix(path))
        if reader is None:
            what = suffix(path) or "without a suffix"
            raise ArticleError(f"is {what}, which is none of {', '.join(READERS)}")
        with open(path, "rb") as file:
            yield from reader(file)
    except ArticleError as error:
        yield Fault(str(error))
    except FileNotFoundError:
        yield Fault("does not exist any more, or is a link to nothing")
    except OSError as error:
        yield Fault(f"cannot be read ({why(error)})")


def _outcome(draft: Draft | Fault, file: _File, ids: "_Ids") -> Loaded | Failed:
    mark = "" if draft.line is None else f":{draft.line}"
    name = _shown(file.name + mark)
    line_origin = file.path if draft.line is None else f"{file.path}#line={draft.line}"
    origin = f"{file.path}#id={draft.key}" if draft.key else line_origin
    if isinstance(draft, Fault):
        return Failed(name, _shown(draft.reason), _shown(origin), file.root.path)
    try:
        _check(draft)
        if draft.key:
            key = ids.given(draft.key, origin, name)
        else:
            key = ids.derived(file, draft.line, origin)
        return Loaded(_article(draft, key, file.path), origin, file.root.path)
    except _Double as error:
        # The origin named by the id is the other record's.
        return Failed(name, _shown(str(error)), _shown(line_origin), file.root.path)
    except ArticleError as error:
        return Failed(name, _shown(str(error)), _shown(origin), file.root.path)


def _check(draft: Draft) -> None:
    """Raise ArticleError for a draft that cannot be stored or has nothing to find."""
    if not is_visible(draft.text):
        raise ArticleError("has no text")
    if "\0" in draft.text:
        raise ArticleError("is not text (it holds NUL characters)")
    for what in ("text", "title", "source", "url"):
        if not _is_storable(getattr(draft, what)):
            raise ArticleError(f"its {what} holds half a character (a lone surrogate)")


def _article(draft: Draft, key: str, path: str) -> Article:
    if not _is_storable(path):
        raise ArticleError("has a path that is not UTF-8; rename it")
    return Article(
        id=key,
        title=draft.title,
        text=draft.text,
        source=draft.source,
        published=draft.published,
        path=path,
        sha256=hashlib.sha256(draft.text.encode()).hexdigest(),
        url=draft.url,
    )


class _Double(ArticleError):
    """An id that another article has."""


@dataclass(slots=True)
class _Ids:
    """Gives each article its id: the record's own, else one made of the file's name.

    `taken` are the ids of the index (id -> origin), `roots` the paths being read.
    """

    taken: Mapping[str, str]
    roots: tuple[str, ...]
    _used: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._kept = {origin: key for key, origin in self.taken.items()}

    def given(self, key: str, origin: str, name: str) -> str:
        """A record's own id; raises ArticleError if it is another's or cannot be one.

        What the index holds from the files being read is no obstacle: a record may have moved
        from one of them to another, and where both have it the second is caught.
        """
        _check_id(key)
        if key in self._used:
            raise _Double(f"id {brief(key)} is already used by {self._used[key]}")
        holder = self.taken.get(key, origin)
        if holder != origin and not self._is_read_now(holder):
            raise _Double(f"id {brief(key)} is already used by {holder}")
        self._used[key] = name
        return key

    def derived(self, file: _File, line: int | None, origin: str) -> str:
        """An id of the path below the root, with "#line" for a record.

        Where that is another's, the root folder's name goes before it; then a number after it.
        """
        mark = "" if line is None else f"#{line}"
        plain = file.name + mark
        _check_id(plain)
        long = f"{file.root.label}/{plain}" if file.root.label else plain
        kept = [self._kept[origin]] if origin in self._kept else []
        keys = chain(kept, (plain, long), (f"{long}~{number}" for number in count(2)))
        key = next(k for k in keys if k not in self._used and self.taken.get(k, origin) == origin)
        _check_id(key)
        self._used[key] = plain
        return key

    def _is_read_now(self, holder: str) -> bool:
        return any(
            holder == root or holder.startswith((root.rstrip(os.sep) + os.sep, root + "#"))
            for root in self.roots
        )


def _check_id(key: str) -> None:
    if len(key) > MAX_ID:
        raise ArticleError(f"its id is longer than {MAX_ID} characters ({brief(key)})")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in key):
        raise ArticleError(f"its id {brief(key)} holds characters that cannot be shown")


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(text: str) -> str:
    """A name that can be shown and stored: what is no character, or moves the cursor, escaped."""
    return "".join(
        c if unicodedata.category(c) not in ("Cc", "Cs") else ascii(c)[1:-1] for c in text
    )
