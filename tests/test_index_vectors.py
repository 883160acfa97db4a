import http.server
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.chroma import in_folder
from index.errors import DamagedError, MismatchError, StoreError
from index.types import Filters
from index.vectors import VectorRow, Vectors


def unit(*numbers: float) -> NDArray[np.float32]:
    vector = np.array(numbers, dtype=np.float32)
    length: NDArray[np.float32] = vector / np.linalg.norm(vector)
    return length


def random_units(n: int, *, dimension: int = 16, seed: int = 0) -> NDArray[np.float32]:
    numbers = np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float32)
    lengths: NDArray[np.float32] = numbers / np.linalg.norm(numbers, axis=1, keepdims=True)
    return lengths


def rows_of(vectors: NDArray[np.float32]) -> list[VectorRow]:
    return [
        VectorRow(f"c{i:05d}", f"a{i // 10}", f"s{i % 20}", 20180101 + i % 28, vector)
        for i, vector in enumerate(vectors)
    ]


def exact(vectors: NDArray[np.float32], query: NDArray[np.float32], k: int) -> list[str]:
    return [f"c{i:05d}" for i in np.argsort(-(vectors @ query), kind="stable")[:k]]


def ids(hits: list[tuple[str, float]]) -> list[str]:
    return [chunk_id for chunk_id, _ in hits]


THREE = [
    VectorRow("a-0", "a", "Reuters", 20180610, unit(1, 0, 0)),
    VectorRow("b-0", "b", "The Hill", 20190227, unit(1, 1, 0)),
    VectorRow("c-0", "c", "", 0, unit(0, 0, 1)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


@pytest.fixture
def three(folder: Path) -> Iterator[Vectors]:
    vectors = Vectors.create(folder, dimension=3)
    vectors.apply(add=THREE, remove=[])
    yield vectors
    vectors.close()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vectors]:
    vectors = Vectors.create(tmp_path_factory.mktemp("many") / "chroma", dimension=16)
    vectors.apply(add=rows_of(random_units(2600)), remove=[])
    yield vectors
    vectors.close()


# Searching.


def test_hits_are_cosines_best_first(three: Vectors) -> None:
    hits = three.search(unit(1, 0, 0), 3)
    assert ids(hits) == ["a-0", "b-0", "c-0"]
    assert [cosine for _, cosine in hits] == pytest.approx([1.0, 0.5**0.5, 0.0], abs=1e-6)


def test_k_may_be_anything(three: Vectors) -> None:
    assert len(three.search(unit(1, 0, 0), 1000)) == 3
    assert len(three.search(unit(1, 0, 0), 2)) == 2
    assert three.search(unit(1, 0, 0), 0) == []


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    vectors = Vectors.create(tmp_path / "v", dimension=3)
    vectors.apply(add=[], remove=[])
    vectors.close()
    vectors = Vectors.open(tmp_path / "v")
    assert vectors.search(unit(1, 0, 0), 5) == []
    assert vectors.search(unit(1, 0, 0), 5, filters=Filters(sources=("x",))) == []
    assert (vectors.count(), vectors.known(["x"]), vectors.get(["x"])) == (0, set(), {})
    vectors.close()


def test_the_search_is_exact_in_a_small_store(many: Vectors) -> None:
    vectors = random_units(2600)
    for query in random_units(30, seed=1):
        assert ids(many.search(query, 50)) == exact(vectors, query, 50)


def test_two_stores_of_the_same_vectors_give_the_same_hits(many: Vectors, folder: Path) -> None:
    other = Vectors.create(folder, dimension=16)
    rows = rows_of(random_units(2600))
    other.apply(add=rows[1300:], remove=[])
    other.apply(add=rows[:1300], remove=[])
    for query in random_units(10, seed=2):
        assert other.search(query, 50) == many.search(query, 50)
    other.close()


def test_equal_cosines_stand_in_the_order_of_their_ids(folder: Path) -> None:
    vectors = Vectors.create(folder, dimension=16)
    others = random_units(300)
    same = [VectorRow(f"a{(i * 7) % 20:02d}", "a", "", 0, others[9]) for i in range(20)]
    vectors.apply(add=[*rows_of(others), *same], remove=[])
    expected = [f"a{i:02d}" for i in range(5)]
    assert ids(vectors.search(others[9], 5)) == expected
    assert ids(vectors.search(others[9], 5, filters=Filters(sources=("",)))) == expected
    vectors.close()


def test_many_equal_vectors_do_no_harm(folder: Path) -> None:
    vectors = Vectors.create(folder, dimension=16)
    others = random_units(300)
    same = [VectorRow(f"a{i:03d}", "a", "", 0, others[9]) for i in range(400)]
    vectors.apply(add=[*rows_of(others), *same], remove=[])
    hits = vectors.search(others[9], 10)
    assert len(hits) == 10
    assert {cosine for _, cosine in hits} == {1.0}
    vectors.close()
    again = Vectors.open(folder)
    assert again.count() == 700
    assert again.search(others[9], 10)[0][1] == 1.0
    again.close()


def test_threads_may_ask_at_once(many: Vectors) -> None:
    queries = random_units(40, seed=3)
    alone = [many.search(query, 10) for query in queries]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda query: many.search(query, 10), queries)) == alone


