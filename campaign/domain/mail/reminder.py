"""Reminders to who has not confirmed: one after a day, one before the deadline, and never a third."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.domain.mail.kinds import MailKind

FIRST_REMINDER_AFTER = timedelta(days=1)
"""Time from signing to the first reminder."""
MAX_FIRST_REMINDER_AGE = timedelta(days=3)
"""Nobody is reminded for the first time later than this, where no clock ran or reminders were off."""
MIN_TIME_TO_VERIFY = timedelta(hours=1)
"""Nobody is reminded of a link that ends sooner."""
LAST_REMINDER_BEFORE = timedelta(days=1)
"""Time before the deadline from which the last reminders are owed."""
MIN_AGE_AT_DEADLINE = timedelta(days=3)
"""Time from signing to the deadline below which there is no last reminder: it would come hard after the first."""
MAX_AGE_AT_DEADLINE = timedelta(days=60)
"""Time from signing to the deadline above which there is none: many a mailbox is somebody else's by then, or a trap."""


@dataclass(frozen=True, slots=True)
class ReminderWindow:
    """Time in which those signed who are reminded now: after `since`, and not after `until`."""

    since: datetime
    until: datetime


def reminder_windows(now: datetime, closes_at: datetime, verify_until: datetime) -> Mapping[MailKind, ReminderWindow]:
    """Whom of a campaign's signatories each reminder is owed to at a moment; without those that none is owed of."""
    found = {}
    if now + MIN_TIME_TO_VERIFY < verify_until:
        found[MailKind.REMINDER] = ReminderWindow(now - MAX_FIRST_REMINDER_AGE, now - FIRST_REMINDER_AFTER)
    if closes_at - LAST_REMINDER_BEFORE <= now < closes_at:
        since, until = closes_at - MAX_AGE_AT_DEADLINE, closes_at - MIN_AGE_AT_DEADLINE
        found[MailKind.LAST_REMINDER] = ReminderWindow(since, until)
    return found
