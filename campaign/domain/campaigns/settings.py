"""Settings of a campaign beside its words, checked: when it runs, what is asked of who signs, how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaign.domain.campaigns.campaign import FieldRule, PostcodeRule, RecipientKind, SignFormFields, SupportersRule
from campaign.domain.campaigns.colour import read_accent
from campaign.domain.campaigns.eligibility import ELIGIBILITY_KINDS, ELIGIBILITY_RULES, EligibilityKind, EligibilityRule
from campaign.domain.campaigns.next_step import NextStep, read_next_step
from campaign.domain.campaigns.web_address import read_web_address
from campaign.domain.campaigns.window import GRACE
from campaign.domain.common.field_reader import FieldReader, choice_reader
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.local_time import local_moment

DEFAULT_GOALS = (1_000, 10_000, 100_000)
DEFAULT_TIME_ZONE = "Europe/London"
RECIPIENT_KINDS: tuple[RecipientKind, ...] = get_args(RecipientKind)
SETTING_LENGTHS = {"contact": 254, "controller": 1_000, "organiser": 120}
"""Characters of the texts that a campaign has once, whatever its languages."""
MAX_GOALS = 20
_MAX_GOAL = 100_000_000
_MAX_YEAR = 2999
_MAX_GRACE = timedelta(days=14)
_HOUR = timedelta(hours=1)
_FIELD_RULES = {"country": FieldRule, "postcode": PostcodeRule, "comment": FieldRule}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Schedule: when a campaign runs. Times are aware."""

    opens_at: datetime
    closes_at: datetime
    grace: timedelta = GRACE
    time_zone: str = DEFAULT_TIME_ZONE


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """Settings of a campaign: goals, what it asks of signatories, and how it looks."""

    goals: tuple[int, ...] = DEFAULT_GOALS
    form_fields: SignFormFields = field(default_factory=SignFormFields)
    supporters: SupportersRule = "first-name"
    accent: str = ""
    contact: str = ""
    controller: str = ""
    organiser: str = ""
    organiser_url: str = ""
    next_step: NextStep = field(default_factory=NextStep)
    eligibility: EligibilityKind = "everybody"
    eligibility_rule: EligibilityRule = "optional"


def read_schedule(fields: FieldReader, now: datetime) -> Schedule:
    """`opens_at` (now, where it is left out), `closes_at`, `grace_hours` and `time_zone`. What is wrong is remembered."""
    zone = fields.read("time_zone", _zone, DEFAULT_TIME_ZONE, ZoneInfo(DEFAULT_TIME_ZONE))
    opens_at = fields.read("opens_at", lambda value: _time(value, zone), now, None)
    closes_at = fields.read("closes_at", lambda value: _time(value, zone), None, None)
    if opens_at and closes_at and closes_at <= opens_at:
        fields.add_error("closes_at", "must be later than the opening")
    if closes_at and closes_at <= now:
        fields.add_error("closes_at", "must be in the future")
    grace = fields.read("grace_hours", _grace, GRACE / _HOUR, GRACE)
    return Schedule(opens_at or now, closes_at or now, grace, zone.key)


def read_settings(fields: FieldReader) -> CampaignSettings:
    """All settings but the schedule, by the names of their fields. What is wrong is remembered in `fields`."""
    texts = {name: fields.text(name, longest) for name, longest in SETTING_LENGTHS.items()}
    texts["organiser"] = " ".join(texts["organiser"].split())
    return CampaignSettings(
        goals=fields.read("goals", _goals, list(DEFAULT_GOALS), DEFAULT_GOALS), form_fields=_form_fields(fields),
        supporters=fields.read("supporters", choice_reader(get_args(SupportersRule)), "first-name", "no"),
        accent=fields.read("accent", lambda value: read_accent(value if isinstance(value, str) else "?"), "", ""),
        organiser_url=fields.read("organiser_url", read_web_address, "", ""),
        next_step=read_next_step(fields),
        eligibility=fields.read("eligibility", choice_reader(ELIGIBILITY_KINDS), "everybody", "everybody"),
        eligibility_rule=fields.read("eligibility_rule", choice_reader(ELIGIBILITY_RULES), "optional", "optional"), **texts,
    )  # fmt: skip


def read_recipient_kind(fields: FieldReader) -> RecipientKind:
    """`recipient_kind`. What is wrong is remembered."""
    return fields.read("recipient_kind", choice_reader(RECIPIENT_KINDS), "other", "other")


def check_settings(raw: Mapping[str, Any], now: datetime, *, with_schedule: bool) -> tuple[Schedule | None, CampaignSettings]:
    """The settings of a campaign, with its times where they are asked for. Raises InvalidFieldsError with all that is wrong."""
    fields = FieldReader(raw)
    times = read_schedule(fields, now) if with_schedule else None
    rules = read_settings(fields)
    fields.raise_errors()
    return times, rules


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(name if isinstance(name, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInputError("write a name like Europe/London") from None


def _time(value: object, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        raise InvalidInputError("write a date and time, as in 2027-03-31T23:59:59")
    if not 1970 <= value.year <= _MAX_YEAR:
        raise InvalidInputError(f"write a year from 1970 to {_MAX_YEAR}")
    # A time without an offset is meant as a clock on the wall in the campaign's own zone. From here on it is UTC: added to a
    # clock on the wall, a grace of 24 hours would be 23 on the night the clocks go forward.
    return value.astimezone(UTC) if value.tzinfo else local_moment(value, zone)


def _grace(hours: object) -> timedelta:
    longest = _MAX_GRACE / _HOUR
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 <= hours <= longest:
        raise InvalidInputError(f"write a number from 0 to {longest:.0f}")
    return timedelta(hours=hours)


def _goals(goals: object) -> tuple[int, ...]:
    if (
        not isinstance(goals, list)
        or not 1 <= len(goals) <= MAX_GOALS
        or not all(type(goal) is int and 1 <= goal <= _MAX_GOAL for goal in goals)
        or sorted(set(goals)) != goals
    ):
        raise InvalidInputError(f"write 1 to {MAX_GOALS} whole numbers, each larger than the one before")
    return tuple(goals)


def _form_fields(fields: FieldReader) -> SignFormFields:
    table = fields.raw.get("fields", {})
    if not isinstance(table, dict):
        fields.add_error("fields", 'write a table, as in fields = { comment = "no" }')
        return SignFormFields()
    plain = SignFormFields()
    inner = FieldReader(table, f"{fields.prefix}fields.", fields.errors)
    inner.reject_unknown(frozenset(_FIELD_RULES))
    rules = {
        name: inner.read(name, choice_reader(get_args(kind)), getattr(plain, name), None) for name, kind in _FIELD_RULES.items()
    }
    if rules["postcode"] == "required-in-gb" and rules["country"] in ("no", "optional"):
        inner.add_error("postcode", "required-in-gb needs country to be required")
    return SignFormFields(**{name: rule for name, rule in rules.items() if rule is not None})
