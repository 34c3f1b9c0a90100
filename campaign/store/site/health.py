"""Mail backlog: number and age of the mails that are still to be sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, text

from campaign.domain.mail.kinds import MailPriority
from campaign.store.tables import outbox

MAX_COUNTED = 10_000
"""Mails owed are counted up to here."""
MAX_LATEST = 100
"""Mails looked at for how long they waited."""


@dataclass(frozen=True, slots=True)
class MailBacklog:
    """Backlog of mails that are still to be sent."""

    owed: int
    """At most MAX_COUNTED."""
    oldest: datetime | None
    """When the oldest was queued; None where none is owed."""


def _backlog(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    oldest = (
        select(outbox.c.created_at)
        # In the words of its partial index.
        .where(text("state = 'owed'"), condition)
        .order_by(outbox.c.priority, outbox.c.due_at)
        .limit(MAX_COUNTED)
        .subquery()
    )
    return select(func.count().label("owed"), func.min(oldest.c.created_at).label("oldest")).select_from(oldest)


# Mailings to many are let wait.
_NO_BULK = outbox.c.priority < MailPriority.BULK.value
_SIGNATORY_BACKLOG = _backlog(outbox.c.signature_id.is_not(None) & _NO_BULK)
_CAMPAIGNER_BACKLOG = _backlog(outbox.c.signature_id.is_(None))


def signatory_mail_backlog(connection: Connection) -> MailBacklog:
    """Backlog of mails to signatories."""
    return MailBacklog(**connection.execute(_SIGNATORY_BACKLOG).one()._asdict())


def campaigner_mail_backlog(connection: Connection) -> MailBacklog:
    """Backlog of mails to campaigners."""
    return MailBacklog(**connection.execute(_CAMPAIGNER_BACKLOG).one()._asdict())


_LATEST_TAKEN = (
    select(outbox.c.created_at, outbox.c.settled_at)
    .where(outbox.c.state == "sent", outbox.c.settled_at.is_not(None), _NO_BULK)
    .order_by(outbox.c.id.desc())
    .limit(MAX_LATEST)
)


def latest_mail_waits(connection: Connection) -> list[float]:
    """Seconds that the mails taken last had waited since they were owed, of MAX_LATEST at most."""
    return [(row.settled_at - row.created_at).total_seconds() for row in connection.execute(_LATEST_TAKEN)]
