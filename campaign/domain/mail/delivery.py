"""Delivery: what became of a mail after a server took it, as bounces and provider events tell."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

HARD_BOUNCE_SUPPRESSION = timedelta(days=30)
"""How long a mailbox that does not exist gets no mail: it may be made, or a server may have been wrong about it."""

LIFT_MAIL_INTERVAL = timedelta(days=30)
"""The time between two mails with a link to lift a suppression, which anybody who knows the address can ask for."""


class Delivery(StrEnum):
    """State of a mail that was taken. They come in any order; the one further down is kept."""

    NOT_KNOWN = ""
    DELIVERED = "delivered"
    """The recipient's server has it."""
    SOFT_BOUNCE = "soft"
    """Given up, for a reason that may pass, or one that concerns the sender."""
    HARD_BOUNCE = "hard"
    """There is no such mailbox."""
    COMPLAINT = "complaint"
    """Its recipient called it spam."""


DELIVERY_ORDER = tuple(Delivery)
"""From what gives way to what stays."""


class SuppressionReason(StrEnum):
    """Reason why a mailbox gets no mail."""

    REQUEST = "request"
    """Its owner said never to write to it again."""
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """One thing that somebody has told about one mail."""

    reference: str
    """The local part of the mail's Message-ID, or its form as a tag: it is ours only if it is signed."""
    delivery: Delivery
    event_id: str
    """What tells it from every other event of the same source."""
    status: str = ""
    """The enhanced status code (RFC 3463), as in 5.1.1; "" where none was told."""


_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_NO_MAILBOX = re.compile(r"5\.1\.(0|1|2|3|6|10)|5\.2\.1")
"""Bad mailbox, bad system, bad syntax, moved, null MX, disabled. The rest is about content, policy or reputation: ours."""


def find_status(text: str) -> str:
    """The first enhanced status code in a text; "" where there is none."""
    found = _STATUS.search(text)
    return found.group() if found else ""


def bounce_of_status(status: str, *, permanent: bool = True) -> Delivery:
    """What a status code says. Without a code, or with one that says nothing (5.0.0), it is soft: nobody is written off by
    a guess."""
    return Delivery.HARD_BOUNCE if permanent and _NO_MAILBOX.fullmatch(status) else Delivery.SOFT_BOUNCE
