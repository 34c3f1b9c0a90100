"""Mail backlog: how many mails are owed, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement

MAX_COUNTED = 10_000
"""Mails owed are counted up to here."""


@dataclass(frozen=True, slots=True)
class MailBacklog:
    """Mails owed."""

    owed: int
    """At most MOST_COUNTED."""
    oldest: datetime | None
    """When the one that has waited longest was promised."""


_MAIL, _NOTICES = (
    statement(
        f"""SELECT count(*) AS owed, min(created_at) AS created_at FROM (
                SELECT created_at FROM {table} WHERE state = 'owed' ORDER BY priority, due_at LIMIT :most) AS first"""
    )
    for table in ("outbox", "notices")
)


def signatory_mail_backlog(connection: Connection) -> MailBacklog:
    """Mails owed to signatories."""
    return MailBacklog(*connection.execute(_MAIL, {"most": MAX_COUNTED}).one())


def campaigner_mail_backlog(connection: Connection) -> MailBacklog:
    """Mails owed to campaigners."""
    return MailBacklog(*connection.execute(_NOTICES, {"most": MAX_COUNTED}).one())
