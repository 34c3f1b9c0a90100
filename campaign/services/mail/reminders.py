"""Reminders: owed to who has not confirmed, step by step, by the clock; and whether a campaign sends them."""

from collections.abc import Iterator
from functools import partial

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.kinds import MailKind
from campaign.domain.mail.reminder import ReminderWindow, reminder_windows
from campaign.jobs import DELIVER_MAIL, SEND_REMINDERS
from campaign.runtime import Runtime
from campaign.runtime.steps import TimeBudget, run_steps
from campaign.store.accounts import audit_log
from campaign.store.mail import reminders
from campaign.store.mail.reminders import RemindedCampaign, ReminderPlace
from campaign.store.site.switches import active_switches

TIME_BUDGET_SECONDS = 20.0
"""Seconds after which a job ends; the next one goes on where it was."""
STEP_SIZE = 200
"""Signatures looked at in one transaction."""
_MAX_CAMPAIGNS_PER_QUERY = 200


def enqueue_reminders(runtime: Runtime) -> int:
    """Owe the reminders that have become due; returns how many. Safe to run twice or at once.

    None while the operator has reminders off (`MAIL_REMINDERS`), or signing paused.
    """
    if not runtime.settings.mail_reminders:
        return 0
    with runtime.reading() as connection:
        if active_switches(connection).pauses_signing:
            return 0
    due = {
        f"{campaign.id} {kind.value}": partial(_enqueue_some, runtime, campaign.id, kind, window)
        for campaign in _campaigns(runtime)
        for kind, window in reminder_windows(runtime.now(), campaign.closes_at, campaign.verify_until).items()
    }
    steps = run_steps(runtime, SEND_REMINDERS, lambda name: due[name](), list(due), TimeBudget(TIME_BUDGET_SECONDS))
    if steps.done:
        runtime.enqueue_once(DELIVER_MAIL)
    return steps.done


def are_reminders_on(runtime: Runtime, campaign: Campaign) -> bool:
    """Whether a campaign reminds those who have not confirmed."""
    with runtime.reading() as connection:
        return reminders.are_reminders_on(connection, campaign.id)


def switch_reminders(runtime: Runtime, actor: Actor, campaign: Campaign, *, on: bool) -> bool:
    """Let a campaign remind, or not. False where that was so."""
    with runtime.transaction() as connection:
        done = reminders.switch_reminders(connection, campaign.id, on=on)
        if done:
            was, became = {"reminders": not on}, {"reminders": on}
            now = runtime.now()
            audit_log.record(connection, actor, "switch reminders", now, campaign_id=campaign.id, before=was, after=became)
    return done


def _campaigns(runtime: Runtime) -> Iterator[RemindedCampaign]:
    after = 0
    while True:
        with runtime.reading() as connection:
            page = reminders.reminded_campaigns(connection, runtime.now(), after, _MAX_CAMPAIGNS_PER_QUERY)
        yield from page
        if len(page) < _MAX_CAMPAIGNS_PER_QUERY:
            return
        after = page[-1].id


def _enqueue_some(runtime: Runtime, campaign_id: int, kind: MailKind, window: ReminderWindow) -> int | None:
    """One step of one kind of a campaign's reminders: how many were owed; None where nobody was left to look at."""
    owed, now = 0, runtime.now()
    with runtime.transaction() as connection:
        place = reminders.reminder_place(connection, campaign_id, kind)
        if place is None or place.signed_at < window.since:
            place = ReminderPlace(window.since, 0)
        step = reminders.next_candidates(connection, campaign_id, place, window.until, now, STEP_SIZE)
        for one in step:
            if one.is_due:
                owed += reminders.enqueue_reminder(connection, kind, one, now, runtime.mailbox_limit)
        if step:
            reminders.set_reminder_place(connection, campaign_id, kind, ReminderPlace(step[-1].signed_at, step[-1].id))
    return owed or (0 if len(step) == STEP_SIZE else None)
