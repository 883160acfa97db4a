import os
import shutil
from pathlib import Path

import pytest

from index import packs
from index.errors import DamagedError
from index.packs import Packs, PackWriter


def link(old: Path, new: Path) -> None:
    """Begin the packs of a draft as links to those of an older one."""
    new.mkdir()
    for path in old.iterdir():
        (new / path.name).hardlink_to(path)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "_MOST", 100)
    monkeypatch.setattr(packs, "_CONTINUED", 50)


@pytest.mark.usefixtures("small")
def test_what_was_added_comes_back_from_many_packs(tmp_path: Path) -> None:
    writer = PackWriter(tmp_path / "p")
    texts = [bytes([number]) * (number * 7 % 40) for number in range(60)]
    places = [writer.add(text) for text in texts]
    writer.close()
    reader = Packs(tmp_path / "p")
    assert [reader.read(place) for place in places] == texts
    sizes = [path.stat().st_size for path in sorted((tmp_path / "p").iterdir())]
    assert len(sizes) > 5
    assert all(100 <= size < 140 for size in sizes[:-1])


@pytest.mark.usefixtures("small")
def test_a_draft_leaves_the_packs_that_it_shares_as_they_were(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    writer = PackWriter(old)
    places = [writer.add(b"%03d" % number * 10) for number in range(11)]  # 4 + 4 + 3 of 30 bytes
    writer.close()
    before = contents(old)
    link(old, new)
    writer = PackWriter(new)
    writer.erase(places[1])
    added = writer.add(b"new")
    writer.erase(places[10])
    writer.close()
    assert contents(old) == before
    reader = Packs(new)
    assert [reader.read(places[i]) for i in (0, 2, 9)] == [b"000" * 10, b"002" * 10, b"009" * 10]
    assert reader.read(added) == b"new"
    everything = b"".join(contents(new).values())
    assert b"001" not in everything
    assert b"010" not in everything
    # A pack that nothing was written to is one file of both.
    shared = [(old / name).stat().st_ino == (new / name).stat().st_ino for name in sorted(before)]
    assert shared == [False, True, False]
    assert sorted(contents(new)) == [*before, "000003.pack"]


@pytest.mark.usefixtures("small")
def test_a_small_last_pack_is_continued(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    writer = PackWriter(old)
    first = writer.add(b"x" * 50)
    writer.close()
    link(old, new)
    writer = PackWriter(new)
    second = writer.add(b"y" * 10)
    writer.close()
    assert sorted(contents(new)) == ["000000.pack"]
    assert len(contents(old)["000000.pack"]) == 50
    assert [Packs(new).read(place) for place in (first, second)] == [b"x" * 50, b"y" * 10]


@pytest.mark.parametrize("damage", ["gone", "empty", "short", "noise"])
def test_a_pack_that_is_not_what_it_was_is_damage(tmp_path: Path, damage: str) -> None:
    writer = PackWriter(tmp_path)
    place = [writer.add(b"first"), writer.add(b"second")][1]
    writer.close()
    (path,) = tmp_path.iterdir()
    if damage == "gone":
        path.unlink()
    elif damage == "noise":
        path.write_bytes(b"firstSECOND")
    else:
        os.truncate(path, 0 if damage == "empty" else 8)
    reader = Packs(tmp_path)
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild"):
        reader.read(place)
    reader.close()


def test_packs_that_are_open_outlive_their_folder(tmp_path: Path) -> None:
    writer = PackWriter(tmp_path / "p")
    place = writer.add(b"still here")
    writer.close()
    reader = Packs(tmp_path / "p")
    shutil.rmtree(tmp_path / "p")
    assert reader.read(place) == b"still here"
    reader.close()
