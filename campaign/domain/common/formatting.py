"""Times and numbers as people read them in their language, and times as machines do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal

ENGLISH = "en"
_LOCALE_OVERRIDES = {"en": "en_GB"}
"""Where a language is written in more than one way, the one meant."""
_DATE_TIME_PATTERNS = {
    "en": "{day} at {time}", "ar": "{day} الساعة {time}", "cy": "{day} am {time}", "de": "{day} um {time}",
    "es": "{day} a las {time}", "fr": "{day} à {time}", "it": "{day} alle {time}", "nl": "{day} om {time}",
    "pl": "{day}, godz. {time}", "ur": "{day}، {time}",
}  # fmt: skip
_TIME_PATTERNS = {"en": "h:mm a", "de": "HH:mm 'Uhr'", "fr": "H'\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}'mm", "nl": "HH.mm 'uur'"}
"""How a language writes the time of day, where not as 23:59."""
_NOON = {"en": "noon", "cy": "ganol dydd", "fr": "midi"}
_END_OF_DAY = {
    "en": "the end of {day}", "cy": "ddiwedd {day}", "de": "{day} um 24:00 Uhr", "es": "{day} a las 24:00",
    "fr": "{day} à minuit", "it": "{day} alle 24:00", "nl": "{day} om 24.00 uur", "pl": "{day}, godz. 24:00",
    "ar": "نهاية يوم {day}", "ur": "{day} کے اختتام",
}  # fmt: skip
"""How a language names a deadline at midnight. Nobody is sure which day "12:00 am" belongs to."""
_FIRST_OF_MONTH = {"fr": "1er", "it": "1º"}
"""How a language writes the first day of a month, where not as it writes the others."""
_PLURAL_SAMPLES = (*range(201), 1_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment within a sentence that is not in a language yet; `str()` of it is English."""

    at: datetime
    zone: ZoneInfo

    def __str__(self) -> str:
        return self.in_language(ENGLISH)

    def in_language(self, language: str) -> str:
        """As `format_moment` writes it."""
        return format_moment(self.at, self.zone, language)


@lru_cache(maxsize=1_024)
def format_moment(at: datetime, zone: ZoneInfo, language: str = ENGLISH) -> str:
    """A moment on the wall clock of `zone`: "31 March 2027 at 11:59 pm BST"."""
    local = at.astimezone(zone)
    if local.hour == 12 and local.minute == 0 and language in _NOON:
        clock = _NOON[language]
    else:
        clock = format_time(local, _TIME_PATTERNS.get(language, "HH:mm"), locale=_locale_code(language))
    time = f"{clock} {local.tzname()}"
    return _DATE_TIME_PATTERNS.get(language, "{day}, {time}").format(day=format_day(at, zone, language), time=time)


@lru_cache(maxsize=1_024)
def format_deadline(at: datetime, zone: ZoneInfo, language: str = ENGLISH) -> str:
    """A moment until which something can be done: as `format_moment`, but midnight is "the end of 31 March 2027"."""
    local = at.astimezone(zone)
    if (local.hour, local.minute, local.second) != (0, 0, 0) or language not in _END_OF_DAY:
        return format_moment(at, zone, language)
    return _END_OF_DAY[language].format(day=format_day(at - timedelta(seconds=1), zone, language))


def format_short_time(at: datetime, zone: tzinfo, language: str) -> str:
    """A moment as a table has room for: "23 Nov 2026, 14:05"."""
    local = at.astimezone(zone)
    if language == ENGLISH:
        return f"{local.day} {local:%b %Y, %H:%M}"
    return f"{format_date(local.date(), 'd MMM y', locale=_locale_code(language))}, {local:%H:%M}"


def format_day(at: datetime, zone: ZoneInfo, language: str = ENGLISH) -> str:
    """The day of a moment in `zone`: "31 March 2027"."""
    return format_calendar_day(at.astimezone(zone).date(), language)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """Day within a sentence that is not in a language yet; `str()` of it is English."""

    day: date

    def __str__(self) -> str:
        return self.in_language(ENGLISH)

    def in_language(self, language: str) -> str:
        """As `format_calendar_day` writes it."""
        return format_calendar_day(self.day, language)


