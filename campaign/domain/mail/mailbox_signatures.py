"""Signatures of one mailbox over all campaigns, as the mail that lists them tells of them."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.signatures.signature import SignatureState


@dataclass(frozen=True, slots=True)
class MailboxSignature:
    """One signature."""

    id: int
    link_key: str
    state: SignatureState
    title: str
    """Of the campaign, as it was signed."""
    time_zone: str
    signed_at: datetime
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailboxSignatures:
    """All signatures of a mailbox, the newest first."""

    signatures: tuple[MailboxSignature, ...]
    are_all: bool
    """False where there are older ones."""
