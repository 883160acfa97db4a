from datetime import date

import pytest

from index.types import Filters
from ui.order import OUTLETS, Order, read_order


def test_an_order_is_read_whole() -> None:
    text = (
        '{"conversation": "c", "cut": 3, "question": "When?", "standalone": "When is it?", '
        '"since": "2018-06-01", "until": "2018-06-05", "sources": ["CNN", "", "CNN"]}'
    )
    filters = Filters(date(2018, 6, 1), date(2018, 6, 5), ("CNN", ""))
    assert read_order(text) == Order("c", filters, 3, "When?", "When is it?")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "nonsense",
        "[]",
        "17",
        '{"conversation": 3, "cut": true, "question": null, "since": "soon", "sources": "CNN"}',
        '{"cut": 1.5, "sources": [1, null], "until": 20180605}',
    ],
)
def test_what_makes_no_sense_is_empty(text: str | None) -> None:
    assert read_order(text) == Order()


def test_no_question_names_outlets_without_end() -> None:
    names = ", ".join(f'"{number}"' for number in range(1_000))
    filters = read_order(f'{{"sources": [{names}]}}').filters
    assert filters is not None
    assert len(filters.sources) == OUTLETS
