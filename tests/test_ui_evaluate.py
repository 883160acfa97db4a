from pathlib import Path

from ui.evaluate import next_folder


def test_a_complete_run_is_never_written_over_and_an_interrupted_one_is_gone_on_with(
    tmp_path: Path,
) -> None:
    assert next_folder(tmp_path, "seeds") == tmp_path / "seeds"
    for name in ("seeds", "seeds-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "summary.json").write_text("{}", encoding="utf-8")
    assert next_folder(tmp_path, "seeds") == tmp_path / "seeds-3"
    (tmp_path / "seeds-3").mkdir()
    (tmp_path / "seeds-3" / "cases.jsonl").write_text("", encoding="utf-8")
    assert next_folder(tmp_path, "seeds") == tmp_path / "seeds-3"
