"""Who may sign in: a file of names, each with the scrypt hash of its password."""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ui.errors import AccountsError

LONGEST_NAME = 64
LONGEST_PASSWORD = 1024
# 32 MB and about 0.1 s of a core for each guess (N = 2^15, r = 8).
_N, _R, _P = 1 << 15, 8, 1
_SALT, _HASH = 16, 32
# What a line may ask for: no more than half a GB, for otherwise one sign-in fells the server.
_MOST_N, _MOST_R, _MOST_P, _MOST_MEMORY = 1 << 20, 32, 16, 1 << 29

_LINE = re.compile(r"scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w+/=-]{1,200})\$([\w+/=-]{1,200})")


@dataclass(frozen=True, slots=True)
class _Hash:
    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    def fits(self, password: str) -> bool:
        found = _scrypt(password, self.n, self.r, self.p, self.salt, len(self.digest))
        return hmac.compare_digest(found, self.digest)


class Accounts:
    """The accounts of one file, checked when it is read; safe for several threads."""

    def __init__(self, hashes: dict[str, _Hash]) -> None:
        self._hashes = hashes
        first = next(iter(hashes.values()))
        # An unknown name is measured against this, so that it costs what a known one does.
        self._nobody = _Hash(
            first.n, first.r, first.p, os.urandom(_SALT), os.urandom(len(first.digest))
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file of lines as `line_for` makes them; blank lines and # notes are skipped.

        Raises AccountsError, with the number of the line that is wrong.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise AccountsError(f"Cannot read {path} ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise AccountsError(f"{path} is not UTF-8 text.") from error
        hashes: dict[str, _Hash] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                name, found = _parsed(line.strip())
                if name in hashes:
                    raise ValueError(f"has the name {name!r} a second time")
            except ValueError as error:
                raise AccountsError(f"{path}: line {number} {error}.") from None
            hashes[name] = found
        if not hashes:
            raise AccountsError(
                f"{path} holds no account; add a line that corpus-qa password NAME prints."
            )
        return cls(hashes)

    def fits(self, name: str, password: str) -> bool:
        """Tell whether the password is the name's; as slow for an unknown name as for a known."""
        found = self._hashes.get(normal(name))
        if len(password) > LONGEST_PASSWORD:
            password, found = "", None
        right = (found or self._nobody).fits(password)
        return right and found is not None

    def __contains__(self, name: str) -> bool:
        return name in self._hashes

    def __len__(self) -> int:
        return len(self._hashes)


def line_for(name: str, password: str) -> str:
    """The line of an accounts file for a name and its password; raises AccountsError."""
    name = normal(name)
    if reason := _unfit(name):
        raise AccountsError(f"The name {reason}.")
    if not 8 <= len(password) <= LONGEST_PASSWORD:
        raise AccountsError(
            f"The password has {len(password)} characters; use 8 to {LONGEST_PASSWORD:,}."
        )
    salt = secrets.token_bytes(_SALT)
    digest = _scrypt(password, _N, _R, _P, salt, _HASH)
    written = [base64.b64encode(part).decode() for part in (salt, digest)]
    return f"{name}:scrypt${_N}${_R}${_P}${'$'.join(written)}"


def normal(name: str) -> str:
    """A name as it is compared: in one Unicode form, without space around it."""
    return unicodedata.normalize("NFC", name).strip()


def _unfit(name: str) -> str:
    """Why a name cannot be one, or nothing."""
    if not name:
        return "is empty"
    if len(name) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters"
    if ":" in name or name.startswith("#") or not name.isprintable():
        return "holds ':', begins with '#' or holds a character that cannot be shown"
    return ""


def _parsed(line: str) -> tuple[str, _Hash]:
    """The name and hash of a line; raises ValueError with what the line is or has."""
    name, _, rest = line.partition(":")
    name = normal(name)
    if reason := _unfit(name):
        raise ValueError(f"has a name that {reason}")
    match = _LINE.fullmatch(rest)
    if match is None:
        raise ValueError("is not NAME:scrypt$N$r$p$SALT$HASH, as corpus-qa password NAME prints it")
    n, r, p = (int(match[place]) for place in (1, 2, 3))
    if not (2 <= n <= _MOST_N and n & (n - 1) == 0 and 1 <= r <= _MOST_R and 1 <= p <= _MOST_P):
        raise ValueError("has scrypt numbers out of range")
    if 128 * n * r > _MOST_MEMORY:
        raise ValueError(f"asks for more than {_MOST_MEMORY >> 20} MB per sign-in")
    salt, digest = _decoded(match[4]), _decoded(match[5])
    if len(salt) < 8 or not 16 <= len(digest) <= 64:
        raise ValueError("has a salt or a hash of the wrong length")
    return name, _Hash(n, r, p, salt, digest)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("has a salt or a hash that is not base64") from None


def _scrypt(password: str, n: int, r: int, p: int, salt: bytes, size: int) -> bytes:
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    memory = 128 * n * r + 128 * r * p + (1 << 20)
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=size)
