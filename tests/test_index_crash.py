"""What happens to a data folder when a sync is killed, runs out of disk, or finds damage."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.build import ChunkSettings, Report, sync
from index.embed import FakeEmbedder
from index.errors import DamagedError, LockedError, MismatchError
from index.generations import Generation, folder_of, live_name, open_live
from index.manifest import FORMAT

ARTICLES = 30
FRESH = ("new.txt", "a00.txt")
CHILD = """
import os, resource, signal, sys
from pathlib import Path
from index.build import ChunkSettings, sync
from index.embed import FakeEmbedder
from index.errors import IndexFailure

corpus, data, event, part, count = sys.argv[1:]
left = int(count)

def hear(name, values):
    global left
    if name == event and part in " ".join(map(str, values)):
        left -= 1
        if left == 0:
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)

class Heard(FakeEmbedder):
    def embed(self, texts, **options):
        sys.audit("embed")
        if event == "wait":
            print("embedding", flush=True)
            sys.stdin.read()
        return super().embed(texts, **options)

if event == "limit":
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, left))
sys.addaudithook(hear)
try:
    report = sync([Path(corpus)], Path(data), embedder=Heard(), settings=ChunkSettings(window=24))
    print("published", report.generation)
except IndexFailure as error:
    print(type(error).__name__, error)
