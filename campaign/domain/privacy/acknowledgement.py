"""Acknowledgement of a complaint by mail: what became of it, as far as anybody knows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaign.domain.mail.delivery import Delivery
from campaign.domain.privacy.retention import CAMPAIGNER_MAIL_RETENTION


class Acknowledgement(StrEnum):
    """State of the mail which says that a complaint has arrived."""

    OWED = "owed"
    """It is on its way."""
    SENT = "sent"
    """A mail server has taken it, and nothing else was told since."""
    FAILED = "failed"
    """None was owed, or it was refused, dropped or came back: the person has none."""
    UNKNOWN = "unknown"
    """The server's last answer never came, or what became of it is no longer kept."""


@dataclass(frozen=True, slots=True)
class AcknowledgementMail:
    """Mail as the outbox has it."""

    state: str
    delivery: Delivery


def acknowledgement_of(mail: AcknowledgementMail | None, complained_at: datetime, now: datetime) -> Acknowledgement:
    """What became of an acknowledgement; `mail` is None where the outbox has none, or has it no more."""
    if mail is None:
        is_kept = now < complained_at + CAMPAIGNER_MAIL_RETENTION
        return Acknowledgement.FAILED if is_kept else Acknowledgement.UNKNOWN
    match mail.state:
        case "owed":
            return Acknowledgement.OWED
        case "sent" if mail.delivery not in (Delivery.SOFT_BOUNCE, Delivery.HARD_BOUNCE):
            return Acknowledgement.SENT
        case "unknown" if mail.delivery in (Delivery.DELIVERED, Delivery.COMPLAINT):
            return Acknowledgement.SENT
        case "unknown" if mail.delivery is Delivery.NOT_KNOWN:
            return Acknowledgement.UNKNOWN
        case _:
            return Acknowledgement.FAILED
