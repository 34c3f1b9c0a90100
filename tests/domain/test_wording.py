"""Times and numbers as people read them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campaign.domain import wording

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC), "31 March 2027 at 11:59 pm BST"),
        (datetime(2026, 11, 1, 0, 0, tzinfo=UTC), "1 November 2026 at 12:00 am GMT"),
        (datetime(2026, 11, 1, 12, 5, tzinfo=UTC), "1 November 2026 at 12:05 pm GMT"),
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), "1 November 2026 at 9:30 am GMT"),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "28 March 2027 at 12:59 am GMT"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "28 March 2027 at 2:00 am BST"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "31 October 2027 at 1:30 am BST"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "31 October 2027 at 1:30 am GMT"),
    ],
)
def test_a_moment_is_told_by_the_campaigns_own_clock(at: datetime, words: str) -> None:
    assert wording.moment(at, LONDON) == words


def test_a_moment_says_which_zone_it_means() -> None:
    assert wording.moment(datetime(2026, 12, 31, 23, 0, tzinfo=UTC), ZoneInfo("Asia/Tokyo")) == "1 January 2027 at 8:00 am JST"


def test_a_day_is_the_day_there() -> None:
    late = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    assert wording.day(late, LONDON) == "1 July 2027"
    assert wording.day(late, ZoneInfo("UTC")) == "30 June 2027"


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")]
)
def test_thousands_are_set_apart(value: int, words: str) -> None:
    assert wording.number(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (119, "1 minute"),
        (120, "2 minutes"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (7200, "2 hours"),
        (86_399, "23 hours"),
        (86_400, "1 day"),
        (172_799, "1 day"),
        (30 * 86_400 - 1, "29 days"),
    ],
)
def test_the_time_left_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert wording.time_left(seconds) == words
