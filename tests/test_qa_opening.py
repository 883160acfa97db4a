"""Settings become readers by what they name; whatever is not there is one sentence."""

import json
import time
from pathlib import Path

import pytest

from qa.confidence import load
from qa.errors import ReaderError
from qa.opening import calibration_for, reader_for
from qa.reader.spans import WEIGHTS, FakeReader, OnnxReader
from qa.settings import Settings


def refused(reader: str, *, online: bool = False) -> str:
    with pytest.raises(ReaderError) as caught:
        reader_for(Settings(reader=reader, online=online))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_off_is_no_reader_and_own_is_the_one_that_ships() -> None:
    assert reader_for(Settings(reader="off")) is None
    own, folder = reader_for(Settings()), reader_for(Settings(reader=str(WEIGHTS)))
    assert isinstance(own, OnnxReader)
    assert isinstance(folder, OnnxReader)
    assert own.fingerprint == folder.fingerprint


def test_a_folder_that_holds_no_reader_is_told_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    for name in (str(tmp_path), f"rerank:{tmp_path}"):
        found = refused(name)
        assert str(tmp_path) in found
        assert "manifest.json" in found
        assert "config.json" in found


def test_a_folder_whose_manifest_is_ours_is_held_to_it(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "config.json").write_text("{}")
    assert "is not a reader's manifest" in refused(str(tmp_path))


@pytest.mark.parametrize("name", ["nobody/no-such-model", "rerank:nobody/no-such-model", "a b"])
def test_a_name_that_is_not_here_says_that_it_needs_the_network_and_asks_for_none(
    name: str,
) -> None:
    started = time.monotonic()
    found = refused(name)
    assert "CORPUS_QA_ONLINE" in found
    assert "folder that holds a reader" in found
    assert time.monotonic() - started < 20


def test_a_calibration_is_the_shipped_one_that_suits_the_reader() -> None:
    assert calibration_for(Settings(), FakeReader({})) == load("reader")
    assert calibration_for(Settings(), None) == load("plain")


class Foreign(FakeReader):
    """A reader whose margins no shipped calibration knows."""

    fingerprint = "foreign"
    calibration = "plain"


def test_a_reader_that_the_calibration_does_not_know_is_judged_without_its_margins() -> None:
    found = calibration_for(Settings(), Foreign({}))
    assert found == load("plain")
    assert not {"margin", "answerable"} & set(found.weights)


def written(path: Path, **changes: object) -> Settings:
    fields = {
        "weights": {"margin": 1.0},
        "bias": 0.0,
        "thresholds": {"cautious": 0.7, "balanced": 0.5, "eager": 0.2},
        "provenance": "here",
        "reader": "foreign",
    }
    path.write_text(json.dumps({"reader": {**fields, **changes}}))
    return Settings(calibration=path)


def test_a_calibration_file_is_used_for_the_reader_that_it_was_fitted_to(tmp_path: Path) -> None:
    settings = written(tmp_path / "c.json")
    assert calibration_for(settings, Foreign({})).weights == {"margin": 1.0}
    with pytest.raises(ReaderError, match="fitted to 'foreign' and the reader is 'fake reader'"):
        calibration_for(settings, FakeReader({}))


def test_a_calibration_file_for_another_way_of_answering_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="no calibration for this reader"):
        calibration_for(written(tmp_path / "c.json"), None)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"reader": {}}', '{"reader": 1}'])
def test_a_file_that_is_no_calibration_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.json"
    path.write_text(text)
    for settings in (Settings(calibration=path), Settings(calibration=tmp_path / "none.json")):
        with pytest.raises(ReaderError, match="no calibration for this reader"):
            calibration_for(settings, Foreign({}))


@pytest.mark.parametrize(
    "changes",
    [{"thresholds": {"balanced": 0.5}}, {"weights": ["margin"]}, {"bias": "high"}],
)
def test_a_calibration_of_the_wrong_shape_is_refused(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(ReaderError, match=r"c\.json"):
        calibration_for(written(tmp_path / "c.json", **changes), Foreign({}))
