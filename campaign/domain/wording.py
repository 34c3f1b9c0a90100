"""Times and numbers as people read them, and times as machines do."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment on the wall clock of `zone`: "31 March 2027 at 11:59 pm BST"."""
    local = at.astimezone(zone)
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"
    return f"{local.day} {local:%B %Y} at {hour}:{local:%M} {half} {local.tzname()}"


def day(at: datetime, zone: ZoneInfo) -> str:
    """The day of a moment in `zone`: "31 March 2027"."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y}"


def number(value: int) -> str:
    """A count with its thousands set apart: "12,345"."""
    return f"{value:,}"


def time_left(seconds: int) -> str:
    """How long until the deadline, in its largest unit or two: "29 days", "1 day", "3 hours", "2 minutes"."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            amount = seconds // length
            return f"{amount} {unit}{'' if amount == 1 else 's'}"
    return "less than a minute"


def utc(at: datetime) -> str:
    """A moment as our JSON and exports write it: UTC, whole seconds, "Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
