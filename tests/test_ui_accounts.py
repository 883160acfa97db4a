import base64
import hashlib
import time
from pathlib import Path

import pytest

from ui.accounts import Accounts, line_for
from ui.errors import AccountsError

SALT = b"0123456789abcdef"


def line(name: str, password: str, n: int = 16) -> str:
    """A line as it is documented, hashed here with little work."""
    digest = hashlib.scrypt(password.encode(), salt=SALT, n=n, r=8, p=1, dklen=32)
    written = [base64.b64encode(part).decode() for part in (SALT, digest)]
    return f"{name}:scrypt${n}$8$1${written[0]}${written[1]}"


def accounts(tmp_path: Path, *lines: str) -> Accounts:
    file = tmp_path / "accounts"
    file.write_text("\n".join(lines), encoding="utf-8")
    return Accounts.read(file)


def test_a_password_fits_its_own_name_and_no_other(tmp_path: Path) -> None:
    found = accounts(tmp_path, line("anna", "first secret"), "", "# a note", line("bo", "second"))
    assert found.fits("anna", "first secret")
    assert found.fits(" bo ", "second")
    assert len(found) == 2
    for name, password in [
        ("anna", "second"),
        ("anna", "first secret "),
        ("anna", ""),
        ("Anna", "first secret"),
        ("nobody", "first secret"),
        ("", ""),
        ("anna", "x" * 100_000),
        ("anna", "\ud800"),
    ]:
        assert not found.fits(name, password)


def test_one_letter_typed_in_two_ways_is_the_same(tmp_path: Path) -> None:
    found = accounts(tmp_path, line("Zo\u00eb", "caf\u00e9 caf\u00e9"))
    assert found.fits("Zoe\u0308", "cafe\u0301 cafe\u0301")


def test_a_printed_line_is_read_back_and_holds_no_password(tmp_path: Path) -> None:
    made = line_for("anna", "correct horse")
    assert made.startswith("anna:scrypt$32768$8$1$")
    assert "correct" not in made
    assert made != line_for("anna", "correct horse"), "two lines share a salt"
    found = accounts(tmp_path, made)
    assert found.fits("anna", "correct horse")
    assert not found.fits("anna", "correct hors")


def test_an_unknown_name_takes_as_long_as_a_known_one(tmp_path: Path) -> None:
    found = accounts(tmp_path, line("anna", "secret", n=1 << 12))

    def seconds(name: str) -> float:
        tries = []
        for _ in range(5):
            started = time.perf_counter()
            found.fits(name, "guess")
            tries.append(time.perf_counter() - started)
        return min(tries)

    assert seconds("nobody") > 0.5 * seconds("anna")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("anna", "is not NAME:scrypt"),
        ("anna:secret", "is not NAME:scrypt"),
        (line("", "x"), "has a name that is empty"),
        (line("a" * 65, "x"), "longer than 64"),
        (line("a\tb", "x"), "cannot be shown"),
        (line("anna", "x"), "a second time"),
        (line("bo", "x").replace("$16$", "$17$"), "out of range"),
        (line("bo", "x").replace("$16$8$", "$1048576$32$"), "more than 512 MB"),
        (line("bo", "x").replace(base64.b64encode(SALT).decode(), "abc"), "not base64"),
        (line("bo", "x").replace(base64.b64encode(SALT).decode(), "YWJj"), "wrong length"),
    ],
)
def test_a_wrong_line_is_named_by_its_number(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(AccountsError, match=rf"line 2 .*{said}"):
        accounts(tmp_path, line("anna", "y"), wrong)


def test_a_file_without_accounts_lets_nobody_think_that_it_has_some(tmp_path: Path) -> None:
    with pytest.raises(AccountsError, match="holds no account"):
        accounts(tmp_path, "# nobody yet")
    with pytest.raises(AccountsError, match=r"Cannot read .*missing"):
        Accounts.read(tmp_path / "missing")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(AccountsError, match="not UTF-8"):
        Accounts.read(tmp_path / "binary")


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "long enough"), ("a:b", "long enough"), ("#a", "long enough"), ("anna", "short")],
)
def test_no_line_is_made_that_could_not_be_read(name: str, password: str) -> None:
    with pytest.raises(AccountsError):
        line_for(name, password)