"""
# Python's own audit events, so that each kill hits the same instruction on any machine.
MOMENTS = {
    "before anything is written": ("os.mkdir", "generations/", 1),
    "while files are copied": ("open", "generations/000002", 3),
    "while the library is opened": ("sqlite3.connect", "000002/library.sqlite", 1),
    "while the cache is opened": ("sqlite3.connect", "embeddings.sqlite", 1),
    "at the first vectors": ("embed", "", 1),
    "in the middle of the vectors": ("embed", "", 2),
    "when the finished draft is opened": ("sqlite3.connect", "library.sqlite?mode=ro", 2),
    "before the manifest is written": ("open", "000002/manifest.json", 1),
    "before CURRENT is written": ("open", "CURRENT.new", 1),
    "before CURRENT is replaced": ("os.rename", "CURRENT.new", 1),
    "after publishing": ("os.listdir", "generations", 7),
}


# What is large enough to be merged with the graph is lowered to what this corpus has.
MERGE = "import index.delta; index.delta._MOST_ROWS = 10\n"
MERGING = {
    "before the graph is copied": ("os.mkdir", "000002/chroma", 1),
    "while the graph is copied": ("open", "000002/chroma", 2),
    "before the graph is a draft's own": ("os.remove", "000002/vectors.json", 1),
    "before the manifest is written": ("open", "000002/manifest.json", 1),
    "before CURRENT is replaced": ("os.rename", "CURRENT.new", 1),
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(ARTICLES):
        sentences = [f"Animal{number} number {i} lives in country{number}." for i in range(6)]
        (folder / f"a{number:02}.txt").write_text(" ".join(sentences), encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path, corpus: Path) -> Path:
    """An index of the corpus as it was; then one article changes, one goes and one comes."""
    index(tmp_path / "data", corpus)
    many = " ".join(f"Quokkas smile at {number} things." for number in range(200))
    (corpus / "a00.txt").write_text(many, encoding="utf-8")
    (corpus / "a01.txt").unlink()
    (corpus / "new.txt").write_text("Numbats eat termites.", encoding="utf-8")
    return tmp_path / "data"


def index(data: Path, *roots: Path, rebuild: bool = False) -> Report:
    settings = ChunkSettings(window=24)
    return sync(roots, data, embedder=FakeEmbedder(), settings=settings, rebuild=rebuild)


def child(
    corpus: Path, data: Path, event: str, part: str = "", count: int = 0, *, first: str = ""
) -> list[str]:
    """Return the command of a sync that is killed at an event; `first` is code to run before."""
    return [sys.executable, "-c", first + CHILD, str(corpus), str(data), event, part, str(count)]


def found(generation: Generation, question: str) -> list[str]:
    """Return the best article by the lexical leg whose chunk the vector leg finds too, if any."""
    vector = FakeEmbedder().embed([question])[0]
    lexical = [chunk_id for chunk_id, _ in generation.terms.search(question, 10)]
    nearest = [chunk_id for chunk_id, _ in generation.vectors.search(vector, 10)]
    chunks = generation.library.chunks([name for name in lexical if name in nearest])
    return list(dict.fromkeys(chunks[name].article_id for name in lexical if name in chunks))[:1]


def check_old(data: Path) -> None:
    with open_live(data) as generation:
        assert generation.library.counts()[0] == ARTICLES
        assert found(generation, "Animal1 lives in country1.") == ["a01.txt"]
        assert found(generation, "Numbats eat termites.") == []


def check_new(data: Path) -> None:
    """Everything is there once: the library, both legs and the disk agree."""
    with open_live(data) as generation:
        articles, chunks = generation.library.counts()
        assert articles == ARTICLES
        assert chunks == generation.vectors.count() == generation.terms.count()
        ids = [article.id for article in generation.library.articles()]
        assert sorted(ids) == sorted(
            {f"a{n:02}.txt" for n in range(ARTICLES)} - {"a01.txt"} | {FRESH[0]}
        )
        assert found(generation, "Numbats eat termites.") == ["new.txt"]
        assert found(generation, "Quokkas smile.") == ["a00.txt"]
    kept = sorted(path.name for path in (data / "generations").iterdir())
    assert len(kept) <= 2
    assert kept[-1] == live_name(data)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_sync_leaves_the_old_answers_and_the_next_one_completes(
    corpus: Path, data: Path, moment: str
) -> None:
    killed = subprocess.run(child(corpus, data, *MOMENTS[moment]), capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, (killed.stdout, killed.stderr)
    if moment == "after publishing":
        check_new(data)
    else:
        check_old(data)
    index(data, corpus)
    check_new(data)
    assert index(data, corpus).generation is None


@pytest.mark.parametrize("moment", MERGING)
def test_a_sync_killed_while_it_merges_leaves_the_old_answers(
    corpus: Path, data: Path, moment: str
) -> None:
    command = child(corpus, data, *MERGING[moment], first=MERGE)
    killed = subprocess.run(command, capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, (killed.stdout, killed.stderr)
    check_old(data)
    merged = subprocess.run(child(corpus, data, "none", first=MERGE), capture_output=True)
    assert merged.stdout.startswith(b"published 0000"), (merged.stdout, merged.stderr)
    assert (folder_of(data, live_name(data)) / "chroma").exists()
    check_new(data)


def test_a_removed_text_is_in_no_file_of_the_generation_that_it_left(
    corpus: Path, data: Path
) -> None:
    """Its vectors and its stems stay until their files are written anew."""
    index(data, corpus)
    text = b"Animal1 number 3 lives in country1."
    held = {
        name: [
            p for p in folder_of(data, name).rglob("*") if p.is_file() and text in p.read_bytes()
        ]
        for name in ("000001", "000002")
    }
    assert [path.suffix for path in held["000001"]] == [".pack"]
    assert held["000002"] == []


def test_a_first_sync_that_is_killed_can_be_run_again(corpus: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for moment in (("embed", "", 1), ("os.rename", "CURRENT.new", 1)):
        subprocess.run(child(corpus, data, *moment), capture_output=True, timeout=120)
        assert not (data / "CURRENT").exists()
    report = index(data, corpus)
    assert (report.embedded, len(report.unchanged)) == (0, ARTICLES)
    check_old(data)


def test_a_second_sync_says_who_holds_the_lock(corpus: Path, data: Path) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(child(corpus, data, "wait"), stdin=pipe, stdout=pipe) as first:
        assert first.stdout
        assert first.stdout.readline() == b"embedding\n"
        started = time.perf_counter()
        with pytest.raises(LockedError, match=rf"process {first.pid} since 20\d\d-\d\d-\d\d "):
            index(data, corpus)
        assert time.perf_counter() - started < 1
        check_old(data)
        output, _ = first.communicate(b"", timeout=120)
    assert output.endswith(b"published 000002\n")
    check_new(data)


def test_a_reader_keeps_its_generation_while_two_more_are_published(
    corpus: Path, data: Path
) -> None:
    reader = open_live(data)
    subprocess.run(child(corpus, data, "none"), check=True, capture_output=True, timeout=120)
    (corpus / "late.txt").write_text("Late news of numbats.", encoding="utf-8")
    index(data, corpus)
    assert live_name(data) == "000003"
    # Nothing was asked of it before, so its files are read only now.
    assert reader.name == "000001"
    assert found(reader, "Animal1 lives in country1.") == ["a01.txt"]
    reader.close()
    with open_live(data) as generation:
        assert found(generation, "Late news of numbats.") == ["late.txt"]
    index(data, corpus, rebuild=True)
    # The generation before the live one has the first one's graph.
    assert [path.name for path in folder_of(data, "000001").iterdir()] == ["chroma"]
    index(data, corpus, rebuild=True)
    assert not folder_of(data, "000001").exists()


@pytest.mark.parametrize("limit", [0, 4_000, 30_000, 100_000, 200_000])
def test_a_full_disk_ends_in_one_sentence_and_changes_nothing(
    corpus: Path, data: Path, limit: int
) -> None:
    # No file may grow beyond the limit: what a full disk is to a writer, without filling one.
    for path in data.glob("embeddings.sqlite*"):
        path.unlink()
    command = child(corpus, data, "limit", count=limit)
    ended = subprocess.run(command, capture_output=True, timeout=120, text=True)
    assert re.fullmatch(r"StoreError [^\n]+\n", ended.stdout), (ended.stdout, ended.stderr)
    assert ended.stderr == ""
    check_old(data)
    assert [path.name for path in (data / "generations").iterdir()] == ["000001"]
    index(data, corpus)
    check_new(data)


def spoil(path: Path) -> None:
    """Overwrite a file with noise, its length kept."""
    path.write_bytes(bytes(range(7, 256)) * (path.stat().st_size // 249 + 1))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "CURRENT is noise": lambda data: (data / "CURRENT").write_bytes(b"\x00\xff noise"),
    "CURRENT names another": lambda data: (data / "CURRENT").write_text("000099"),
    "no manifest": lambda data: (folder_of(data, "000001") / "manifest.json").unlink(),
    "library is short": lambda data: os.truncate(library(data), 5000),
    "library is gone": lambda data: library(data).unlink(),
    "library is noise": lambda data: spoil(library(data)),
    "vectors are gone": lambda data: shutil.rmtree(library(data).parent / "chroma"),
    "vectors are noise": lambda data: spoil(library(data).parent / "chroma" / "chroma.sqlite3"),
    "graph is noise": lambda data: spoil(next(library(data).parent.rglob("data_level0.bin"))),
    "texts are gone": lambda data: shutil.rmtree(library(data).parent / "texts"),
    "terms are gone": lambda data: shutil.rmtree(library(data).parent / "terms"),
    "terms are noise": lambda data: spoil(library(data).parent / "terms" / "meta.json"),
}


def library(data: Path) -> Path:
    return folder_of(data, "000001") / "library.sqlite"


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_said_in_one_sentence_and_mended_by_a_rebuild(
    corpus: Path, data: Path, damage: str
) -> None:
    DAMAGE[damage](data)
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild") as error:
        open_live(data)
    assert "\n" not in str(error.value)
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild"):
        index(data, corpus)
    index(data, corpus, rebuild=True)
    check_new(data)


def test_a_rebuild_replaces_an_older_format_and_leaves_a_newer_one(
    corpus: Path, data: Path
) -> None:
    path = folder_of(data, "000001") / "manifest.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | {"format": FORMAT + 1}), encoding="utf-8")
    with pytest.raises(MismatchError, match="newer"):
        index(data, corpus, rebuild=True)
    path.write_text(json.dumps(values | {"format": FORMAT - 1}), encoding="utf-8")
    library(data).write_text("what an older format had", encoding="utf-8")
    with pytest.raises(MismatchError, match="older"):
        index(data, corpus)
    # The corpus is not named, and is read again as the root that it was.
    index(data, corpus / "new.txt", rebuild=True)
    check_new(data)


def test_a_rebuild_of_a_lost_library_reads_every_root_again(
    corpus: Path, data: Path, tmp_path: Path
) -> None:
    other, gone = tmp_path / "other.txt", tmp_path / "gone.txt"
    for path in (other, gone):
        path.write_text(f"The text of {path.name} is here.", encoding="utf-8")
    index(data, other, gone)
    folder = folder_of(data, live_name(data))
    os.truncate(folder / "library.sqlite", 5000)
    gone.unlink()
    report = index(data, corpus, rebuild=True)
    assert [failed.name for failed in report.failed] == [str(gone)]
    with open_live(data) as generation:
        ids = {article.id for article in generation.library.articles()}
    assert "other.txt" in ids
    assert "gone.txt" not in ids
    assert len(ids) == ARTICLES + 1
