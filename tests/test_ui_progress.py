import pytest

from ui import progress


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1, None, 1, None), "1 article, 1 chunk"),
        ((3, 5, 12, None), "3 of 5 articles, 12 chunks"),
        ((5, 5, 31, 31), "5 of 5 articles, 31 of 31 chunks"),
        ((0, 1, 0, 1), "0 of 1 article, 0 of 1 chunk"),
    ],
)
def test_figures_give_a_total_where_it_is_known(
    numbers: tuple[int, int | None, int, int | None], said: str
) -> None:
    assert progress.figures(*numbers) == said


def test_without_a_terminal_lines_come_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter([0.0, 1.0, 5.0, 6.0, 10.0])
    monkeypatch.setattr("ui.progress.time.monotonic", lambda: next(now))
    with progress.progress() as advance:
        for articles in (1, 2, 3, 4):
            advance(articles, 4, 0, None)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "indexing: 2 of 4 articles, 0 chunks",
        "indexing: 4 of 4 articles, 0 chunks",
    ]
