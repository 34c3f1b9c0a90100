"""History of a campaign's count, hour by hour, equal to what the public log adds up to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from campaign.runtime import Runtime
from campaign.store.log import history
from campaign.store.log.history import CertifiedTotal, LoggedCampaign, LoggedHour

MAX_HOURS = 100_000
"""Hours read: eleven years of them."""
MIN_ENTRIES_BY_HOUR = 100
"""Entries from which on the history is told by the hour; a small campaign's by the day."""
MAX_HOURS_SHOWN = 3_000
"""Hours told one by one: four months in which something happened in each. A longer history is told by the day."""
_EVENTS = ("verify", "paper", "restore", "withdraw", "invalidate", "undo")


@dataclass(frozen=True, slots=True)
class CountHistory:
    """The count of one campaign as the log has it."""

    logged: LoggedCampaign | None
    """None while nothing is logged."""
    certified: CertifiedTotal | None
    resolution: Literal["hour", "day"]
    periods: tuple[LoggedHour, ...]
    """Hours or days (UTC) in which anything was counted, the oldest first."""

    def sum(self, event: str) -> int:
        """Entries of one event, of all time."""
        return sum(int(getattr(period, event)) for period in self.periods)


def count_history(runtime: Runtime, campaign_id: int) -> CountHistory:
    """The history of a campaign's count."""
    with runtime.snapshot() as connection:
        logged = history.logged_campaign(connection, campaign_id)
        certified = history.certified_total(connection, campaign_id)
        hours = history.logged_hours(connection, campaign_id, MAX_HOURS)
    if (logged.sequence if logged else 0) >= MIN_ENTRIES_BY_HOUR and len(hours) <= MAX_HOURS_SHOWN:
        return CountHistory(logged, certified, "hour", tuple(hours))
    return CountHistory(logged, certified, "day", by_day(hours))


def by_day(hours: Sequence[LoggedHour]) -> tuple[LoggedHour, ...]:
    """Hours put together by day (UTC)."""
    days: dict[datetime, LoggedHour] = {}
    for each in hours:
        day = each.hour.replace(hour=0)
        before = days.get(day)
        sums = {event: getattr(each, event) + (getattr(before, event) if before else 0) for event in _EVENTS}
        days[day] = replace(each, hour=day, **sums)
    return tuple(days.values())
