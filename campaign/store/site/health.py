"""Mail backlog: number and age of the mails that are still to be sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select, text

from campaign.store.tables import notices, outbox

MAX_COUNTED = 10_000
"""Mails owed are counted up to here."""


@dataclass(frozen=True, slots=True)
class MailBacklog:
    """Backlog of mails that are still to be sent."""

    owed: int
    """At most MAX_COUNTED."""
    oldest: datetime | None
    """When the oldest was queued; None where none is owed."""


def _backlog(mails: Table) -> Select[*tuple[Any, ...]]:
    oldest = (
        select(mails.c.created_at)
        # In the words of its partial index.
        .where(text("state = 'owed'"))
        .order_by(mails.c.priority, mails.c.due_at)
        .limit(MAX_COUNTED)
        .subquery()
    )
    return select(func.count().label("owed"), func.min(oldest.c.created_at).label("oldest")).select_from(oldest)


_SIGNATORY_BACKLOG, _CAMPAIGNER_BACKLOG = _backlog(outbox), _backlog(notices)


def signatory_mail_backlog(connection: Connection) -> MailBacklog:
    """Backlog of mails to signatories."""
    return MailBacklog(**connection.execute(_SIGNATORY_BACKLOG).one()._asdict())


def campaigner_mail_backlog(connection: Connection) -> MailBacklog:
    """Backlog of mails to campaigners."""
    return MailBacklog(**connection.execute(_CAMPAIGNER_BACKLOG).one()._asdict())
