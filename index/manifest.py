"""What a generation says of itself: its format, its settings, its counts and its files."""

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import DamagedError, MismatchError

FORMAT = 2
MANIFEST = "manifest.json"
_CHECKED_BYTES = 16_000_000
MEND = "run corpus-qa index --rebuild"


class OlderFormat(MismatchError):
    """A generation was written in an older format; `roots` is what was given to be indexed."""

    def __init__(self, said: str, roots: tuple[str, ...]) -> None:
        super().__init__(said)
        self.roots = roots


@dataclass(frozen=True, slots=True)
class Settings:
    """How a generation was made; what differs here cannot be mixed in one index.

    `fingerprint` names the embedding model and its way of computing, `model` is what a person
    calls it. `window`, `overlap` and `target` are those of the chunks, in tokens and sentences.
    `rules` counts the versions of the rules by which articles are read and split.
    """

    fingerprint: str
    model: str
    dimension: int
    window: int
    overlap: int
    target: int | None
    rules: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Written last, so that a generation with a manifest is a whole one.

    `created` is an ISO time in UTC. `churn` counts the chunks that were replaced or removed since
    the vectors were last written from scratch. `files` maps each file to its size in bytes and
    its CRC-32, None where that is not checked.
    """

    name: str
    created: str
    articles: int
    chunks: int
    churn: int
    settings: Settings
    roots: tuple[str, ...]
    files: Mapping[str, tuple[int, int | None]]

    def write(self, folder: Path) -> None:
        """Write the manifest into its generation's folder; raises OSError."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", errors="surrogateescape")


def read_manifest(folder: Path) -> Manifest:
    """Read a generation's manifest.

    Raises MismatchError for another format, OlderFormat if it is an older one, or DamagedError.
    """
    path = folder / MANIFEST
    try:
        values = json.loads(path.read_text(encoding="utf-8", errors="surrogateescape"))
        written = int(values.pop("format"))
        if written == FORMAT:
            values["settings"] = Settings(**values["settings"])
            values["files"] = {name: (size, crc) for name, (size, crc) in values["files"].items()}
            return Manifest(**values | {"roots": tuple(values["roots"])})
        roots = tuple(map(str, values.get("roots", ())))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise DamagedError(f"{path} cannot be read ({_brief(error)}): {MEND}") from error
    if written > FORMAT:
        raise MismatchError(
            f"{folder} was written by a newer corpus-qa (format {written}, this one reads "
            f"{FORMAT}): upgrade corpus-qa or index into another folder with --data"
        )
    raise OlderFormat(
        f"{folder} was written by an older corpus-qa (format {written}, this one reads "
        f"{FORMAT}): {MEND}",
        roots,
    )


def _brief(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not a manifest"


def survey(folder: Path, others: Iterable[Path] = ()) -> dict[str, tuple[int, int | None]]:
    """Return size and CRC-32 of every file that readers rely on, by its path from the folder.

    `others` are files outside of it.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        Path(os.path.relpath(path, folder)).as_posix(): (path.stat().st_size, _crc(path))
        for path in (*paths, *others)
        if path.name != MANIFEST and not _may_shrink(path)
    }


def _crc(path: Path) -> int | None:
    """Return a file's CRC-32; None for one that is large, has its own, or that readers write to.

    Chroma and tantivy check nothing of the kind: chromadb 1.5.9 ends the process with SIGSEGV
    over a damaged graph. Up to the limit reading costs 4 to 15 ms, which no opening notices; a
    larger file is known by its size alone.
    """
    if path.suffix in (".sqlite3", ".pack") or path.stat().st_size > _CHECKED_BYTES:
        return None
    return zlib.crc32(path.read_bytes())


def is_fleeting(path: Path) -> bool:
    """Tell whether a file belongs to somebody's work at this moment: a lock or a journal."""
    return path.suffix == ".lock" or path.name.endswith(("-journal", "-wal", "-shm"))


def _may_shrink(path: Path) -> bool:
    """Tell whether a file may shrink or vanish in a sound generation.

    A vector segment without its index_metadata.pickle was never flushed: its vectors are all in
    chroma.sqlite3, and every reader writes the segment's other files anew (chromadb 1.5.9).
    """
    unflushed = path.suffix == ".bin" and not path.with_name("index_metadata.pickle").exists()
    return unflushed or is_fleeting(path)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raise DamagedError where a file is missing, cut short or not what it was.

    A file without a checksum may grow: each opening of a Chroma folder adds a row to its database.
    """
    for name, (size, crc) in manifest.files.items():
        path = folder / name
        try:
            actual = path.stat().st_size
            changed = crc is not None and actual >= size and _crc(path) != crc
        except OSError as error:
            raise DamagedError(f"{path} is missing: {MEND}") from error
        if actual < size:
            raise DamagedError(f"{path} is cut short ({actual} of {size} bytes): {MEND}")
        if changed:
            raise DamagedError(f"{path} is damaged (its checksum differs): {MEND}")
