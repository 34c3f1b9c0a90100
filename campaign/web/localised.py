"""Times and numbers as the language of the page writes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from campaign.domain.common import formatting
from campaign.domain.places.countries import COUNTRIES
from campaign.web.language import ngettext, page_language


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


def duration(unit: str, amount: int) -> str:
    """A stretch of time: "3 days"; units are those of `formatting.largest_unit`."""
    match unit:
        case "day":
            words = ngettext("%(num)s day", "%(num)s days", amount)
        case "hour":
            words = ngettext("%(num)s hour", "%(num)s hours", amount)
        case "minute":
            words = ngettext("%(num)s minute", "%(num)s minutes", amount)
        case _:
            words = ngettext("%(num)s second", "%(num)s seconds", amount)
    return words


def language_name(code: str) -> str:
    """What a language is called: "Welsh"."""
    return formatting.language_name(code, page_language().code)


def language_names() -> dict[str, str]:
    """What each language that has a code of two letters is called, by that code."""
    code = page_language().code
    if code == formatting.ENGLISH:
        return formatting.language_names()
    return {each: formatting.language_name(each, code) for each in formatting.language_names()}


def country_names() -> dict[str, str]:
    """What each country is called, by its ISO 3166 code."""
    code = page_language().code
    return COUNTRIES if code == formatting.ENGLISH else {**COUNTRIES, **formatting.country_names(code)}
