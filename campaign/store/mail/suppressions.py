"""Suppressions: mailboxes that nothing is written to, as keyed hashes."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, literal_column, or_, select, update

from campaign.domain.mail.suppression import SuppressionReason
from campaign.store.database.column_types import EnumText, UtcDateTime
from campaign.store.database.statements import text_statement
from campaign.store.tables import outbox, suppressions

_IN_HASHES = suppressions.c.mailbox_hash.in_(bindparam("hashes", expanding=True))
_FIND = select(suppressions.c.mailbox_hash, suppressions.c.reason).where(_IN_HASHES)
# Text for ON CONFLICT: what its owner asked for stands above what a server said.
_ADD = text_statement(
    """INSERT INTO suppressions (mailbox_hash, reason, created_at) VALUES (:mailbox_hash, :reason, :now)
       ON CONFLICT (mailbox_hash) DO UPDATE SET reason =
           CASE WHEN suppressions.reason = 'asked' THEN 'asked' ELSE excluded.reason END""",
    bindparam("reason", type_=EnumText(SuppressionReason, 12)),
    bindparam("now", type_=UtcDateTime()),
)
_DELETE = delete(suppressions).where(_IN_HASHES)
_MARK_LIFT_MAILED = (
    update(suppressions)
    .where(
        _IN_HASHES,
        or_(suppressions.c.lift_mailed_at.is_(None), suppressions.c.lift_mailed_at < bindparam("before")),
    )
    .values(lift_mailed_at=bindparam("now"))
)
_DROP_OWED = (
    update(outbox)
    .where(
        outbox.c.mailbox_hash.in_(bindparam("hashes", expanding=True)),
        outbox.c.signature_id.is_not(None),
        outbox.c.state == literal_column("'owed'"),
    )
    .values(state="dropped", settled_at=bindparam("now"), reason=bindparam("why"), network_key=None, domain_key=None)
)


def suppress_mailbox(connection: Connection, mailbox_hash: str, reason: SuppressionReason, now: datetime) -> None:
    """Write nothing to a mailbox any more. Safe to do twice."""
    connection.execute(_ADD, {"mailbox_hash": mailbox_hash, "reason": reason, "now": now})


def find_suppressions(connection: Connection, mailbox_hashes: Collection[str]) -> dict[str, SuppressionReason]:
    """Which of these mailboxes are suppressed, and why."""
    if not mailbox_hashes:
        return {}
    rows = connection.execute(_FIND, {"hashes": list(mailbox_hashes)})
    return {row.mailbox_hash: row.reason for row in rows}


def lift_suppression(connection: Connection, mailbox_hashes: Collection[str]) -> None:
    """Write to a mailbox again. It has one hash for each secret key that still counts."""
    connection.execute(_DELETE, {"hashes": list(mailbox_hashes)})


def mark_lift_mailed(connection: Connection, mailbox_hashes: Collection[str], before: datetime, now: datetime) -> bool:
    """Note that a link to lift a suppression is mailed. False where the mailbox is not suppressed, or one was mailed since."""
    given = {"hashes": list(mailbox_hashes), "before": before, "now": now}
    return connection.execute(_MARK_LIFT_MAILED, given).rowcount > 0


def drop_owed_mails(connection: Connection, mailbox_hashes: Collection[str], reason: str, now: datetime) -> None:
    """Drop what is owed to the signatory of a mailbox."""
    connection.execute(_DROP_OWED, {"hashes": list(mailbox_hashes), "why": reason, "now": now})
