"""Data-protection complaint: what one may say, and the clock that runs from its receipt.

Section 164A of the Data Protection Act 2018, which section 103 of the Data (Use and Access) Act 2025 put in: a controller makes
complaining easy by a form that can be completed electronically and by other means, acknowledges receipt within 30 days, looks
into the complaint and tells its outcome without undue delay.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.privacy.complaint_text import clean_complaint_text

MAX_NOTE_LENGTH = 2_000
"""Characters of the note that a complaint is closed with."""
ANSWER_WITHIN = timedelta(days=30)
"""What the law gives for acknowledging a complaint, which is done at once; here it is what a team is reminded by."""
CLOSED_COMPLAINT_RETENTION_DAYS = 365
"""Days that the personal part of a complaint is kept once it was closed."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Complaint about what a campaign does with somebody's data."""

    id: int
    campaign_id: int
    name: str
    """Empty once it was erased; so the address and the text."""
    email: str
    text: str
    created_at: datetime
    closed_at: datetime | None
    closed_by: str
    """The name of the campaigner who closed it; "" while it is open."""
    note: str
    """What was done about it, as that campaigner wrote."""
    erased_at: datetime | None

    @property
    def due_at(self) -> datetime:
        """When its time is over."""
        return self.created_at + ANSWER_WITHIN

    def days_left(self, now: datetime) -> int:
        """Whole days until its time is over; negative once it is."""
        return (self.due_at - now) // timedelta(days=1)


def read_closing_note(text: str) -> str:
    """Note that a complaint is closed with. Raises InvalidInputError where it is empty or too long."""
    note = clean_complaint_text(text)
    if not note:
        raise InvalidInputError("Write what was done, and when the person was told.")
    if len(note) > MAX_NOTE_LENGTH:
        raise InvalidInputError(
            "Write %(most)s characters or fewer; these are %(typed)s.", most=MAX_NOTE_LENGTH, typed=len(note)
        )  # fmt: skip
    return note
