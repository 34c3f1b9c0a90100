"""Suppression of a mailbox: nothing is written to it any more."""

from datetime import timedelta
from enum import StrEnum

LIFT_MAIL_INTERVAL = timedelta(days=30)
"""The time between two mails with a link to lift a suppression, which anybody who knows the address can ask for."""


class SuppressionReason(StrEnum):
    """Why nothing is written."""

    ASKED = "asked"
    """Its owner said so, by a link mailed to it."""
    COMPLAINT = "complaint"
    """Its owner called a mail of ours spam."""
    BOUNCED = "bounced"
    """It does not exist."""
