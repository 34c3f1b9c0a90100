"""Times and numbers as the language of the page writes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from campaign.domain.common import formatting
from campaign.web.language import page_language


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment on the wall clock of `zone`: "31 March 2027 at 11:59 pm BST"."""
    return formatting.format_moment(at, zone, page_language().code)


def deadline(at: datetime, zone: ZoneInfo) -> str:
    """A moment until which something can be done; midnight is "the end of 31 March 2027"."""
    return formatting.format_deadline(at, zone, page_language().code)


def day(at: datetime, zone: ZoneInfo) -> str:
    """The day of a moment in `zone`: "31 March 2027"."""
    return formatting.format_day(at, zone, page_language().code)


def number(value: int) -> str:
    """A count with its thousands set apart: "12,345"."""
    return formatting.format_number(value, page_language().code)


def language_name(code: str) -> str:
    """What a language is called: "Welsh"."""
    return formatting.language_name(code, page_language().code)
