"""A campaign as its maker writes it down, checked field by field before anything is stored."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaign.domain.colour import read_accent
from campaign.domain.refusal import Refused
from campaign.domain.standing import Asked, FieldRule, PostcodeRule, SupportersRule
from campaign.domain.text import Text, Version, Words
from campaign.domain.window import GRACE
from campaign.domain.wording import is_language

DEFAULT_GOALS = (1_000, 10_000, 100_000)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
_SPOKEN = {
    "title": 150, "recipient": 200, "ask": 1_000, "background": 50_000, "note": 500, "share_text": 200, "picture_alt": 250,
    "privacy": 10_000,
}  # fmt: skip
"""Characters that each text may have which a campaign has in each of its languages."""
_LIMITS = {**_SPOKEN, "contact": 254, "controller": 1_000}
"""Characters a text may have."""
_LONGEST_PATH = 1_000
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST_LANGUAGES = 20
_MOST_GOALS = 20
_LARGEST_GOAL = 100_000_000
_LAST_YEAR = 2999
_FIELDS = frozenset(
    {
        *_LIMITS,
        "slug",
        "opens_at",
        "closes_at",
        "grace_hours",
        "time_zone",
        "goals",
        "fields",
        "language",
        "accent",
        "supporters",
        "translations",
        "picture",
    }
)


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything needed to create a campaign. Times are aware."""

    slug: str
    title: str
    ask: str
    opens_at: datetime
    closes_at: datetime
    recipient: str = ""
    background: str = ""
    note: str = ""
    share_text: str = ""
    picture_alt: str = ""
    privacy: str = ""
    language: str = "en"
    translations: tuple[Version, ...] = ()
    """The campaign in its other languages."""
    contact: str = ""
    accent: str = ""
    supporters: SupportersRule = "first-name"
    controller: str = ""
    picture: str = ""
    """Where its maker keeps the picture; empty for none."""
    grace: timedelta = GRACE
    time_zone: str = "Europe/London"
    goals: tuple[int, ...] = DEFAULT_GOALS
    asked: Asked = field(default_factory=Asked)

    @property
    def main(self) -> Version:
        """The campaign in its main language."""
        spoken = {name: getattr(self, name) for name in _SPOKEN}
        return version(self.slug, self.language, **spoken)

    @property
    def versions(self) -> tuple[Version, ...]:
        """The campaign in each language; its main one first."""
        return (self.main, *self.translations)


