"""Retention of personal data: when that of a campaign's signatories ends, and what sooner."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

ANNOUNCED_BEFORE = timedelta(days=14)
"""How long before its end the team is told. Nothing is destroyed that was not announced for so long."""
WITHDRAWN_RETENTION = timedelta(days=30)
"""How long the details of a signature that was withdrawn are kept: as long as somebody may ask what became of it."""
CAMPAIGNER_MAIL_RETENTION = timedelta(days=30)
"""How long what campaigners and people who complained were sent, and links to sign in with that are over, are kept."""
INVITATION_RETENTION = CAMPAIGNER_MAIL_RETENTION
"""How long an invitation is kept, with the address it was mailed to, once it has expired, was taken back or accepted: as long
as settled mails to campaigners are, so that all that is known of one ends together. Until then one that expired can be sent
again."""
UNUSED_ACCOUNT_RETENTION = INVITATION_RETENTION
"""How long the account of somebody who was added by command line and never came in is kept once their last link has expired:
the link is an invitation, printed instead of mailed."""
MIN_RETENTION_MONTHS = 1
MAX_RETENTION_MONTHS = 120
"""The most that any site may allow; each sets its own."""


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """Plan of retention: when the personal data of one campaign ends, and how far that is."""

    campaign_id: int
    slug: str
    title: str
    closes_at: datetime
    finalised_at: datetime | None
    chosen_months: int | None
    """None: the default of the site."""
    months: int
    """Months after the deadline, within the limits of the site."""
    announced_at: datetime | None
    """When the team was told; None while it was not."""
    started_at: datetime | None
    finished_at: datetime | None
    """When all of it was destroyed."""
    erased_signatures: int
    deleted_mails: int

    @property
    def ends_at(self) -> datetime:
        """When it is destroyed: so many months after the deadline, and never sooner than announced."""
        end = add_months(self.closes_at, self.months)
        return end if self.announced_at is None else max(end, self.announced_at + ANNOUNCED_BEFORE)

    def expected_end(self, now: datetime) -> datetime:
        """When it will be destroyed, also where that should have been announced long ago."""
        return self.ends_at if self.announced_at else max(self.ends_at, now + ANNOUNCED_BEFORE)

    def announcement_due(self, now: datetime) -> bool:
        """Whether the team is to be told."""
        return self.finalised_at is not None and self.announced_at is None and now >= self.ends_at - ANNOUNCED_BEFORE

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be destroyed."""
        return (
            self.finalised_at is not None
            and self.finished_at is None
            and self.announced_at is not None
            and (self.started_at is not None or now >= self.ends_at)
        )


def add_months(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the last of that month where it has no such day."""
    years, month = divmod(at.month - 1 + months, 12)
    year, month = at.year + years, month + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


def effective_months(chosen: int | None, default: int, maximum: int) -> int:
    """Months that count: those chosen, or the default; never more than the site allows."""
    return min(default if chosen is None else chosen, maximum)
