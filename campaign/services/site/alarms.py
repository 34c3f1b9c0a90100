"""Alarms: what is watched for, the mails to those who can do something, and the banner at the desk.

What finds a cause elsewhere raises its alarm in its own transaction (`campaign.store.site.alarms.raise_alarm`).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.kinds import MailKind
from campaign.domain.site.alarm import (
    BOUNCE_WINDOW,
    FLOOD_WAIT,
    FLOOD_WAITING_MAILS,
    MAX_BOUNCE_SHARE,
    MIN_MAILS_FOR_BOUNCE_RATE,
    AlarmKind,
)
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.accounts import audit_log
from campaign.store.mail import outbox
from campaign.store.redis import mail_failure
from campaign.store.site import alarm_causes, alarms
from campaign.store.site.alarms import Alarm

if TYPE_CHECKING:
    from sqlalchemy import Connection

RETENTION = timedelta(days=30)
"""How long an alarm that is over is kept."""
_MAX_MAILED_AT_ONCE = 20
"""Alarms whose mails are owed in one transaction."""


def raise_alarms(runtime: Runtime) -> int:
    """Look for what alarms are about, and owe the mails of those that were raised; returns for how many. Safe to run twice
    or at once."""
    _look_at_mail(runtime)
    return _enqueue_mails(runtime)


def standing_alarms(runtime: Runtime, campaign: Campaign | None) -> Sequence[Alarm]:
    """Alarms of a campaign, or of the whole site, that are neither over nor put aside."""
    with runtime.reading() as connection:
        return alarms.standing_alarms(connection, runtime.now(), None if campaign is None else campaign.id)


def dismiss_alarm(runtime: Runtime, actor: Actor, alarm_id: int, campaign: Campaign | None) -> bool:
    """Put an alarm of a campaign, or of the whole site, aside. False where it was before, or is not there."""
    now, campaign_id = runtime.now(), None if campaign is None else campaign.id
    with runtime.transaction() as connection:
        done = alarms.dismiss_alarm(connection, alarm_id, campaign_id, actor.campaigner_id, now)
        if done:
            audit_log.record(connection, actor, "dismiss alarm", now, campaign_id=campaign_id, subject=f"alarm {alarm_id}")
    return done


def _look_at_mail(runtime: Runtime) -> None:
    now = runtime.now()
    try:
        failure = runtime.call_redis(mail_failure.mail_failure)
    except RedisUnavailableError:
        failure = None
    with runtime.reading() as connection:
        floods = alarm_causes.waiting_floods(connection, now, now + FLOOD_WAIT, FLOOD_WAITING_MAILS)
        counts = alarm_causes.bounce_counts(connection, now, now - BOUNCE_WINDOW, MIN_MAILS_FOR_BOUNCE_RATE)
    bouncing = [one for one in counts if one.bounced > MAX_BOUNCE_SHARE * one.mails]
    is_refused = failure is not None and failure.sender_refused
    if not (floods or bouncing or is_refused):
        return
    with runtime.transaction() as connection:
        if is_refused:
            alarms.raise_alarm(connection, AlarmKind.SENDER_REFUSED, now)
        for flood in floods:
            facts = {"waiting": flood.waiting}
            alarms.raise_alarm(connection, AlarmKind.FLOOD, now, campaign_id=flood.campaign_id, facts=facts)
        for one in bouncing:
            facts = {"mails": one.mails, "bounced": one.bounced}
            alarms.raise_alarm(connection, AlarmKind.BOUNCES, now, campaign_id=one.campaign_id, facts=facts)


def _enqueue_mails(runtime: Runtime) -> int:
    with runtime.reading() as connection:
        raised = alarms.unmailed_alarms(connection, _MAX_MAILED_AT_ONCE)
    if not raised:
        return 0
    with runtime.transaction() as connection:
        for one in raised:
            _enqueue_mails_about(runtime, connection, one)
        alarms.delete_old_alarms(connection, runtime.now() - RETENTION)
    runtime.enqueue_once(DELIVER_MAIL)
    return len(raised)


def _enqueue_mails_about(runtime: Runtime, connection: "Connection", alarm: Alarm) -> None:
    now = runtime.now()
    for campaigner_id in alarms.recipient_ids(connection, alarm.campaign_id):
        outbox.enqueue_campaigner_mail(
            connection, MailKind.ALARM, now, campaigner_id=campaigner_id, campaign_id=alarm.campaign_id,
            facts={"alarm": alarm.kind.value, "numbers": dict(alarm.facts), "at": alarm.raised_at.isoformat()},
            dedupe_key=f"alarm:{alarm.id}:{campaigner_id}",
        )  # fmt: skip
    alarms.mark_mailed(connection, alarm.id, now)
