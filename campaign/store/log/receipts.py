"""Receipts of signatures, and what they are made from: its newest entry in the ledger, as it is logged."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, select

from campaign.store.tables import ledger, log_leaves


@dataclass(frozen=True, slots=True)
class LoggedAddition:
    """The entry by which a signature counts."""

    log_index: int | None
    """None while it is not logged; so the others."""
    entry: str | None
    salt: bytes | None
    """None too where it was erased."""


_ADDITION = (
    select(log_leaves.c.log_index, log_leaves.c.entry, log_leaves.c.salt)
    .select_from(ledger)
    .outerjoin(log_leaves, and_(log_leaves.c.campaign_id == ledger.c.campaign_id, log_leaves.c.sequence == ledger.c.sequence))
    .where(
        ledger.c.campaign_id == bindparam("campaign_id"),
        ledger.c.signature_id == bindparam("signature_id"),
        ledger.c.change == 1,
    )
    .order_by(ledger.c.sequence.desc())
    .limit(1)
)


def newest_addition(connection: Connection, campaign_id: int, signature_id: int) -> LoggedAddition | None:
    """The newest entry that added a signature; None where it was never counted."""
    given = {"campaign_id": campaign_id, "signature_id": signature_id}
    row = connection.execute(_ADDITION, given).one_or_none()
    return None if row is None else LoggedAddition(row.log_index, row.entry, None if row.salt is None else bytes(row.salt))
