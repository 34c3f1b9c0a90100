"""Times as forms send them, by the clock on the wall of a campaign's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.local_time import format_local_time, read_local_time

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-31T23:59", datetime(2027, 1, 31, 23, 59, tzinfo=UTC)),
        ("2027-06-30 23:59", datetime(2027, 6, 30, 22, 59, tzinfo=UTC)),
        (" 2027-06-30T23:59:30 ", datetime(2027, 6, 30, 22, 59, 30, tzinfo=UTC)),
        ("2027-10-31T01:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # there twice that night: the first one
    ],
)
def test_a_time_is_meant_by_the_clock_of_the_zone(text: str, moment: datetime) -> None:
    assert read_local_time(text, LONDON) == moment


def test_what_a_field_shows_is_read_as_the_same_moment() -> None:
    for month in range(1, 13):
        moment = datetime(2027, month, 15, 12, 30, tzinfo=UTC)
        assert read_local_time(format_local_time(moment, LONDON), LONDON) == moment


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2027-02-30T12:00", "2027-06-30T12:00Z", "2027-06-30T12:00+01:00", "1969-12-31T12:00", "9999-12-31T23:59",
     "2027-03-28T01:30", "0001-01-01T00:00", "2027-06-30T12:00\x00"],
)  # fmt: skip
def test_what_is_no_time_on_that_clock_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_local_time(text, LONDON)
    assert str(refused.value).endswith(".")
