"""An owed mail in the hands of a worker."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.signatures.signature import MailKind, SignatureState


@dataclass(frozen=True, slots=True)
class OutboxClaim:
    """One owed mail, claimed for one attempt, with all that is needed to write it."""

    id: int
    attempt: int
    """Counts from 1; a result is recorded only by whoever holds the newest attempt."""
    kind: MailKind
    signature_id: int
    state: SignatureState
    link_key: str
    edition: int
    name: str
    email: str
    slug: str
    title: str
    contact: str
    time_zone: str
    closes_at: datetime
    verify_until: datetime
    created_at: datetime
    language: str = "en"
    """What the signatory reads."""
