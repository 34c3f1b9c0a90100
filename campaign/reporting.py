"""Telling teams by mail: a goal that is reached, a deadline that comes near, and, to who wants it, what each day brought."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from campaign.jobs import DELIVER_NOTICES
from campaign.runtime import Runtime
from campaign.store import notices, reports, series
from campaign.store.reports import Followed

NEWS = timedelta(days=1)
"""After which a milestone is no news any more."""
SOON = (timedelta(days=3), timedelta(days=1))
"""How long before the deadline teams are told of it."""
DIGEST_AT = 8
"""The hour of the morning, on the clock of one's first campaign, from which the digest of the day before is owed."""
_MOST = 1_000
_MOST_IN_DIGEST = 20


def report(runtime: Runtime) -> int:
    """Owe every notice that has become due and was never owed before; returns how many. Safe to run twice or at once."""
    owed = _milestones(runtime) + _closing(runtime) + _digests(runtime)
    if owed:
        runtime.hint(DELIVER_NOTICES)
    return owed


def _milestones(runtime: Runtime) -> int:
    now = runtime.now()
    with runtime.reading() as connection:
        found = reports.reached(connection, now - NEWS, _MOST)
    with runtime.transaction() as connection:
        return sum(
            notices.promise(
                connection, "desk_milestone", now, campaigner_id=one.campaigner_id, campaign_id=one.campaign_id,
                facts={"goal": one.goal, "at": one.reached_at.isoformat()},
                once=f"milestone:{one.campaign_id}:{one.goal}:{one.campaigner_id}",
            )
            for one in found
        ) if found else 0  # fmt: skip


def _closing(runtime: Runtime) -> int:
    now = runtime.now()
    with runtime.reading() as connection:
        found = reports.closing(connection, now, now + max(SOON), _MOST)
    owed = 0
    with runtime.transaction() as connection:
        for one in found:
            # Whoever comes late to it is told once, of the nearest.
            days = min(soon for soon in SOON if one.closes_at - now <= soon) // timedelta(days=1)
            goal = next((goal for goal in one.goals if goal > one.verified), 0)
            # A deadline that was moved comes near again.
            named = f"closing:{one.campaign_id}:{one.closes_at:%Y%m%d%H%M}:{days}:{one.campaigner_id}"
            owed += notices.promise(
                connection, "desk_closing_soon", now, campaigner_id=one.campaigner_id, campaign_id=one.campaign_id, once=named,
                facts={"closes_at": one.closes_at.isoformat(), "verified": one.verified, "goal": goal, "days": days},
            )  # fmt: skip
    return owed


def _digests(runtime: Runtime) -> int:
    now, owed = runtime.now(), 0
    for campaigner_id, campaigns in groupby(_followed(runtime, now), key=lambda one: one.campaigner_id):
        followed = list(campaigns)
        zone = ZoneInfo(followed[0].time_zone)
        local = now.astimezone(zone)
        if local.hour < DIGEST_AT:
            continue
        named = f"digest:{campaigner_id}:{local:%Y%m%d}"
        today = local.replace(hour=0, minute=0, second=0, microsecond=0)
        yesterday = (today - timedelta(hours=12)).replace(hour=0)
        with runtime.transaction() as connection:
            # Asked first, since the numbers of each day cost more than knowing that it was told.
            if notices.was_promised(connection, named):
                continue
            facts = [_day(connection, one, yesterday, today) for one in followed[:_MOST_IN_DIGEST]]
            owed += notices.promise(
                connection, "desk_digest", now, campaigner_id=campaigner_id, once=named,
                facts={"campaigns": facts, "day": yesterday.isoformat()},
            )  # fmt: skip
    return owed


def _followed(runtime: Runtime, now: datetime) -> Iterator[Followed]:
    after = (0, 0)
    while True:
        with runtime.reading() as connection:
            page = reports.followed(connection, now, after, _MOST)
        yield from page
        if len(page) < _MOST:
            return
        after = (page[-1].campaigner_id, page[-1].campaign_id)


def _day(connection: Any, one: Followed, yesterday: datetime, today: datetime) -> dict[str, Any]:
    begin, end = (series.total_at(connection, one.campaign_id, at.astimezone(UTC)) for at in (yesterday, today))
    return {"title": one.title, "slug": one.slug, "gained": end - begin, "verified": one.verified}
