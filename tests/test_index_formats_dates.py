from datetime import date

import pytest

from index.formats.dates import parse_date


@pytest.mark.parametrize(
    "written",
    [
        "2019-02-27",
        " 2019-02-27\n",
        "2019/2/27",
        "20190227",
        "2019-02-27T23:35:00-05:00",
        "2019-02-27T23:35:00.123Z",
        "2019-02-27 16:35:00 -0500",
        "2019-02-27 16:35 UTC",
        "February 27, 2019",
        "Feb. 27, 2019",
        "FEBRUARY 27 2019",
        "Feb 27th, 2019, 4:35 p.m. EST",
        "February 27, 2019 at 4:35pm",
        "Wednesday, February 27, 2019",
        "27 Feb 2019",
        "27-Feb-2019",
        "27 February 2019",
        "27th of February, 2019",
        "Wed, 27 Feb 2019 16:35:00 +0000",
        "Wed, 27 Feb 2019 16:35:00 GMT",
    ],
)
def test_a_written_form_that_names_one_day_is_that_day(written: str) -> None:
    assert parse_date(written) == date(2019, 2, 27)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "today",
        "2 days ago",
        "2019",
        "2019-02",
        "February 2019",
        "02/03/2019",
        "27.02.2019",
        "2019-02-30",
        "31 June 2019",
        "1551283200",
        "Updated February 27, 2019",
        "February 27, 2019 in Hanoi",
        "2019-02-27" * 20,
    ],
)
def test_what_may_be_another_day_or_none_is_no_date(written: str) -> None:
    assert parse_date(written) is None


def test_every_month_is_known_by_its_name_and_short_form() -> None:
    names = "January February March April May June July August September October November December"
    for number, name in enumerate(names.split(), 1):
        assert parse_date(f"{name} 5, 2020") == date(2020, number, 5)
        assert parse_date(f"5 {name[:3]} 2020") == date(2020, number, 5)
    assert parse_date("Sept. 5, 2020") == date(2020, 9, 5)
