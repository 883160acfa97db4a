import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.copies import copy_graph
from index.errors import DamagedError, LockedError, MismatchError, NoIndex, StoreError
from index.generations import (
    drafting,
    folder_of,
    live_manifest,
    live_name,
    newest_whole,
    open_live,
    prune,
    publish,
)
from index.library_writer import LibraryWriter
from index.lock import writing
from index.manifest import FORMAT, Manifest, Settings, read_manifest, survey
from index.store_errors import translated
from index.terms import Terms
from index.vectors import Vectors
from index.where import continue_vectors, shared_files

SETTINGS = Settings("fake-8", "fake", 8, 32, 1, None, 1)


def make(data: Path) -> str:
    """Publish a generation that holds nothing; return its name."""
    with drafting(data, copy_of=None) as folder:
        writer = LibraryWriter(folder / "library.sqlite")
        writer.commit({"format": FORMAT})
        writer.close()
        Vectors.create(folder / "chroma", dimension=8).close()
        Terms.create(folder / "terms").close()
        publish(data, folder, manifest(folder))
    return folder.name


def go_on(folder: Path) -> None:
    """Give a draft the vectors of the generation before it."""
    before = folder_of(folder.parent.parent, f"{int(folder.name) - 1:06d}")
    continue_vectors(folder, before, dimension=8).close()


def manifest(folder: Path) -> Manifest:
    files = survey(folder, shared_files(folder))
    return Manifest(folder.name, "2026-01-02T03:04:05", 0, 0, 0, SETTINGS, ("/x",), files)


def names(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "generations").iterdir())


def edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    values = json.loads(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")


def test_a_folder_without_an_index_says_so(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NoIndex, match="nothing has been indexed"):
            open_live(folder)


def test_the_published_generation_is_the_live_one(tmp_path: Path) -> None:
    assert [make(tmp_path), live_name(tmp_path)] == ["000001", "000001"]
    assert [make(tmp_path), live_name(tmp_path)] == ["000002", "000002"]
    with open_live(tmp_path) as generation:
        assert generation.name == "000002"
        assert generation.manifest == live_manifest(tmp_path)
        assert generation.library.counts() == (0, 0)


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = Manifest(
        "000001", "2026-01-02T03:04:05+00:00", 2, 3, 1, SETTINGS, ("/a \udcff", "/b"), {"x": (4, 5)}
    )
    written.write(tmp_path)
    assert read_manifest(tmp_path) == written


def test_a_draft_that_fails_is_removed_and_the_live_one_stays(tmp_path: Path) -> None:
    make(tmp_path)
    draft = drafting(tmp_path, copy_of="000001")
    folder = draft.__enter__()
    assert (folder / "library.sqlite").exists()
    assert not draft.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert names(tmp_path) == ["000001"]
    assert live_name(tmp_path) == "000001"


def test_an_interrupt_just_after_publishing_does_not_remove_what_is_live(tmp_path: Path) -> None:
    make(tmp_path)
    draft = drafting(tmp_path, copy_of="000001")
    folder = draft.__enter__()
    go_on(folder)
    publish(tmp_path, folder, manifest(folder))
    assert not draft.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert live_name(tmp_path) == "000002"
    open_live(tmp_path).close()


def test_a_draft_begins_with_all_but_the_vectors_and_the_manifest(tmp_path: Path) -> None:
    make(tmp_path)
    with drafting(tmp_path, copy_of="000001") as folder:
        old, new = survey(folder_of(tmp_path, "000001")), survey(folder)
        assert new == {name: seal for name, seal in old.items() if not name.startswith("chroma/")}
        assert not (folder / "manifest.json").exists()
        go_on(folder)
        publish(tmp_path, folder, manifest(folder))
    open_live(tmp_path).close()


def test_a_copied_graph_is_whole_although_readers_write_to_the_database_meanwhile(
    tmp_path: Path,
) -> None:
    make(tmp_path)
    # Opening a Chroma folder adds a row to its database; here somebody does it all the time.
    path = folder_of(tmp_path, "000001") / "chroma" / "chroma.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE opened (number INTEGER, filler TEXT)")
    done = threading.Event()

    def keep_writing() -> None:
        with sqlite3.connect(path, timeout=60) as busy:
            while not done.wait(0.001):
                busy.execute("INSERT INTO opened VALUES (1, ?)", ("x" * 3000,))
                busy.commit()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        for number in range(5):
            copy_graph(path.parent, tmp_path / f"copy{number}")
            with closing(sqlite3.connect(tmp_path / f"copy{number}" / path.name)) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        done.set()
        writer.join()


def test_one_generation_before_the_live_one_is_kept(tmp_path: Path) -> None:
    for _ in range(4):
        prune(tmp_path, make(tmp_path))
    assert names(tmp_path) == ["000003", "000004"]


def test_what_a_crash_left_behind_is_removed(tmp_path: Path) -> None:
    live = make(tmp_path)
    (folder_of(tmp_path, "000007") / "chroma").mkdir(parents=True)
    (folder_of(tmp_path, "notes")).mkdir()
    prune(tmp_path, live)
    assert names(tmp_path) == ["000001", "notes"]


