"""Receipts of signatures, and what they are made from: its newest entry in the ledger, as it is logged."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, select

from campaign.store.tables import ledger, log_leaves


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """The newest entry of a signature in the ledger."""

    change: int
    """1 where the signature counts by it; -1 where it took it off the count."""
    log_index: int | None
    """None while it is not logged; so the others."""
    entry: str | None
    salt: bytes | None
    """None too where it was erased."""


_NEWEST = (
    select(ledger.c.change, log_leaves.c.log_index, log_leaves.c.entry, log_leaves.c.salt)
    .select_from(ledger)
    .outerjoin(log_leaves, and_(log_leaves.c.campaign_id == ledger.c.campaign_id, log_leaves.c.sequence == ledger.c.sequence))
    .where(ledger.c.campaign_id == bindparam("campaign_id"), ledger.c.signature_id == bindparam("signature_id"))
    .order_by(ledger.c.sequence.desc())
    .limit(1)
)


def newest_entry(connection: Connection, campaign_id: int, signature_id: int) -> LoggedEntry | None:
    """The newest entry of a signature; None where it was never counted."""
    given = {"campaign_id": campaign_id, "signature_id": signature_id}
    row = connection.execute(_NEWEST, given).one_or_none()
    if row is None:
        return None
    return LoggedEntry(row.change, row.log_index, row.entry, None if row.salt is None else bytes(row.salt))
