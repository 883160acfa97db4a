"""Packs: files that hold the texts of a library, shared by the generations that have them.

A pack is never written once its generation is published, so that the next one can link it. Whoever
writes to one in a draft makes a copy of it first.
"""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from index.copies import copy_file
from index.errors import DamagedError
from index.manifest import MEND

SUFFIX = ".pack"
_MOST = 64_000_000  # bytes of one pack: what taking a text out may copy
_CONTINUED = 2_000_000  # a draft goes on with a last pack up to this size


@dataclass(frozen=True, slots=True)
class Place:
    """Where some bytes are: the number of their pack, where they start in it, size and CRC-32."""

    pack: int
    start: int
    size: int
    crc: int


class Packs:
    """The packs of a published generation, read by any number of threads.

    All are opened at once, so that they can be read when the generation is gone from its folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[int, int] = {}
        try:
            for path in sorted(folder.glob(f"*{SUFFIX}")):
                self._files[int(path.stem)] = os.open(path, os.O_RDONLY)
        except (OSError, ValueError) as error:
            self.close()
            raise DamagedError(f"{folder} cannot be read ({error}): {MEND}") from error

    def read(self, place: Place) -> bytes:
        """Return the bytes at a place; raises DamagedError where they are not what they were."""
        try:
            found = os.pread(self._files[place.pack], place.size, place.start)
        except (OSError, KeyError) as error:
            path = _path(self._folder, place.pack)
            raise DamagedError(f"{path} cannot be read ({error}): {MEND}") from error
        if len(found) < place.size or zlib.crc32(found) != place.crc:
            raise DamagedError(f"{_path(self._folder, place.pack)} is damaged: {MEND}")
        return found

    def close(self) -> None:
        """Close the files; nobody may be reading."""
        while self._files:
            os.close(self._files.popitem()[1])


class PackWriter:
    """The packs of a draft, which may be links to those of the generation before.

    For one thread; `close` leaves it to the publisher to flush the files. Raises OSError.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._number = max((int(path.stem) for path in folder.glob(f"*{SUFFIX}")), default=-1)
        self._own: set[int] = set()  # packs that are no links
        self._file: BinaryIO | None = None

    def add(self, content: bytes) -> Place:
        """Append some bytes and return their place."""
        file = self._open()
        start = file.tell()
        file.write(content)
        place = Place(self._number, start, len(content), zlib.crc32(content))
        if start + len(content) >= _MOST:
            self._shut()
        return place

    def erase(self, place: Place) -> None:
        """Overwrite what is at a place with zeros."""
        self._shut()
        self._make_own(place.pack)
        with _path(self._folder, place.pack).open("r+b") as file:
            file.seek(place.start)
            file.write(bytes(place.size))

    def close(self) -> None:
        """End writing."""
        self._shut()

    def _open(self) -> BinaryIO:
        if self._file is None:
            if self._number < 0 or _path(self._folder, self._number).stat().st_size > self._room():
                self._number += 1
                self._own.add(self._number)
            self._make_own(self._number)
            self._file = _path(self._folder, self._number).open("ab")
        return self._file

    def _room(self) -> int:
        return _MOST - 1 if self._number in self._own else _CONTINUED

    def _shut(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _make_own(self, number: int) -> None:
        if number not in self._own:
            path = _path(self._folder, number)
            copy = path.with_suffix(".new")
            copy_file(path, copy)
            copy.replace(path)
            self._own.add(number)


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}{SUFFIX}"
