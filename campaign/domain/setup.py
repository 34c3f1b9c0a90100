"""What is decided of a campaign beside its words, checked: when it runs, what is asked of who signs, how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaign.domain.colour import read_accent
from campaign.domain.fields import Fields, one_of
from campaign.domain.refusal import Refused
from campaign.domain.standing import Asked, FieldRule, PostcodeRule, RecipientKind, SupportersRule
from campaign.domain.window import GRACE

DEFAULT_GOALS = (1_000, 10_000, 100_000)
DEFAULT_ZONE = "Europe/London"
RECIPIENT_KINDS: tuple[RecipientKind, ...] = get_args(RecipientKind)
LIMITS = {"contact": 254, "controller": 1_000}
"""Characters of the texts that a campaign has once, whatever its languages."""
MOST_GOALS = 20
_LARGEST_GOAL = 100_000_000
_LAST_YEAR = 2999
_LONGEST_GRACE = timedelta(days=14)
_HOUR = timedelta(hours=1)
_RULES = {"country": FieldRule, "postcode": PostcodeRule, "comment": FieldRule}


@dataclass(frozen=True, slots=True)
class Times:
    """When a campaign runs. Times are aware."""

    opens_at: datetime
    closes_at: datetime
    grace: timedelta = GRACE
    time_zone: str = DEFAULT_ZONE


@dataclass(frozen=True, slots=True)
class Rules:
    """What a campaign wants to reach, whom it asks for what, and how it looks."""

    goals: tuple[int, ...] = DEFAULT_GOALS
    asked: Asked = field(default_factory=Asked)
    supporters: SupportersRule = "first-name"
    accent: str = ""
    contact: str = ""
    controller: str = ""


def read_times(fields: Fields, now: datetime) -> Times:
    """`opens_at` (now, where it is left out), `closes_at`, `grace_hours` and `time_zone`. What is wrong is remembered."""
    zone = fields.read("time_zone", _zone, DEFAULT_ZONE, ZoneInfo(DEFAULT_ZONE))
    opens_at = fields.read("opens_at", lambda value: _time(value, zone), now, None)
    closes_at = fields.read("closes_at", lambda value: _time(value, zone), None, None)
    if opens_at and closes_at and closes_at <= opens_at:
        fields.refuse("closes_at", "must be later than the opening")
    if closes_at and closes_at <= now:
        fields.refuse("closes_at", "must be in the future")
    grace = fields.read("grace_hours", _grace, GRACE / _HOUR, GRACE)
    return Times(opens_at or now, closes_at or now, grace, zone.key)


def read_rules(fields: Fields) -> Rules:
    """`goals`, `fields`, `supporters`, `accent`, `contact` and `controller`. What is wrong is remembered."""
    texts = {name: fields.text(name, longest) for name, longest in LIMITS.items()}
    return Rules(
        goals=fields.read("goals", _goals, list(DEFAULT_GOALS), DEFAULT_GOALS), asked=_asked(fields),
        supporters=fields.read("supporters", one_of(get_args(SupportersRule)), "first-name", "no"),
        accent=fields.read("accent", lambda value: read_accent(value if isinstance(value, str) else "?"), "", ""), **texts,
    )  # fmt: skip


def read_kind(fields: Fields) -> RecipientKind:
    """`recipient_kind`. What is wrong is remembered."""
    return fields.read("recipient_kind", one_of(RECIPIENT_KINDS), "other", "other")


def check_settings(raw: Mapping[str, Any], now: datetime, *, window: bool) -> tuple[Times | None, Rules]:
    """The settings of a campaign, with its times where the `window` is asked for. Raises Wrong with all that is wrong."""
    fields = Fields(raw)
    times = read_times(fields, now) if window else None
    rules = read_rules(fields)
    fields.settle()
    return times, rules


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(name if isinstance(name, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("write a name like Europe/London") from None


def _time(value: object, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        raise Refused("write a date and time, as in 2027-03-31T23:59:59")
    if not 1970 <= value.year <= _LAST_YEAR:
        raise Refused(f"write a year from 1970 to {_LAST_YEAR}")
    # A time without an offset is meant as a clock on the wall in the campaign's own zone. From here on it is UTC: added to a
    # clock on the wall, a grace of 24 hours would be 23 on the night the clocks go forward.
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _grace(hours: object) -> timedelta:
    longest = _LONGEST_GRACE / _HOUR
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 <= hours <= longest:
        raise Refused(f"write a number from 0 to {longest:.0f}")
    return timedelta(hours=hours)


def _goals(goals: object) -> tuple[int, ...]:
    if (
        not isinstance(goals, list)
        or not 1 <= len(goals) <= MOST_GOALS
        or not all(type(goal) is int and 1 <= goal <= _LARGEST_GOAL for goal in goals)
        or sorted(set(goals)) != goals
    ):
        raise Refused(f"write 1 to {MOST_GOALS} whole numbers, each larger than the one before")
    return tuple(goals)


def _asked(fields: Fields) -> Asked:
    table = fields.raw.get("fields", {})
    if not isinstance(table, dict):
        fields.refuse("fields", 'write a table, as in fields = { comment = "no" }')
        return Asked()
    plain = Asked()
    inner = Fields(table, f"{fields.within}fields.", fields.errors)
    inner.know(frozenset(_RULES))
    rules = {name: inner.read(name, one_of(get_args(kind)), getattr(plain, name), None) for name, kind in _RULES.items()}
    if rules["postcode"] == "required-in-gb" and rules["country"] in ("no", "optional"):
        inner.refuse("postcode", "required-in-gb needs country to be required")
    return Asked(**{name: rule for name, rule in rules.items() if rule is not None})
