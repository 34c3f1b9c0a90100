"""Grace after an outage of mail: it grows by the time for which nobody could be sent a verification mail.

It is decided once for each deadline, a quarter of an hour before the grace ends, and at the latest in the transaction that
would certify the total.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from campaign.domain.accounts.actor import SITE
from campaign.domain.campaigns.announcement import AnnouncementKind, Announcer
from campaign.domain.campaigns.mail_outage import DECIDED_BEFORE_END, LOOK_BACK, GraceExtension, grace_extension
from campaign.domain.common.formatting import format_utc
from campaign.domain.mail.delay import provider_name
from campaign.jobs import CLOSE_CAMPAIGNS
from campaign.runtime import Runtime
from campaign.runtime.steps import MAX_ITEMS, TimeBudget, run_steps
from campaign.store.accounts import audit_log
from campaign.store.campaigns import announcements, campaigns, grace_decisions, lifecycle
from campaign.store.site import switches

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

TIME_BUDGET_SECONDS = 5.0
"""Seconds of one round."""


def is_decision_due(runtime: Runtime) -> bool:
    """Whether a grace ends soon for which nothing is decided."""
    with runtime.reading() as connection:
        return bool(grace_decisions.due_campaign_ids(connection, runtime.now() + DECIDED_BEFORE_END, 1))


def decide_due_graces(runtime: Runtime) -> list[int]:
    """Decide for every grace that ends soon; returns the campaigns whose grace has grown."""
    with runtime.reading() as connection:
        due = grace_decisions.due_campaign_ids(connection, runtime.now() + DECIDED_BEFORE_END, MAX_ITEMS)
    extended: list[int] = []

    def decide_one(campaign_id: int) -> None:
        with runtime.transaction() as connection:
            # While nobody can verify, nobody's grace ends: it is given back first.
            if switches.read_only_since(connection) is not None:
                return
            if not decide_grace(connection, campaign_id, runtime.now()):
                return
            campaign = campaigns.get_by_id(connection, campaign_id)
        runtime.cache_campaign(campaign)
        extended.append(campaign_id)

    run_steps(runtime, CLOSE_CAMPAIGNS, decide_one, due, TimeBudget(TIME_BUDGET_SECONDS), part="grace")
    return extended


def decide_grace(connection: "Connection", campaign_id: int, now: datetime) -> bool:
    """Decide for a campaign whose grace ends soon, and tell the public. False where its grace stays as it is."""
    lifecycle.lock_campaign(connection, campaign_id)
    due = grace_decisions.due_window(connection, campaign_id, now + DECIDED_BEFORE_END)
    if due is None:
        return False
    closes_at, verify_until = due
    mails = grace_decisions.mails_before_deadline(
        connection, campaign_id, closes_at - LOOK_BACK, closes_at, verify_until, min(now, verify_until)
    )
    added_before = grace_decisions.added_so_far(connection, campaign_id)
    found = grace_extension(mails, lambda domain: provider_name(f"@{domain}"), closes_at, verify_until, now, added_before)
    if not grace_decisions.record_decision(connection, campaign_id, closes_at, found, now) or found is None:
        return False
    if not grace_decisions.extend_grace(connection, campaign_id, closes_at, verify_until, verify_until + found.added):
        return False
    _tell(connection, campaign_id, found, verify_until, now)
    return True


def _tell(connection: "Connection", campaign_id: int, extension: GraceExtension, was: datetime, now: datetime) -> None:
    """Tell the public and the audit log."""
    outage, became = extension.outage, was + extension.added
    facts = {
        "grace_was": format_utc(was), "grace_became": format_utc(became), "provider": outage.provider,
        "began": format_utc(outage.began_at), "ended": format_utc(outage.ended_at),
    }  # fmt: skip
    announcements.add_announcement(connection, campaign_id, AnnouncementKind.GRACE_EXTENDED, Announcer.SITE, "", facts, now)
    after = campaigns.get_by_id(connection, campaign_id)
    audit_log.record(
        connection, SITE, "extend grace", now, campaign_id=campaign_id, subject=after.slug,
        before={"verify_until": facts["grace_was"]},
        after={
            "verify_until": facts["grace_became"], "mails": outage.mails, "provider": outage.provider,
            "began": facts["began"], "ended": facts["ended"],
        },
    )  # fmt: skip
    log.warning("A grace has grown by an outage of mail", campaign=after.slug, provider=outage.provider, mails=outage.mails,
                minutes=int(extension.added.total_seconds() // 60))  # fmt: skip
