"""A campaign as its maker writes it down, checked field by field before anything is stored."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaign.domain.refusal import Refused
from campaign.domain.standing import Asked, FieldRule, PostcodeRule
from campaign.domain.window import GRACE

DEFAULT_GOALS = (1_000, 10_000, 100_000)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
_LIMITS = {"title": 150, "recipient": 200, "ask": 1_000, "background": 50_000, "note": 500, "contact": 254}
"""Characters a text may have."""
_MOST_GOALS = 20
_LARGEST_GOAL = 100_000_000
_LAST_YEAR = 2999
_FIELDS = frozenset({*_LIMITS, "slug", "opens_at", "closes_at", "grace_hours", "time_zone", "goals", "fields"})


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
    contact: str = ""
    grace: timedelta = GRACE
    time_zone: str = "Europe/London"
    goals: tuple[int, ...] = DEFAULT_GOALS
    asked: Asked = field(default_factory=Asked)


def text_hash(*, slug: str, title: str, recipient: str, ask: str, background: str) -> str:
    """SHA-256, in hexadecimal, of the exact text people sign: the UTF-8 of a JSON list of slug, title, recipient, ask and
    background, without spaces after its commas and with no character escaped that need not be. Anybody can recompute it."""
    exact = json.dumps([slug, title, recipient, ask, background], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(exact.encode()).hexdigest()


def read_definition(raw: dict[str, Any], now: datetime) -> Definition:
    """Check a campaign written as a table (a TOML file). `now` is the opening time where none is given.

    Raises Refused with one line that names the field.
    """
    if unknown := sorted(raw.keys() - _FIELDS):
        raise Refused(f"{unknown[0]}: there is no such field; known are {', '.join(sorted(_FIELDS))}")
    texts = {name: _text(raw, name) for name in _LIMITS}
    for name in ("title", "ask"):
        if not texts[name]:
            raise Refused(f"{name}: is missing")
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
    return Definition(
        slug=slug, opens_at=opens_at, closes_at=closes_at, time_zone=zone.key,
        grace=_grace(raw.get("grace_hours", GRACE / timedelta(hours=1))),
        goals=_goals(raw.get("goals", list(DEFAULT_GOALS))), asked=_asked(raw.get("fields", {})), **texts,
    )  # fmt: skip


def _text(raw: dict[str, Any], name: str) -> str:
    text = raw.get(name, "")
    if not isinstance(text, str):
        raise Refused(f"{name}: must be text")
    text = text.replace("\r\n", "\n").strip()
    if len(text) > _LIMITS[name]:
        raise Refused(f"{name}: must be {_LIMITS[name]} characters or fewer; it has {len(text)}")
    if "\x00" in text:
        raise Refused(f"{name}: contains a NUL character")
    return text


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
