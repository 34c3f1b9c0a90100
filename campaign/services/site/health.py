"""Health of the site, and the nightly proof of its counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from campaign.domain.common.formatting import format_utc
from campaign.jobs import DESK_QUEUE, EXPORT_QUEUE, LEDGER_QUEUE, MAIL_QUEUE, QUEUES
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns
from campaign.store.redis import clock_heartbeat, queue_status
from campaign.store.redis import mail_failure as stored_failure
from campaign.store.redis import reconcile_progress as progress_store
from campaign.store.site import administration, health

if TYPE_CHECKING:
    from datetime import datetime

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.store.redis.mail_failure import MailFailure
    from campaign.store.redis.queue_status import QueueStatus
    from campaign.store.site.health import MailBacklog

MAIL_OVERDUE_AFTER = timedelta(minutes=5)
"""Mail owed for longer than this means that nobody delivers it."""
_QUEUE_LABELS = {
    MAIL_QUEUE: "mail", LEDGER_QUEUE: "the count", DESK_QUEUE: "the desk",
    EXPORT_QUEUE: "exports and what is handed over",
}  # fmt: skip
_MAX_DRIFTING_NAMED = 10


@dataclass(frozen=True, slots=True)
class LastReconciliation:
    """Result of the last time that all counts were proved."""

    at: datetime
    campaigns: int
    drift: int
    """All that was off, added up; zero where every count is what the signatures add up to."""
    drifting: tuple[str, ...]
    """The campaigns whose counts were off."""


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """Health of the site."""

    at: datetime
    mail: MailBacklog
    campaigner_mail: MailBacklog
    queues: tuple[QueueStatus, ...] | None
    """The queues; None where Redis does not answer."""
    clock_seen_at: datetime | None
    """When a clock was last here; None where none was for a minute, or Redis does not answer."""
    last_reconciliation: LastReconciliation | None
    mail_failure: MailFailure | None = None
    """Why no mail leaves at present; None where it does, nobody has tried, or Redis does not answer."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, as sentences; none where all is well."""
        found = []
        if self.queues is None:
            found.append("Redis does not answer. Signing and counting go on; mail waits.")
        else:
            found += [f"No worker serves {_QUEUE_LABELS[line.queue]}." for line in self.queues if not line.workers]
            if self.clock_seen_at is None:
                found.append("No clock has ticked for a minute.")
        if self.mail_failure is not None:
            what = "refuses our sender or account, and takes nothing until that is mended" if (
                self.mail_failure.sender_refused) else "takes no mail"  # fmt: skip
            found.append(
                f"The mail server {what} (since {format_utc(self.mail_failure.since)}: {self.mail_failure.reason}). "
                "`countersign doctor` says more."
            )
        for backlog, to in ((self.mail, "signatories"), (self.campaigner_mail, "campaigners")):
            if backlog.oldest is not None and self.at - backlog.oldest > MAIL_OVERDUE_AFTER:
                minutes = int((self.at - backlog.oldest).total_seconds() / 60)
                found.append(f"Mail to {to} has waited for {minutes} minutes.")
        if self.last_reconciliation is not None and self.last_reconciliation.drift:
            found.append(
                f"Counts drift: {', '.join(self.last_reconciliation.drifting)}. Keep a copy of the database and report it."
            )
        return tuple(found)


def site_health(runtime: Runtime) -> SiteHealth:
    """Whether the site is well. A few short reads, however many signatures there are."""
    with runtime.reading() as connection:
        mail, notices, entry = (
            health.signatory_mail_backlog(connection),
            health.campaigner_mail_backlog(connection),
            audit_log.last_reconcile_entry(connection),
        )
    try:
        lines: tuple[QueueStatus, ...] | None = runtime.call_redis(lambda redis: queue_status.queue_statuses(redis, QUEUES))
        beat = runtime.call_redis(clock_heartbeat.last_heartbeat)
        failure = runtime.call_redis(stored_failure.mail_failure)
    except RedisUnavailableError:
        lines, beat, failure = None, None, None
    proved = None
    if entry is not None:
        found = entry.after
        proved = LastReconciliation(entry.created_at, found["campaigns"], found["drift"], tuple(found["drifting"]))
    return SiteHealth(runtime.now(), mail, notices, lines, beat, proved, failure)


def record_reconciliation(runtime: Runtime, actor: Actor, campaigns_checked: int, drifts: dict[str, int]) -> None:
    """Note that the counts of all campaigns were proved again: how many, and by how much those that were off were."""
    became = {"campaigns": campaigns_checked, "drift": sum(drifts.values()), "drifting": list(drifts)[:_MAX_DRIFTING_NAMED]}
    with runtime.transaction() as connection:
        audit_log.record(connection, actor, "reconcile", runtime.now(), subject=audit_log.RECONCILE_SUBJECT, after=became)


def record_campaign_reconciliation(runtime: Runtime, actor: Actor, campaign: Campaign, drift: int) -> None:
    """Note that the count of one campaign was proved again, and by how much it was off."""
    with runtime.transaction() as connection:
        now, became = runtime.now(), {"drift": drift}
        audit_log.record(connection, actor, "reconcile", now, campaign_id=campaign.id, subject=campaign.slug, after=became)


def last_reconciled_at(runtime: Runtime) -> datetime | None:
    """When the counts of all campaigns were last proved; None where they never were."""
    with runtime.reading() as connection:
        entry = audit_log.last_reconcile_entry(connection)
    return None if entry is None else entry.created_at


def reconcile_progress(runtime: Runtime) -> dict[str, Any] | None:
    """How far proving all counts has come; None where it is not under way. Raises RedisUnavailableError."""
    return runtime.call_redis(progress_store.reconcile_progress)


def set_reconcile_progress(runtime: Runtime, progress: dict[str, Any] | None) -> None:
    """Keep how far it has come, or that it is over. Raises RedisUnavailableError."""
    runtime.call_redis(lambda redis: progress_store.set_reconcile_progress(redis, progress))


def next_campaign(runtime: Runtime, after_id: int) -> Campaign | None:
    """The campaign after another in the order they were made; None after the last one."""
    with runtime.reading() as connection:
        number = administration.next_campaign_id(connection, after_id)
        return None if number is None else campaigns.get_by_id(connection, number)
