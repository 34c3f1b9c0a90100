"""Times and numbers as people read them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.domain.common import formatting

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC), "31 March 2027 at 11:59 pm BST"),
        (datetime(2026, 11, 1, 0, 0, tzinfo=UTC), "1 November 2026 at 12:00 am GMT"),
        (datetime(2026, 11, 1, 12, 5, tzinfo=UTC), "1 November 2026 at 12:05 pm GMT"),
        (datetime(2026, 11, 1, 12, 0, tzinfo=UTC), "1 November 2026 at noon GMT"),
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), "1 November 2026 at 9:30 am GMT"),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "28 March 2027 at 12:59 am GMT"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "28 March 2027 at 2:00 am BST"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "31 October 2027 at 1:30 am BST"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "31 October 2027 at 1:30 am GMT"),
    ],
)
def test_a_moment_is_told_by_the_campaigns_own_clock(at: datetime, words: str) -> None:
    assert formatting.format_moment(at, LONDON) == words


@pytest.mark.parametrize(
    ("at", "language", "words"),
    [
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), "en", "the end of 31 March 2027"),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), "cy", "ddiwedd 31 Mawrth 2027"),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), "de", "31. März 2027 um 24:00 Uhr"),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), "fr", "31 mars 2027 à minuit"),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), "ur", "31 مارچ، 2027 کے اختتام"),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), "fi", "1. huhtikuuta 2027, 00:00 BST"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), "en", "the end of 31 December 2026"),
        (datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC), "en", "31 March 2027 at 11:59 pm BST"),
        (datetime(2027, 3, 31, 23, 0, 1, tzinfo=UTC), "en", "1 April 2027 at 12:00 am BST"),
        (datetime(2027, 3, 31, 11, 0, tzinfo=UTC), "en", "31 March 2027 at noon BST"),
    ],
)
def test_a_deadline_at_midnight_is_the_end_of_the_day_before(at: datetime, language: str, words: str) -> None:
    assert formatting.format_deadline(at, LONDON, language) == words


def test_a_moment_says_which_zone_it_means() -> None:
    assert (
        formatting.format_moment(datetime(2026, 12, 31, 23, 0, tzinfo=UTC), ZoneInfo("Asia/Tokyo"))
        == "1 January 2027 at 8:00 am JST"
    )


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "1er avril 2021"), ("it", "1º aprile 2021"), ("es", "1 de abril de 2021")]
)
def test_the_first_of_a_month_is_told_as_each_language_tells_it(language: str, words: str) -> None:
    assert formatting.format_calendar_day(date(2021, 4, 1), language) == words


def test_a_day_is_the_day_there() -> None:
    late = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    assert formatting.format_day(late, LONDON) == "1 July 2027"
    assert formatting.format_day(late, ZoneInfo("UTC")) == "30 June 2027"


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")]
)
def test_thousands_are_set_apart(value: int, words: str) -> None:
    assert formatting.format_number(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, ("second", 0)),
        (59, ("second", 59)),
        (60, ("minute", 1)),
        (119, ("minute", 1)),
        (120, ("minute", 2)),
        (3599, ("minute", 59)),
        (3600, ("hour", 1)),
        (7200, ("hour", 2)),
        (86_399, ("hour", 23)),
        (86_400, ("day", 1)),
        (172_799, ("day", 1)),
        (30 * 86_400 - 1, ("day", 29)),
    ],
)
def test_the_time_left_is_told_in_its_largest_unit(seconds: int, words: tuple[str, int]) -> None:
    assert formatting.largest_unit(seconds) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "31 March 2027 at 11:59 pm BST"),
        ("cy", "31 Mawrth 2027 am 23:59 BST"),
        ("de", "31. März 2027 um 23:59 Uhr BST"),
        ("es", "31 de marzo de 2027 a las 23:59 BST"),
        ("fr", "31 mars 2027 à 23\xa0h\xa059 BST"),
        ("it", "31 marzo 2027 alle 23:59 BST"),
        ("nl", "31 maart 2027 om 23.59 uur BST"),
        ("pl", "31 marca 2027, godz. 23:59 BST"),
        ("ar", "31 مارس 2027 الساعة 23:59 BST"),
        ("ur", "31 مارچ، 2027، 23:59 BST"),
        ("fi", "31. maaliskuuta 2027, 23:59 BST"),
    ],
)
def test_a_moment_is_told_as_each_language_tells_it(language: str, words: str) -> None:
    at = datetime(2027, 3, 31, 22, 59, tzinfo=UTC)
    assert formatting.format_moment(at, ZoneInfo("Europe/London"), language) == words


@pytest.mark.parametrize(("language", "words"), [("en", "1,234,567"), ("cy", "1,234,567"), ("de", "1.234.567")])
def test_a_number_is_set_as_each_language_sets_it(language: str, words: str) -> None:
    assert formatting.format_number(1_234_567, language) == words


def test_each_plural_form_of_a_language_has_a_number() -> None:
    assert formatting.plural_samples("en") == {"other": 0, "one": 1}
    assert set(formatting.plural_samples("cy")) == {"zero", "one", "two", "few", "many", "other"}


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("cy", "ltr"), ("ar", "rtl"), ("xx", "ltr")])
def test_a_language_is_written_in_its_direction(language: str, direction: str) -> None:
    assert formatting.text_direction(language) == direction


@pytest.mark.parametrize(
    ("value", "suffix"),
    [(1, "st"), (2, "nd"), (3, "rd"), (4, "th"), (11, "th"), (12, "th"), (13, "th"), (21, "st")],
)
def test_english_says_which_one(value: int, suffix: str) -> None:
    assert formatting.ordinal_suffix(value) == suffix


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "60 seconds"), (15, "15 minutes"), (90, "90 minutes"), (150, "2 hours"), (572_919, "13 months")]
)
def test_a_stretch_of_time_is_told_in_a_unit_of_which_there_are_two(minutes: int, words: str) -> None:
    assert formatting.format_stretch(timedelta(minutes=minutes)) == words
