"""Times, numbers and the names of countries and languages, as the language of the page writes them."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask

from campaign.domain.campaigns import recipient_name
from campaign.domain.common import formatting
from campaign.domain.places.countries import COUNTRIES
from campaign.web.language import page_language
from campaign.web.translation import gettext, ngettext


def register_number(app: Flask) -> None:
    """Let the templates of `app` write counts, `number(12345)`, and recipients in sentences."""
    app.jinja_env.globals.update(number=number, recipient_within=recipient_within, recipient_first=recipient_first)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment on the wall clock of `zone`: "31 March 2027 at 11:59 pm BST"."""
    return formatting.format_moment(at, zone, page_language().code)


def deadline(at: datetime, zone: ZoneInfo) -> str:
    """A moment until which something can be done; midnight is "the end of 31 March 2027"."""
    return formatting.format_deadline(at, zone, page_language().code)


def day(at: datetime, zone: ZoneInfo) -> str:
    """The day of a moment in `zone`: "31 March 2027"."""
    return formatting.format_day(at, zone, page_language().code)


def calendar_day(on: date) -> str:
    """A day of the calendar, whatever the zone: "31 March 2027"."""
    return formatting.format_calendar_day(on, page_language().code)


def short_time(at: datetime, zone: tzinfo) -> str:
    """A moment as a table has room for: "23 Nov 2026, 14:05"."""
    return formatting.format_short_time(at, zone, page_language().code)


def recipient_within(name: str) -> str:
    """A recipient's name as it stands after other words: "to the House of Commons"."""
    return recipient_name.within_sentence(name, page_language().code)


def recipient_first(name: str) -> str:
    """A recipient's name as it begins a sentence: "The town council answered"."""
    return recipient_name.beginning_sentence(name, page_language().code)


def ago(passed: timedelta) -> str:
    """How long ago something was: "2 minutes ago"."""
    return formatting.format_ago(passed, page_language().code)


def number(value: int) -> str:
    """A count with its thousands set apart: "12,345"."""
    return formatting.format_number(value, page_language().code)


def duration(seconds: int) -> str:
    """A stretch of time in its largest unit: "29 days", "3 hours", "less than a minute"."""
    unit, amount = formatting.largest_unit(seconds)
    return gettext("less than a minute") if unit == "second" else time_amount(unit, amount)


def stretch(passed: timedelta) -> str:
    """A stretch of time in its largest unit of which there are two at least: "90 minutes", "3 weeks"."""
    return formatting.format_stretch(passed, page_language().code)


def time_amount(unit: str, amount: int) -> str:
    """An amount of a unit ("day", "hour" or "minute"): "90 minutes"."""
    match unit:
        case "day":
            words = ngettext("%(num)s day", "%(num)s days", amount)
        case "hour":
            words = ngettext("%(num)s hour", "%(num)s hours", amount)
        case "minute":
            words = ngettext("%(num)s minute", "%(num)s minutes", amount)
        case _:
            raise ValueError(unit)
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


def country_name(code: str) -> str:
    """A country by its code; "" for none."""
    return country_names().get(code, "")


def country_names() -> Mapping[str, str]:
    """What each country is called, by its ISO 3166 code."""
    return _country_names(page_language().code)


def country_choices() -> Sequence[tuple[str, str]]:
    """Codes and names to choose from: the country most people here live in first, then by name as one reads a list."""
    return _country_choices(page_language().code)


@lru_cache(maxsize=16)
def _country_names(language: str) -> Mapping[str, str]:
    # English has names of our own for some.
    theirs = {} if language == formatting.ENGLISH else formatting.country_names(language)
    return {code: theirs.get(code, name) for code, name in COUNTRIES.items()}


@lru_cache(maxsize=16)
def _country_choices(language: str) -> Sequence[tuple[str, str]]:
    names = _country_names(language)
    by_name = sorted(names.items(), key=lambda item: unicodedata.normalize("NFKD", item[1]).casefold())
    return [("GB", names["GB"]), *((code, name) for code, name in by_name if code != "GB")]
