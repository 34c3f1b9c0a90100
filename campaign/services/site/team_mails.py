"""Telling teams by mail: a goal that is reached, a deadline that comes near, and, to who wants it, what each day brought."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from campaign.domain.mail.kinds import MailKind
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.store.ledger import chart_data
from campaign.store.mail import outbox
from campaign.store.site import team_mails
from campaign.store.site.team_mails import DigestRecipient

MILESTONE_NEWS_WITHIN = timedelta(days=1)
"""After which a milestone is no news any more."""
CLOSING_REMINDERS_BEFORE = (timedelta(days=3), timedelta(days=1))
"""How long before the deadline teams are told of it."""
DIGEST_HOUR = 8
"""The hour of the morning, on the clock of one's first campaign, from which the digest of the day before is owed."""
_MAX_ROWS_PER_QUERY = 1_000
_MAX_CAMPAIGNS_PER_DIGEST = 20


def enqueue_team_mails(runtime: Runtime) -> int:
    """Owe every notice that has become due and was never owed before; returns how many. Safe to run twice or at once."""
    owed = _enqueue_milestone_mails(runtime) + _enqueue_closing_mails(runtime) + _enqueue_digests(runtime)
    if owed:
        runtime.enqueue_once(DELIVER_MAIL)
    return owed


def _enqueue_milestone_mails(runtime: Runtime) -> int:
    now = runtime.now()
    with runtime.reading() as connection:
        found = team_mails.milestone_recipients(connection, now - MILESTONE_NEWS_WITHIN, _MAX_ROWS_PER_QUERY)
    with runtime.transaction() as connection:
        return sum(
            outbox.enqueue_campaigner_mail(
                connection, MailKind.MILESTONE, now, campaigner_id=one.campaigner_id, campaign_id=one.campaign_id,
                facts={"goal": one.goal, "at": one.reached_at.isoformat()},
                dedupe_key=f"milestone:{one.campaign_id}:{one.goal}:{one.campaigner_id}",
            )
            for one in found
        ) if found else 0  # fmt: skip


def _enqueue_closing_mails(runtime: Runtime) -> int:
    now = runtime.now()
    with runtime.reading() as connection:
        found = team_mails.closing_recipients(connection, now, now + max(CLOSING_REMINDERS_BEFORE), _MAX_ROWS_PER_QUERY)
    owed = 0
    with runtime.transaction() as connection:
        for one in found:
            # A team that joins late is told once, of the nearest.
            days = min(soon for soon in CLOSING_REMINDERS_BEFORE if one.closes_at - now <= soon) // timedelta(days=1)
            goal = next((goal for goal in one.goals if goal > one.verified), 0)
            # A deadline that was moved comes near again.
            named = f"closing:{one.campaign_id}:{one.closes_at:%Y%m%d%H%M}:{days}:{one.campaigner_id}"
            owed += outbox.enqueue_campaigner_mail(
                connection,
                MailKind.CLOSING_SOON,
                now,
                campaigner_id=one.campaigner_id,
                campaign_id=one.campaign_id,
                dedupe_key=named,
                facts={"closes_at": one.closes_at.isoformat(), "verified": one.verified, "goal": goal, "days": days},
            )
    return owed


def _enqueue_digests(runtime: Runtime) -> int:
    now, owed = runtime.now(), 0
    for campaigner_id, campaigns in groupby(_followed(runtime, now), key=lambda one: one.campaigner_id):
        followed = list(campaigns)
        zone = ZoneInfo(followed[0].time_zone)
        local = now.astimezone(zone)
        if local.hour < DIGEST_HOUR:
            continue
        named = f"digest:{campaigner_id}:{local:%Y%m%d}"
        today = local.replace(hour=0, minute=0, second=0, microsecond=0)
        yesterday = (today - timedelta(hours=12)).replace(hour=0)
        with runtime.transaction() as connection:
            # Asked first, since the numbers of each day cost more than knowing that it was told.
            if outbox.was_enqueued(connection, named):
                continue
            facts = [_digest_entry(connection, one, yesterday, today) for one in followed[:_MAX_CAMPAIGNS_PER_DIGEST]]
            owed += outbox.enqueue_campaigner_mail(
                connection, MailKind.DIGEST, now, campaigner_id=campaigner_id, dedupe_key=named,
                facts={"campaigns": facts, "day": yesterday.isoformat()},
            )  # fmt: skip
    return owed


def _followed(runtime: Runtime, now: datetime) -> Iterator[DigestRecipient]:
    after = (0, 0)
    while True:
        with runtime.reading() as connection:
            page = team_mails.digest_recipients(connection, now, after, _MAX_ROWS_PER_QUERY)
        yield from page
        if len(page) < _MAX_ROWS_PER_QUERY:
            return
        after = (page[-1].campaigner_id, page[-1].campaign_id)


def _digest_entry(connection: Any, one: DigestRecipient, yesterday: datetime, today: datetime) -> dict[str, Any]:
    begin, end = (chart_data.total_at(connection, one.campaign_id, at.astimezone(UTC)) for at in (yesterday, today))
    return {"title": one.title, "slug": one.slug, "gained": end - begin, "verified": one.verified}
