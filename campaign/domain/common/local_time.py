"""Times as they are typed and shown in forms: by the clock on the wall of a campaign's time zone."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from campaign.domain.common.invalid_input import InvalidInputError

_MAX_YEAR = 2999
_DATETIME_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?")


def read_local_time(text: str, zone: ZoneInfo) -> datetime:
    """A date and time as browsers send them ("2027-03-31T23:59"), as a moment in UTC. Raises InvalidInputError.

    Where the clocks go back and a time is there twice, the first one is meant.
    """
    typed = text.strip()
    try:
        local = datetime.fromisoformat(typed if _DATETIME_LOCAL.fullmatch(typed) else "")
    except ValueError:
        raise InvalidInputError("Write a date and time, as in 2027-03-31 23:59.") from None
    if not 1970 <= local.year <= _MAX_YEAR:
        raise InvalidInputError("Write a year from 1970 to %(last)s.", last=_MAX_YEAR)
    return local_moment(local, zone)


def local_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which a clock on the wall of a zone shows a naive time; the first one where there are two.

    Raises InvalidInputError where it never does.
    """
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        raise InvalidInputError("There is no such time on that day: the clocks go forward. Choose another.")
    return moment


def format_local_time(at: datetime, zone: ZoneInfo) -> str:
    """A moment as a form's field has it, to the minute."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
