"""The vectors on a real Chroma server, begun as a process of its own."""

import http.server
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.build import ChunkSettings, Report, sync
from index.chroma import close, server_client
from index.embed import FakeEmbedder, Kind
from index.errors import DamagedError, StoreError
from index.generations import Generation, folder_of, open_live
from index.live import Live
from index.search import search
from index.types import Filters
from index.where import OFF, Served, served

pytestmark = pytest.mark.enable_socket

QUESTION = "animal3 country3"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Chroma server over a folder, on a port of this machine."""
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder.parent,
    ) as process:
        try:
            until = time.monotonic() + 40
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    assert time.monotonic() < until, "chroma run did not listen"
                    time.sleep(0.05)
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    with running(tmp_path_factory.mktemp("server") / "chroma", port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(12):
        text = f"The animal{number} lives in country{number}. It eats fruit{number} all day.\n"
        (folder / f"a{number:02d}.txt").write_text(text, encoding="utf-8")
    return folder


def index(corpus: Path, data: Path, chroma: str | None = None, **options: bool) -> Report:
    return sync(
        [corpus],
        data,
        embedder=FakeEmbedder(),
        settings=ChunkSettings(window=24),
        chroma=chroma,
        **options,  # type: ignore[arg-type]
    )


def found(generation: Generation, filters: Filters | None = None) -> list[tuple[str, float]]:
    passages = search(generation, FakeEmbedder(), QUESTION, filters=filters)
    return [(passage.article_id, round(passage.score, 5)) for passage in passages]


def collections(url: str) -> set[str]:
    client = server_client(url)
    try:
        return {collection.name for collection in client.list_collections()}
    finally:
        close(client)


def test_an_index_on_a_server_answers_as_one_in_a_folder_does(
    url: str, corpus: Path, tmp_path: Path
) -> None:
    index(corpus, tmp_path / "local")
    index(corpus, tmp_path / "remote", url)
    assert not (folder_of(tmp_path / "remote", "000001") / "chroma").exists()
    nobody = Filters(sources=("Nobody",))
    with open_live(tmp_path / "local") as local, open_live(tmp_path / "remote") as remote:
        assert found(remote) == found(local)
        assert found(remote)[0][0] == "a03.txt"
        assert found(remote, nobody) == found(local, nobody) == []


def test_an_update_stays_on_the_server_and_old_collections_go(
    url: str, corpus: Path, tmp_path: Path
) -> None:
    data, before = tmp_path / "data", collections(url)
    index(corpus, data, url)
    for number in range(3):
        (corpus / f"late{number}.txt").write_text(f"Late news {number} of numbats.\n", "utf-8")
        report = index(corpus, data)
        assert (len(report.added), report.embedded) == (1, 1)
    # What came is beside the collection of the first generation.
    (shared,) = collections(url) - before
    assert {served(folder_of(data, name)) for name in ("000003", "000004")} == {Served(url, shared)}
    with open_live(data) as generation:
        assert generation.vectors.count() == generation.manifest.chunks == 15
    for _ in range(2):
        index(corpus, data, rebuild=True)
        assert len(collections(url) - before) == 2
    assert shared not in collections(url)


def test_a_reader_keeps_its_generation_while_the_next_is_published(
    url: str, corpus: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    index(corpus, data, url)
    live = Live(data)
    with live.hold() as old:
        (corpus / "a03.txt").unlink()
        index(corpus, data)
        assert found(old)[0][0] == "a03.txt"
    with live.hold() as new:
        assert "a03.txt" not in [name for name, _ in found(new)]
    live.close()


def test_vectors_move_to_a_server_and_back_without_embedding(
    url: str, corpus: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    index(corpus, data)
    with open_live(data) as generation:
        expected = found(generation)
    for wanted, is_served in ((url, True), (OFF, False)):
        report = index(corpus, data, wanted)
        assert report.generation
        assert report.embedded == 0
        assert (served(folder_of(data, report.generation)) is not None) == is_served
        with open_live(data) as generation:
            assert found(generation) == expected
    assert index(corpus, data, OFF).generation is None


def test_what_a_failed_update_left_on_the_server_goes(
    url: str, corpus: Path, tmp_path: Path
) -> None:
    class Broken(FakeEmbedder):
        def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
            raise RuntimeError("no more")

    data = tmp_path / "data"
    index(corpus, data, url)
    before = collections(url)
    (corpus / "late.txt").write_text("Late news of numbats.\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="no more"):
        sync([corpus], data, embedder=Broken(), settings=ChunkSettings(window=24))
    assert collections(url) == before


def test_two_processes_ask_at_once_while_a_third_indexes(
    url: str, corpus: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    index(corpus, data, url)
    program = (
        "import sys; from pathlib import Path; from index.live import Live\n"
        "from index.search import search; from index.embed import FakeEmbedder, Kind\n"
        "live, seen = Live(Path(sys.argv[1])), set()\n"
        "print('ready', flush=True)\n"
        "while len(seen) < 3:\n"
        "    with live.hold() as generation:\n"
        f"        hits = search(generation, FakeEmbedder(), {QUESTION!r})\n"
        "        assert hits[0].article_id == 'a03.txt', hits\n"
        "        seen.add(generation.name)\n"
        "print(sorted(seen))\n"
    )
    askers = [
        subprocess.Popen([sys.executable, "-c", program, str(data)], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    for asker in askers:
        assert asker.stdout
        assert asker.stdout.readline() == b"ready\n"
    for number in range(2):
        (corpus / f"late{number}.txt").write_text(f"Late news {number} of numbats.\n", "utf-8")
        index(corpus, data)
        time.sleep(1)
    for asker in askers:
        out, _ = asker.communicate(timeout=60)
        assert out.decode().strip() == "['000001', '000002', '000003']"


def test_a_server_that_is_away_is_one_sentence_and_comes_back(corpus: Path, tmp_path: Path) -> None:
    port, data, home = free_port(), tmp_path / "data", tmp_path / "home"
    address = f"http://127.0.0.1:{port}"
    with running(home, port):
        index(corpus, data, address)
        live = Live(data)
        with live.hold() as generation:
            expected = found(generation)
    with live.hold() as generation, pytest.raises(StoreError, match="see that it runs") as raised:
        found(generation)
    assert "\n" not in str(raised.value)
    assert not isinstance(raised.value, DamagedError)
    with pytest.raises(StoreError, match=f"no Chroma server answers at {address}"):
        open_live(data)
    (corpus / "late.txt").write_text("Late news of numbats.\n", encoding="utf-8")
    with pytest.raises(StoreError, match=f"no Chroma server answers at {address}"):
        index(corpus, data)
    with running(home, port):
        with live.hold() as generation:
            assert found(generation) == expected
        index(corpus, data)
        with live.hold() as generation:
            assert generation.manifest.articles == 13
        # What the failed update could not remove went with the next.
        assert len(collections(address)) == 1
    live.close()


def test_a_server_that_ends_during_an_update_costs_nothing(corpus: Path, tmp_path: Path) -> None:
    port, data, home = free_port(), tmp_path / "data", tmp_path / "home"
    address = f"http://127.0.0.1:{port}"

    class Ending(FakeEmbedder):
        def embed(self, texts: Sequence[str], *, kind: Kind = "document") -> NDArray[np.float32]:
            if process.poll() is None:
                process.kill()
                process.wait()
            return super().embed(texts)

    with running(home, port) as process:
        index(corpus, data, address)
        (corpus / "late.txt").write_text("Late news of numbats.\n", encoding="utf-8")
        with pytest.raises(StoreError, match="Chroma server"):
            sync([corpus], data, embedder=Ending(), settings=ChunkSettings(window=24))
    with running(home, port):
        with open_live(data) as generation:
            assert generation.name == "000001"
            assert found(generation)[0][0] == "a03.txt"
        index(corpus, data)
        assert len(collections(address)) == 1


def test_the_server_may_have_another_address_for_readers(
    url: str, corpus: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    index(corpus, data, url)
    other = url.replace("127.0.0.1", "localhost")
    with open_live(data, server=other) as generation:
        assert found(generation)[0][0] == "a03.txt"
    with pytest.raises(StoreError, match="no Chroma server answers at http"):
        open_live(data, server="http://127.0.0.1:9")


class Pretender(http.server.BaseHTTPRequestHandler):
    """Answers as a Chroma server of the version that its server object has."""

    def do_GET(self) -> None:
        version = self.server.version  # type: ignore[attr-defined]
        api = "v1" if version.startswith("0") else "v2"
        replies = {
            f"/api/{api}/heartbeat": {"nanosecond heartbeat": 1},
            f"/api/{api}/version": version,
        }
        known = self.path in replies
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps(replies.get(self.path)).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("version", ["0.5.20", "2.0.0"])
def test_a_server_of_another_version_is_told_as_such(
    version: str, corpus: Path, tmp_path: Path
) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Pretender) as server:
        server.version = version  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(StoreError, match=rf"of another version \({version}"):
            index(corpus, tmp_path / "data", address)
        server.shutdown()
    assert not list((tmp_path / "data" / "generations").iterdir())