def test_a_vector_of_another_model_is_refused(three: Vectors) -> None:
    with pytest.raises(MismatchError, match=r"3 numbers each, .* gives 4: .*index --rebuild"):
        three.search(unit(1, 0, 0, 0), 3)
    with pytest.raises(MismatchError, match=r"3 numbers each, .* gives 2"):
        three.apply(add=[VectorRow("d", "d", "", 0, unit(1, 0))], remove=[])
    assert three.count() == 3


# Filters.


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"a-0", "b-0", "c-0"}),
        (Filters(sources=("Reuters",)), {"a-0"}),
        (Filters(sources=("Reuters", "The Hill")), {"a-0", "b-0"}),
        (Filters(sources=("reuters",)), set()),
        (Filters(sources=("",)), {"c-0"}),
        (Filters(since=date(2018, 6, 10)), {"a-0", "b-0"}),
        (Filters(until=date(2018, 6, 10)), {"a-0"}),
        (Filters(until=date(2018, 6, 9)), set()),
        (Filters(since=date(2019, 1, 1), until=date(2018, 1, 1)), set()),
        (Filters(date(2018, 1, 1), date(2018, 12, 31), ("Reuters",)), {"a-0"}),
        (Filters(date(2018, 1, 1), date(2018, 12, 31), ("The Hill",)), set()),
    ],
)
def test_filters_let_through_only_what_they_name(
    three: Vectors, filters: Filters, expected: set[str]
) -> None:
    assert set(ids(three.search(unit(1, 1, 1), 9, filters=filters))) == expected


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(sources=("s7",)), lambda i: i % 20 == 7),
        (Filters(sources=tuple(f"s{n}" for n in range(19))), lambda i: i % 20 < 19),
        (Filters(since=date(2018, 1, 3), until=date(2018, 1, 3)), lambda i: i % 28 == 2),
        (Filters(since=date(2018, 1, 2)), lambda i: i % 28 >= 1),
        (
            Filters(since=date(2018, 1, 3), until=date(2018, 1, 20), sources=("s7", "s8")),
            lambda i: i % 20 in (7, 8) and 2 <= i % 28 <= 19,
        ),
    ],
    ids=["one source", "most sources", "one day", "most days", "both"],
)
def test_a_filtered_search_is_exact_however_wide_the_filter(
    many: Vectors, filters: Filters, kept: "object"
) -> None:
    vectors = random_units(2600)
    assert callable(kept)
    allowed = np.array([kept(i) for i in range(2600)])
    for query in random_units(10, seed=4):
        cosines = np.where(allowed, vectors @ query, -2)
        best = [f"c{i:05d}" for i in np.argsort(-cosines, kind="stable")[:50] if allowed[i]]
        assert ids(many.search(query, 50, filters=filters)) == best


def test_an_outlet_that_no_chunk_has_lets_nothing_through(many: Vectors) -> None:
    query = random_units(1)[0]
    for source in ("nobody", "s1 OR s2", '{"$ne": "s1"}', "\x00", "\ud800", "s" * 100_000):
        assert many.search(query, 10, filters=Filters(sources=(source,))) == []


# Change.


def test_a_row_with_a_known_id_replaces_it_whole(three: Vectors) -> None:
    three.apply(add=[VectorRow("a-0", "a", "BBC", 0, unit(0, 1, 0))], remove=[])
    assert three.count() == 3
    assert three.search(unit(0, 1, 0), 1) == [("a-0", 1.0)]
    assert three.search(unit(0, 1, 0), 3, filters=Filters(sources=("Reuters",))) == []
    assert ids(three.search(unit(0, 1, 0), 3, filters=Filters(until=date(2018, 12, 31)))) == []


def test_what_is_removed_is_found_no_more(three: Vectors) -> None:
    three.apply(add=[], remove=["a-0", "unknown"])
    assert three.count() == 2
    assert ids(three.search(unit(1, 0, 0), 3)) == ["b-0", "c-0"]
    assert three.known(["a-0", "b-0", "c-0"]) == {"b-0", "c-0"}


def test_the_last_row_of_an_id_counts(folder: Path) -> None:
    vectors = Vectors.create(folder, dimension=2)
    twice = [VectorRow("x", "a", "", 0, unit(1, 0)), VectorRow("x", "a", "", 0, unit(0, 1))]
    vectors.apply(add=twice, remove=["x"])
    assert vectors.search(unit(0, 1), 3) == [("x", 1.0)]
    vectors.close()


