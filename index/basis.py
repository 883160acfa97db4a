"""What a sync starts from: the live generation, or what can be saved of a damaged one."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from index.errors import DamagedError, MismatchError, NoIndex
from index.generations import folder_of, live_name, newest_whole, point
from index.library import Library
from index.manifest import MEND, Manifest, OlderFormat, Settings, check_files, read_manifest


@dataclass(frozen=True, slots=True)
class Basis:
    """The generation that the next one is made from.

    `manifest` is None where it cannot be read, `library` where that is damaged or nothing has
    been indexed yet. `lost` are roots whose articles were in a library that is damaged.
    """

    name: str | None = None
    manifest: Manifest | None = None
    library: Library | None = None
    lost: tuple[str, ...] = ()


def find_basis(data: Path, held: ExitStack, *, rebuild: bool) -> Basis:
    """Return what to start from; only under the lock, and `held` closes the library.

    Raises DamagedError where the live generation is damaged, unless `rebuild` is given, and
    MismatchError where it has another format, with `rebuild` only for a newer one.
    """
    name = _live(data, rebuild=rebuild)
    if name is None:
        return Basis()
    if rebuild:
        return _saved(data, name, held)
    folder = folder_of(data, name)
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    library = Library(folder / "library.sqlite")
    held.callback(library.close)
    return Basis(name, manifest, library)


def check_settings(manifest: Manifest, asked: Settings, data: Path) -> None:
    """Raise MismatchError where the index was made with another model or chunking."""
    made = manifest.settings
    if made.fingerprint != asked.fingerprint:
        raise MismatchError(
            f"{data} was indexed with the embedding model {made.model} and not with "
            f"{asked.model}: {MEND} with the new model to change over, or name the former one"
        )
    if (made.window, made.overlap, made.target) != (asked.window, asked.overlap, asked.target):
        raise MismatchError(
            f"{data} was indexed in chunks of {_chunking(made)}, not of {_chunking(asked)}: "
            f"{MEND} with the new size to change over, or give the former one"
        )


def _chunking(settings: Settings) -> str:
    aim = "" if settings.target is None else f" (aiming at {settings.target})"
    return f"at most {settings.window} tokens{aim} with an overlap of {settings.overlap}"


def _live(data: Path, *, rebuild: bool) -> str | None:
    try:
        name = live_name(data)
        return newest_whole(data) if rebuild and not folder_of(data, name).exists() else name
    except NoIndex:
        # The first sync was killed just before it published, or CURRENT was lost: whatever has a
        # manifest has passed its test.
        newest = newest_whole(data)
        if newest is not None:
            point(data, newest)
        return newest
    except DamagedError:
        if not rebuild:
            raise
        return newest_whole(data)


def _saved(data: Path, name: str, held: ExitStack) -> Basis:
    """Return what can be read of a generation that is about to be made anew."""
    folder = folder_of(data, name)
    try:
        manifest = _readable(folder)
    except OlderFormat as older:
        return Basis(name, lost=older.roots)  # its files cannot be read, but its roots can
    try:
        library = Library(folder / "library.sqlite")
        held.callback(library.close)
        library.verify()
    except DamagedError:
        newest = newest_whole(data)
        known = manifest or (_readable(folder_of(data, newest)) if newest else None)
        return Basis(name, manifest, None, known.roots if known else ())
    return Basis(name, manifest, library)


def _readable(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except DamagedError:
        return None
