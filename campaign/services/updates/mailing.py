"""Updates whose time has come: published by a worker, and mailed step by step behind all other mail.

A worker that dies loses the step it was in, whole; the next one goes on after the last step that was committed.
"""

import structlog

from campaign.domain.accounts.actor import SITE
from campaign.domain.mail.claim import MAILING_STOPPED
from campaign.domain.updates.update import MailingState, UpdateState
from campaign.jobs import DELIVER_MAIL, PUBLISH_UPDATES
from campaign.runtime import Runtime
from campaign.runtime.steps import MAX_ITEMS, TimeBudget, run_steps
from campaign.services.updates.write import publish_locked
from campaign.store.accounts import audit_log
from campaign.store.campaigns import lifecycle
from campaign.store.updates import mailing, updates

log = structlog.get_logger(__name__)

MAX_MAILS_PER_STEP = 2_000
"""Mails promised, or dropped, in one transaction: about a tenth of a second in which SQLite takes no other write."""
TIME_BUDGET_SECONDS = 20.0
"""Seconds of one job."""


def has_due_updates(runtime: Runtime) -> bool:
    """Whether a worker has something to publish, or a mailing to go on with."""
    with runtime.reading() as connection:
        return updates.is_any_due(connection, runtime.now())


def run_due_updates(runtime: Runtime) -> int:
    """Publish what is due and do steps of all mailings, within a time budget; returns how many mails were promised or
    dropped."""
    with runtime.reading() as connection:
        scheduled = set(updates.scheduled_due(connection, runtime.now(), MAX_ITEMS))
        mailed = mailing.due_mailing_ids(connection, MAX_ITEMS)

    def publish_or_mail(update_id: int) -> int | None:
        if update_id in scheduled:
            scheduled.remove(update_id)
            _publish(runtime, update_id)
            return 0
        return run_step(runtime, update_id)

    due = sorted(scheduled.union(mailed))
    steps = run_steps(runtime, PUBLISH_UPDATES, publish_or_mail, due, TimeBudget(TIME_BUDGET_SECONDS))
    if steps.done:
        runtime.enqueue_once(DELIVER_MAIL)
    return steps.done


def _publish(runtime: Runtime, update_id: int) -> None:
    """Publish a scheduled update whose time has come."""
    now = runtime.now()
    with runtime.transaction() as connection:
        update = updates.get_by_id(connection, update_id)
        if update is None:
            return
        lifecycle.lock_campaign(connection, update.campaign_id)
        update = updates.get_by_id(connection, update_id)
        # Afresh: it may have been taken out of the schedule, or put off.
        if update is None or update.state is not UpdateState.SCHEDULED or update.publish_at is None:
            return
        if update.publish_at <= now:
            publish_locked(connection, SITE, update, now)
            log.info("A scheduled update is published", update=update_id)


def run_step(runtime: Runtime, update_id: int) -> int | None:
    """One step of one mailing; None where there was none left."""
    with runtime.transaction() as connection:
        update = mailing.get_for_update(connection, update_id)
        now = runtime.now()
        if update is not None and update.mailing is MailingState.STOPPING:
            dropped = mailing.drop_step(connection, update_id, MAX_MAILS_PER_STEP, MAILING_STOPPED, now)
            if dropped:
                return dropped
            mailing.set_mailing(connection, update_id, MailingState.STOPPED, MailingState.STOPPING)
            return None
        if update is None or update.mailing is not MailingState.RUNNING:
            return None
        added = mailing.enqueue_step(connection, update, MAX_MAILS_PER_STEP, now)
        if added is not None:
            return added
        mailing.set_mailing(connection, update_id, MailingState.ENQUEUED, MailingState.RUNNING)
        audit_log.record(
            connection, SITE, "finish mailing", now, campaign_id=update.campaign_id, subject=f"update {update_id}",
            after={"mails": update.enqueued},
        )  # fmt: skip
    log.info("An update is handed over to be mailed", update=update_id, mails=update.enqueued)
    return None