def test_ids_and_outlets_may_be_any_text(folder: Path) -> None:
    vectors = Vectors.create(folder, dimension=2)
    odd = ["", "\ud800", "a\x00b", "'; DROP TABLE embeddings; --", "北京", "s" * 70_000]
    names = [f"c{i}" for i in range(len(odd))]
    rows = [
        VectorRow(name, text, text, 0, unit(i + 1, 1))
        for i, (name, text) in enumerate(zip(names, odd, strict=True))
    ]
    vectors.apply(add=rows, remove=[])
    for name, source in zip(names, odd, strict=True):
        assert ids(vectors.search(unit(1, 1), 9, filters=Filters(sources=(source,)))) == [name]
    vectors.close()


def test_vectors_come_back_as_they_were_in_the_order_asked(many: Vectors) -> None:
    vectors = random_units(2600)
    asked = [f"c{i:05d}" for i in (2599, 3, 1000, 3)] + ["unknown"]
    found = many.get(asked)
    assert list(found) == ["c02599", "c00003", "c01000"]
    for name, vector in found.items():
        assert vector.dtype == np.float32
        assert vector == pytest.approx(vectors[int(name[1:])], abs=1e-6)


def test_every_id_that_was_added_is_known(many: Vectors) -> None:
    names = [f"c{i:05d}" for i in range(2600)]
    assert many.known([*names, "unknown"]) == set(names)
    assert len(many.get(names)) == many.count() == 2600


# The folder.


def test_what_was_written_is_there_when_opened_again(folder: Path) -> None:
    vectors = random_units(1500)
    store = Vectors.create(folder, dimension=16)
    store.apply(add=rows_of(vectors), remove=[])
    store.apply(add=[], remove=["c00000"])
    query = random_units(1, seed=5)[0]
    expected = store.search(query, 50)
    store.close()
    for _ in range(2):
        again = Vectors.open(folder)
        assert again.search(query, 50) == expected
        assert again.count() == 1499
        again.close()


def test_nothing_is_left_for_readers_to_build(folder: Path) -> None:
    store = Vectors.create(folder, dimension=16)
    store.apply(add=rows_of(random_units(1500)), remove=[])
    store.close()
    graph = next(folder.glob("*/data_level0.bin"))
    assert graph.stat().st_size >= 1500 * 4 * (16 + 32)  # 16 numbers and up to 32 neighbours each
    assert (graph.parent / "index_metadata.pickle").exists()
    before = graph.read_bytes()
    reader = Vectors.open(folder)
    reader.search(random_units(1)[0], 10)
    reader.close()
    assert graph.read_bytes() == before


def _search_often(folder: str) -> list[list[tuple[str, float]]]:
    vectors = Vectors.open(Path(folder))
    found = [vectors.search(unit(1, 0, 0), 3) for _ in range(20)]
    vectors.close()
    return found


def test_two_processes_and_two_openings_read_one_folder(three: Vectors, folder: Path) -> None:
    three.close()
    first, second = Vectors.open(folder), Vectors.open(folder)
    expected = first.search(unit(1, 0, 0), 3)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for found in pool.map(_search_often, [str(folder)] * 2):
            assert all(hits == expected for hits in found)
    first.close()
    assert second.search(unit(1, 0, 0), 3) == expected
    second.close()
    three = Vectors.open(folder)


def test_a_missing_store_says_how_to_mend_it(tmp_path: Path) -> None:
    for where in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(DamagedError, match=r"are missing: run `corpus-qa index --rebuild`"):
            Vectors.open(where)
    assert list(tmp_path.iterdir()) == []


def _damage(folder: Path, name: str, left: float) -> None:
    file = next(folder.rglob(name))
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * left)])


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("chroma.sqlite3", 0.5),
        ("chroma.sqlite3", 0.0),
        ("data_level0.bin", 0.5),
        ("index_metadata.pickle", 0.5),
        ("header.bin", 0.0),
    ],
)
def test_a_truncated_file_is_damage(folder: Path, name: str, left: float) -> None:
    store = Vectors.create(folder, dimension=16)
    store.apply(add=rows_of(random_units(300)), remove=[])
    store.close()
    _damage(folder, name, left)
    with pytest.raises(DamagedError, match="corpus-qa index --rebuild"):
        Vectors.open(folder).get(f"c{i:05d}" for i in range(300))


def test_a_lost_segment_is_damage_not_a_short_answer(folder: Path) -> None:
    store = Vectors.create(folder, dimension=16)
    store.apply(add=rows_of(random_units(1200)), remove=[])
    store.close()
    shutil.rmtree(next(path for path in folder.iterdir() if path.is_dir()))
    with pytest.raises(DamagedError, match=r"incomplete: .*corpus-qa index --rebuild"):
        Vectors.open(folder)