def text_hash(*, slug: str, title: str, recipient: str, ask: str, background: str) -> str:
    """SHA-256, in hexadecimal, of the exact text people sign: the UTF-8 of a JSON list of slug, title, recipient, ask and
    background, without spaces after its commas and with no character escaped that need not be. Anybody can recompute it."""
    exact = json.dumps([slug, title, recipient, ask, background], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(exact.encode()).hexdigest()


def version(
    slug: str, language: str, *, title: str, ask: str, recipient: str = "", background: str = "", **words: str
) -> Version:
    """A campaign in one language, with the hash of its text."""
    digest = text_hash(slug=slug, title=title, recipient=recipient, ask=ask, background=background)
    return Version(language, Text(digest, title, recipient, ask, background), Words(**words))


def read_definition(raw: dict[str, Any], now: datetime) -> Definition:
    """Check a campaign written as a table (a TOML file). `now` is the opening time where none is given.

    Raises Refused with one line that names the field.
    """
    if unknown := sorted(raw.keys() - _FIELDS):
        raise Refused(f"{unknown[0]}: there is no such field; known are {', '.join(sorted(_FIELDS))}")
    texts = _texts(raw, _LIMITS)
    slug = raw.get("slug")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise Refused("slug: write 1 to 80 small letters, digits and hyphens, as in nhs-reinstatement-bill")
    zone = _zone(raw.get("time_zone", "Europe/London"))
    opens_at = _time(raw, "opens_at", zone, now)
    closes_at = _time(raw, "closes_at", zone, None)
    if closes_at <= opens_at:
        raise Refused("closes_at: must be later than opens_at")
    if closes_at <= now:
        raise Refused("closes_at: must be in the future")
    language = _language(raw.get("language", "en"), "language")
    picture = _text(raw, "picture", _LONGEST_PATH, "")
    _described(texts, bool(picture), "")
    return Definition(
        slug=slug, opens_at=opens_at, closes_at=closes_at, time_zone=zone.key, language=language,
        translations=_translations(raw.get("translations", {}), slug, language, bool(picture)), picture=picture,
        accent=_accent(raw.get("accent", "")), supporters=_supporters(raw.get("supporters", "first-name")),
        grace=_grace(raw.get("grace_hours", GRACE / timedelta(hours=1))),
        goals=_goals(raw.get("goals", list(DEFAULT_GOALS))), asked=_asked(raw.get("fields", {})), **texts,
    )  # fmt: skip


def _texts(raw: dict[str, Any], limits: dict[str, int], within: str = "") -> dict[str, str]:
    """Texts by name; `within` is what their table is called in an error, with a dot at its end."""
    texts = {name: _text(raw, name, limits[name], within) for name in limits}
    for name in ("title", "ask"):
        if not texts[name]:
            raise Refused(f"{within}{name}: is missing")
    return texts


def _text(raw: dict[str, Any], name: str, longest: int, within: str) -> str:
    text = raw.get(name, "")
    if not isinstance(text, str):
        raise Refused(f"{within}{name}: must be text")
    text = text.replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise Refused(f"{within}{name}: must be {longest} characters or fewer; it has {len(text)}")
    if "\x00" in text:
        raise Refused(f"{within}{name}: contains a NUL character")
    return text


def _described(texts: dict[str, str], has_picture: bool, within: str) -> None:
    if has_picture and not texts["picture_alt"]:
        raise Refused(f"{within}picture_alt: say in a sentence what the picture shows, for those who do not see it")


def _language(code: object, name: str) -> str:
    if not isinstance(code, str) or not _LANGUAGE.fullmatch(code) or not is_language(code):
        raise Refused(f"{name}: write the code of a language, like en or cy")
    return code


def _translations(raw: object, slug: str, main: str, has_picture: bool) -> tuple[Version, ...]:
    if not isinstance(raw, dict) or len(raw) > _MOST_LANGUAGES:
        raise Refused("translations: write a table for each language, as in [translations.cy]")
    versions = []
    for code, table in sorted(raw.items()):
        within = f"translations.{code}."
        _language(code, f"translations.{code}")
        if code == main or not isinstance(table, dict):
            raise Refused(f"translations.{code}: write a table for each language beside the main one")
        if unknown := sorted(table.keys() - _SPOKEN.keys()):
            raise Refused(f"{within}{unknown[0]}: there is no such field; known are {', '.join(sorted(_SPOKEN))}")
        texts = _texts(table, _SPOKEN, within)
        _described(texts, has_picture, within)
        versions.append(version(slug, code, **texts))
    return tuple(versions)


def _accent(text: object) -> str:
    try:
        return read_accent(text if isinstance(text, str) else "?")
    except Refused as refused:
        raise Refused(f"accent: {refused}") from None


def _supporters(rule: object) -> SupportersRule:
    if rule not in get_args(SupportersRule):
        raise Refused(f"supporters: choose one of {', '.join(get_args(SupportersRule))}")
    return rule  # type: ignore[return-value]


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(name if isinstance(name, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("time_zone: write a name like Europe/London") from None


def _time(raw: dict[str, Any], name: str, zone: ZoneInfo, default: datetime | None) -> datetime:
    value = raw.get(name, default)
    if not isinstance(value, datetime):
        raise Refused(f"{name}: write a date and time, as in 2027-03-31T23:59:59")
    if not 1970 <= value.year <= _LAST_YEAR:
        raise Refused(f"{name}: write a year from 1970 to {_LAST_YEAR}")
    # A time without an offset is meant as a clock on the wall in the campaign's own zone. From here on it is UTC: added to a
    # clock on the wall, a grace of 24 hours would be 23 on the night the clocks go forward.
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _grace(hours: object) -> timedelta:
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 <= hours <= 24 * 14:
        raise Refused("grace_hours: write a number from 0 to 336")
    return timedelta(hours=hours)


def _goals(goals: object) -> tuple[int, ...]:
    if (
        not isinstance(goals, list)
        or not 1 <= len(goals) <= _MOST_GOALS
        or not all(type(goal) is int and 1 <= goal <= _LARGEST_GOAL for goal in goals)
        or sorted(set(goals)) != goals
    ):
        raise Refused(f"goals: write 1 to {_MOST_GOALS} whole numbers, each larger than the one before")
    return tuple(goals)


def _asked(fields: object) -> Asked:
    if not isinstance(fields, dict):
        raise Refused('fields: write a table, as in fields = { comment = "no" }')
    rules = {"country": FieldRule, "postcode": PostcodeRule, "comment": FieldRule}
    for name, rule in fields.items():
        if name not in rules:
            raise Refused(f"fields.{name}: there is no such field; known are {', '.join(rules)}")
        if rule not in get_args(rules[name]):
            raise Refused(f"fields.{name}: choose one of {', '.join(get_args(rules[name]))}")
    asked = Asked(**fields)
    if asked.postcode == "required-in-gb" and asked.country != "required":
        raise Refused("fields.postcode: required-in-gb needs country to be required")
    return asked