def format_calendar_day(day: date, language: str = ENGLISH) -> str:
    """A day of the calendar, whatever the zone: "31 March 2027"."""
    words = format_date(day, "long", locale=_locale_code(language))
    return words.replace("1", _FIRST_OF_MONTH[language], 1) if day.day == 1 and language in _FIRST_OF_MONTH else words


@lru_cache(maxsize=4_096)
def format_list(parts: Sequence[str], language: str) -> str:
    """Parts in one line, with the comma of the language."""
    return ("، " if text_direction(language) == "rtl" else ", ").join(parts)


def format_number(value: int, language: str = ENGLISH) -> str:
    """A count with its thousands set apart: "12,345"."""
    return f"{value:,}" if language == ENGLISH else format_decimal(value, locale=_locale_code(language))


def format_ago(passed: timedelta, language: str) -> str:
    """How long ago something was, in its largest unit and a minute at least: "2 minutes ago"."""
    unit, amount = largest_unit(max(60, int(passed.total_seconds())))
    return _ago_label(unit, amount, language)


@lru_cache(maxsize=1_024)
def _ago_label(unit: str, amount: int, language: str) -> str:
    return format_timedelta(-timedelta(**{f"{unit}s": amount}), threshold=1, add_direction=True, locale=_locale_code(language))


def format_stretch(passed: timedelta, language: str = ENGLISH) -> str:
    """A stretch of time in its largest unit of which there are two at least: "90 minutes", "3 weeks"."""
    return format_timedelta(passed, threshold=2, locale=_locale_code(language))


def ordinal_suffix(value: int) -> str:
    """What English writes after a number to say which one: "st", "nd", "rd", "th"."""
    return "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def largest_unit(seconds: int) -> tuple[str, int]:
    """A stretch of time in its largest unit: ("day", 29), ("hour", 3), ("minute", 2), or ("second", 59) below a minute."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return unit, seconds // length
    return "second", seconds


def is_language(code: str) -> bool:
    """Whether dates and numbers can be told in a language: whether there is one with this code, as far as Unicode knows."""
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def language_name(code: str, language: str = ENGLISH) -> str:
    """What a language is called in another: "Welsh"; its code where nobody has a name for it."""
    return (Locale.parse(code).get_language_name(_locale_code(language)) if is_language(code) else None) or code


@dataclass(frozen=True, slots=True)
class LanguageName:
    """Name of a language within a sentence that is not in a language yet; `str()` of it is English."""

    code: str

    def __str__(self) -> str:
        return self.in_language(ENGLISH)

    def in_language(self, language: str) -> str:
        """As `language_name` has it."""
        return language_name(self.code, language)


@lru_cache(maxsize=64)
def text_direction(language: str) -> str:
    """How a language is written: "ltr" or "rtl"; a language nobody has heard of, as most are."""
    return Locale.parse(_locale_code(language)).text_direction if is_language(language) else "ltr"


@lru_cache(maxsize=16)
def plural_samples(language: str) -> dict[str, int]:
    """A number for each plural form of a language, by the form's name: {"one": 1, "other": 0} in English."""
    rule = Locale.parse(_locale_code(language)).plural_form
    samples: dict[str, int] = {}
    for value in _PLURAL_SAMPLES:
        samples.setdefault(rule(value), value)
    return samples


@lru_cache(maxsize=16)
def country_names(language: str) -> dict[str, str]:
    """What a language calls each country, by its ISO 3166 code; countries it has no name for are left out."""
    territories = Locale.parse(_locale_code(language)).territories
    return {code: name for code, name in territories.items() if len(code) == 2}


@lru_cache(maxsize=1)
def language_names() -> dict[str, str]:
    """What English calls each language that has a code of two letters, by that code, in the order of their names."""
    names = Locale.parse(ENGLISH).languages
    known = {code: name for code, name in names.items() if len(code) == 2 and is_language(code)}
    return dict(sorted(known.items(), key=lambda item: item[1]))


def format_utc(at: datetime) -> str:
    """A moment as our JSON and exports write it: UTC, whole seconds, "Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _locale_code(language: str) -> str:
    return _LOCALE_OVERRIDES.get(language, language)
