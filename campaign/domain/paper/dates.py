"""Dates as people write them beside a signature: the day first, as in Britain."""

import re
from datetime import date, datetime, timedelta

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.text_folding import fold_text

_EARLIEST = date(2000, 1, 1)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan ionawr", "february feb chwefror", "march mar mawrth", "april apr ebrill", "may mai",
            "june jun mehefin", "july jul gorffennaf", "august aug awst", "september sep sept medi",
            "october oct hydref", "november nov tachwedd", "december dec rhagfyr",
        ), start=1)
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})(?:[t ,].*)?")
"""Also as forms on the web write it: "2026/11/20 9:14:03 am GMT"."""
_DAY_NUMBER = re.compile(r"([3-7]\d{4})(?:\.\d+)?")
_DAY_ZERO = date(1899, 12, 30)
"""What spreadsheets count days from: 46346 is 20 November 2026."""
_NUMBERS = re.compile(r"(\d{1,2})\s*[./\-]\s*(\d{1,2})\s*[./\-]\s*(\d{4}|\d{2})(?:\s+\d{1,2}[:.].*)?")
_DAY_FIRST = re.compile(r"(?:[a-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?[\s\-]+([a-z]+)\.?,?[\s\-]+(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})")


def read_signing_date(value: object, today: date, last_day: date) -> str:
    """A date as 2027-03-31, or "" for none. Raises InvalidInputError for what is no date, is to come, or is after the
    deadline."""
    if isinstance(value, datetime):
        found: date | None = value.date()
    elif isinstance(value, date):
        found = value
    elif not str(value).strip():
        return ""
    else:
        found = _parse_date(fold_text(str(value)))
    if found is None:
        raise InvalidInputError("Write the date as 31/03/2027.")
    if found < _EARLIEST:
        raise InvalidInputError("That date is too long ago.")
    if found > today:
        raise InvalidInputError("That date is yet to come.")
    if found > last_day:
        raise InvalidInputError("That is after the deadline of the campaign.")
    return found.isoformat()


def _parse_date(text: str) -> date | None:
    if found := _ISO.fullmatch(text):
        return _date_or_none(found[1], int(found[2]), found[3])
    if found := _DAY_NUMBER.fullmatch(text):
        return _DAY_ZERO + timedelta(days=int(found[1]))
    if found := _NUMBERS.fullmatch(text):
        return _date_or_none(found[3], int(found[2]), found[1])
    if found := _DAY_FIRST.fullmatch(text):
        return _date_or_none(found[3], _MONTHS.get(found[2], 0), found[1])
    if found := _MONTH_FIRST.fullmatch(text):
        return _date_or_none(found[3], _MONTHS.get(found[1], 0), found[2])
    return None


def _date_or_none(year: str, month: int, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
    except ValueError:
        return None