def test_nothing_whole_is_removed_while_no_one_knows_what_is_live(tmp_path: Path) -> None:
    for _ in range(3):
        make(tmp_path)
    prune(tmp_path, None)
    assert names(tmp_path) == ["000001", "000002", "000003"]
    assert newest_whole(tmp_path) == "000003"


def test_a_generation_that_is_open_is_not_removed(tmp_path: Path) -> None:
    make(tmp_path)
    reader = open_live(tmp_path)
    for _ in range(3):
        prune(tmp_path, make(tmp_path))
    assert names(tmp_path) == ["000001", "000003", "000004"]
    assert reader.vectors.count() == 0
    assert reader.terms.search("anything", 3) == []
    reader.close()
    prune(tmp_path, "000004")
    assert names(tmp_path) == ["000003", "000004"]


@pytest.mark.parametrize("content", ["", "\n", "000009x", "../../etc", "\x00\x01", "Ünsinn"])
def test_a_pointer_that_names_nothing_is_damage(tmp_path: Path, content: str) -> None:
    make(tmp_path)
    (tmp_path / "CURRENT").write_text(content, encoding="latin-1", errors="replace")
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild"):
        open_live(tmp_path)


def test_a_generation_that_is_gone_is_damage(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "CURRENT").write_text("000004\n", encoding="utf-8")
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild"):
        open_live(tmp_path)


def test_a_newer_format_is_left_to_a_newer_program(tmp_path: Path) -> None:
    make(tmp_path)
    path = folder_of(tmp_path, "000001") / "manifest.json"
    edit(path, lambda values: values.update(format=FORMAT + 1, unheard_of=[1]))
    with pytest.raises(
        MismatchError, match=rf"format {FORMAT + 1}, this one reads {FORMAT}.*upgrade"
    ):
        open_live(tmp_path)
    edit(path, lambda values: values.update(format=FORMAT - 1))
    with pytest.raises(MismatchError, match=r"older.*--rebuild"):
        open_live(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", f'{{"format": {FORMAT}}}', '{"format": "x"}']
)
def test_a_manifest_that_is_none_is_damage(tmp_path: Path, content: str) -> None:
    make(tmp_path)
    (folder_of(tmp_path, "000001") / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(DamagedError, match="--rebuild"):
        open_live(tmp_path)


def test_each_file_that_is_missing_cut_short_or_changed_is_damage(tmp_path: Path) -> None:
    make(tmp_path)
    folder = folder_of(tmp_path, "000001")
    sealed = {name for name, (size, _) in live_manifest(tmp_path).files.items() if size}
    assert {"library.sqlite", "chroma/chroma.sqlite3", "terms/meta.json"} <= sealed
    for name in sealed:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
        with pytest.raises(DamagedError, match=r"cut short.*--rebuild"):
            open_live(tmp_path)
        if not name.endswith(".sqlite3"):
            (folder / name).write_bytes(bytes(byte ^ 85 for byte in whole))
            with pytest.raises(DamagedError, match=r"checksum differs.*--rebuild"):
                open_live(tmp_path)
        (folder / name).unlink()
        with pytest.raises(DamagedError, match=r"missing.*--rebuild"):
            open_live(tmp_path)
        (folder / name).write_bytes(whole)
    open_live(tmp_path).close()


def test_readers_find_a_generation_while_others_come_and_go(tmp_path: Path) -> None:
    make(tmp_path)
    done = threading.Event()

    def keep_publishing() -> None:
        while not done.is_set():
            with drafting(tmp_path, copy_of=live_name(tmp_path)) as folder:
                go_on(folder)
                publish(tmp_path, folder, manifest(folder))
            prune(tmp_path, folder.name)

    publisher = threading.Thread(target=keep_publishing)
    publisher.start()
    try:
        seen = []
        for _ in range(20):
            with open_live(tmp_path) as generation:
                seen.append(generation.name)
                assert generation.terms.count() == generation.vectors.count() == 0
    finally:
        done.set()
        publisher.join()
    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def test_the_lock_names_its_holder_and_is_free_afterwards(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from index.lock import writing\n"
        "with writing(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match=rf"process {holder.pid} since 20\d\d-"):
            writing(tmp_path).__enter__()
        holder.kill()
    with writing(tmp_path):
        pass


def test_one_process_does_not_write_twice_at_once_either(tmp_path: Path) -> None:
    with writing(tmp_path), pytest.raises(LockedError), writing(tmp_path):
        pass


def test_a_folder_that_cannot_be_locked_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="--data"), writing(tmp_path / "missing"):
        pass


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is full: free some space"), translated(tmp_path):
        raise OSError(28, "No space left on device")
    full = sqlite3.connect(tmp_path / "small.sqlite")
    full.execute("PRAGMA max_page_count = 2")
    full.execute("CREATE TABLE t (x)")
    with pytest.raises(StoreError, match="is full: free some space"), translated(tmp_path):
        full.execute("INSERT INTO t VALUES (?)", ("x" * 100_000,))
    full.close()
