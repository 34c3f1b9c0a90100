"""Suppressions: mailboxes that get no mail, under keyed hashes of their canonical addresses."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, literal_column, or_, select, update

from campaign.domain.mail.delivery import SuppressionReason
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import is_any_of, text_statement
from campaign.store.tables import outbox, suppressions

# Text for ON CONFLICT. What lasts longer stays: a request and a complaint have no end, a bounce has.
_SUPPRESS = text_statement(
    """INSERT INTO suppressions (mailbox_hash, reason, created_at, expires_at)
       VALUES (:mailbox_hash, :reason, :now, :expires_at)
       ON CONFLICT (mailbox_hash) DO UPDATE SET reason = excluded.reason, created_at = excluded.created_at,
           expires_at = excluded.expires_at
       WHERE suppressions.expires_at IS NOT NULL
           AND (excluded.expires_at IS NULL OR excluded.expires_at > suppressions.expires_at)""",
    bindparam("now", type_=UtcDateTime()),
    bindparam("expires_at", type_=UtcDateTime()),
)
# Text for ON CONFLICT.
_COPY = text_statement(
    """INSERT INTO suppressions (mailbox_hash, reason, created_at, expires_at)
       SELECT CAST(:new_hash AS VARCHAR(32)), reason, created_at, expires_at FROM suppressions WHERE mailbox_hash = :old_hash
       ON CONFLICT (mailbox_hash) DO NOTHING"""
)
_IN_FORCE = or_(suppressions.c.expires_at.is_(None), suppressions.c.expires_at > bindparam("now"))
_SUPPRESSED = select(suppressions.c.mailbox_hash).where(is_any_of(suppressions.c.mailbox_hash, "hashes"), _IN_FORCE)
_IN_HASHES = is_any_of(suppressions.c.mailbox_hash, "hashes")
_LIFT = delete(suppressions).where(_IN_HASHES)
_MARK_LIFT_MAILED = (
    update(suppressions)
    .where(
        _IN_HASHES, _IN_FORCE,
        or_(suppressions.c.lift_mailed_at.is_(None), suppressions.c.lift_mailed_at < bindparam("before")),
    )
    .values(lift_mailed_at=bindparam("now"))
)  # fmt: skip
_DROP_OWED = (
    update(outbox)
    .where(
        is_any_of(outbox.c.mailbox_hash, "hashes"),
        outbox.c.signature_id.is_not(None),
        outbox.c.state == literal_column("'owed'"),
    )
    .values(state="dropped", settled_at=bindparam("now"), reason=bindparam("why"), network_key=None, domain_key=None)
)
_DELETE_EXPIRED = delete(suppressions).where(suppressions.c.expires_at <= bindparam("now"))


def suppress(
    connection: Connection, mailbox_hash: str, reason: SuppressionReason, now: datetime, expires_at: datetime | None = None
) -> None:
    """Let a mailbox get no mail, until a time or for good."""
    given = {"mailbox_hash": mailbox_hash, "reason": reason.value, "now": now, "expires_at": expires_at}
    connection.execute(_SUPPRESS, given)


def suppressed_mailboxes(connection: Connection, mailbox_hashes: Collection[str], now: datetime) -> set[str]:
    """Those of some mailboxes that get no mail."""
    if not mailbox_hashes:
        return set()
    return set(connection.execute(_SUPPRESSED, {"hashes": sorted(mailbox_hashes), "now": now}).scalars())


def copy_suppression(connection: Connection, old_hash: str, new_hash: str) -> None:
    """Note what stands under the hash by an older secret key under that by the present one."""
    connection.execute(_COPY, {"old_hash": old_hash, "new_hash": new_hash})


def lift_suppression(connection: Connection, mailbox_hashes: Collection[str]) -> bool:
    """Let a mailbox get mail again: it has one hash for each secret key that still counts. False where it did."""
    return connection.execute(_LIFT, {"hashes": sorted(mailbox_hashes)}).rowcount > 0


def mark_lift_mailed(connection: Connection, mailbox_hashes: Collection[str], before: datetime, now: datetime) -> bool:
    """Note that a link to lift a suppression is mailed. False where the mailbox gets mail, or one was mailed since `before`."""
    given = {"hashes": sorted(mailbox_hashes), "before": before, "now": now}
    return connection.execute(_MARK_LIFT_MAILED, given).rowcount > 0


def drop_owed_mails(connection: Connection, mailbox_hashes: Collection[str], reason: str, now: datetime) -> None:
    """Drop what is owed to the signatory of a mailbox."""
    connection.execute(_DROP_OWED, {"hashes": sorted(mailbox_hashes), "why": reason, "now": now})


def delete_expired_suppressions(connection: Connection, now: datetime) -> None:
    """Remove those whose time is over."""
    connection.execute(_DELETE_EXPIRED, {"now": now})