def test_a_store_is_not_made_over_another(three: Vectors, folder: Path) -> None:
    with pytest.raises(StoreError, match="already holds"):
        Vectors.create(folder, dimension=3)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"vectors in .*file/v cannot be written"):
        Vectors.create(tmp_path / "file" / "v", dimension=3)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("(code: 13) database or disk is full", "is full: free some space"),
        ("(code: 8) attempt to write a readonly database", "must be writable"),
    ],
)
def test_a_folder_that_takes_no_writes_is_not_called_damaged(
    tmp_path: Path, said: str, advice: str
) -> None:
    place = in_folder(tmp_path)
    for using in (place.reading, place.writing):
        with pytest.raises(StoreError, match=advice) as raised, using():
            raise RuntimeError(said)
        assert not isinstance(raised.value, DamagedError)


# The environment.

HOSTILE = {
    "CHROMA_API_IMPL": "chromadb.api.fastapi.FastAPI",
    "CHROMA_SERVER_HOST": "example.invalid",
    "CHROMA_SERVER_HTTP_PORT": "not a number",
    "CHROMA_SERVER_HEADERS": "not json",
    "IS_PERSISTENT": "perhaps",
    "MIGRATIONS": "none of these",
    "ALLOW_RESET": "2",
}


def test_the_environment_and_a_dotenv_file_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "MIGRATIONS=wrong\nIS_PERSISTENT=wrong\nCHROMA_SERVER_NOFILE=x\n"
    )
    code = (
        "import sys, logging, numpy as np; logging.basicConfig(level=logging.DEBUG)\n"
        "from pathlib import Path; from index.vectors import Vectors, VectorRow\n"
        "assert 'chromadb' not in sys.modules\n"
        "v = Vectors.create(Path('v'), dimension=2)\n"
        "v.apply(add=[VectorRow('x', 'a', '', 0, np.array([1, 0], np.float32))], remove=[])\n"
        "print(v.search(np.array([1, 0], np.float32), 3)); v.close()\n"
    )
    environment = {**os.environ, **HOSTILE, "PYTHONPATH": str(Path(__file__).parents[1])}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.stdout == "[('x', 1.0)]\n", ran.stderr
    assert "chroma" not in ran.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "v"]


# A server.


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:8000", "is not the address of a Chroma server: give http://HOST:PORT"),
        ("ftp://localhost:8000", "is not the address"),
        ("http://localhost:8000/api", "is not the address"),
        ("http://", "is not the address"),
        ("http://localhost:99999", "has no valid port"),
        ("http://localhost:port", "has no valid port"),
        ("http://127.0.0.1:9", "no Chroma server answers at http://127.0.0.1:9 .*`chroma run`"),
    ],
)
def test_a_wrong_address_is_named(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        Vectors.open_server(url, "chunks")
    with pytest.raises(StoreError, match=said):
        Vectors.create_server(url, "chunks", dimension=3)


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'["some other service"]')

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.enable_socket
def test_another_web_server_is_not_taken_for_chroma() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(StoreError, match="is no Chroma server"):
            Vectors.open_server(f"http://127.0.0.1:{server.server_port}", "chunks")
        server.shutdown()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    port = _free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(tmp_path / "s")]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    ) as running:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.kill()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 12
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"chroma run did not listen on port {port} in 12 s")


@pytest.mark.enable_socket
def test_a_server_answers_as_a_folder_does(
    server: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMA_SERVER_HOST", "example.invalid")
    rows = rows_of(random_units(1100))
    remote = Vectors.create_server(server, "generation-1", dimension=16)
    local = Vectors.create(folder, dimension=16)
    for store in (remote, local):
        store.apply(add=rows, remove=[])
        store.apply(add=[], remove=["c00007", "unknown"])
    remote.close()
    remote = Vectors.open_server(server, "generation-1")
    narrow = Filters(sources=("s3",), until=date(2018, 1, 9))
    for query in random_units(5, seed=6):
        assert ids(remote.search(query, 20)) == ids(local.search(query, 20))
        found = ids(remote.search(query, 20, filters=narrow))
        assert found == ids(local.search(query, 20, filters=narrow))
    assert remote.count() == local.count() == 1099
    assert remote.get(["c00003"])["c00003"] == pytest.approx(rows[3].vector, abs=1e-6)
    names = [row.chunk_id for row in rows]
    assert remote.known(names) == local.known(names) == set(names) - {"c00007"}
    with pytest.raises(StoreError, match=r"generation-1 on the Chroma server .* cannot be written"):
        Vectors.create_server(server, "generation-1", dimension=16)
    with pytest.raises(DamagedError, match="generation-2 on the Chroma server"):
        Vectors.open_server(server, "generation-2")
    remote.close()
    local.close()
