"""Mail backlog: how many mails are owed, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, column, func, literal_column, select

from campaign.store.database.column_types import UtcDateTime
from campaign.store.tables import outbox

MAX_COUNTED = 10_000
"""Mails owed are counted up to here."""


@dataclass(frozen=True, slots=True)
class MailBacklog:
    """Mails owed."""

    owed: int
    """At most MAX_COUNTED."""
    oldest: datetime | None
    """When the one that has waited longest was promised."""


_TO_SIGNATORIES, _TO_CAMPAIGNERS = (
    select(func.count().label("owed"), func.min(column("created_at", UtcDateTime())).label("oldest")).select_from(
        select(outbox.c.created_at)
        .where(outbox.c.state == literal_column("'owed'"), condition)
        .order_by(outbox.c.priority, outbox.c.due_at)
        .limit(MAX_COUNTED)
        .subquery("first")
    )
    for condition in (outbox.c.signature_id.is_not(None), outbox.c.signature_id.is_(None))
)


def signatory_mail_backlog(connection: Connection) -> MailBacklog:
    """Mails owed to signatories."""
    return MailBacklog(**connection.execute(_TO_SIGNATORIES).one()._asdict())


def campaigner_mail_backlog(connection: Connection) -> MailBacklog:
    """Mails owed to campaigners."""
    return MailBacklog(**connection.execute(_TO_CAMPAIGNERS).one()._asdict())
