"""Retention of personal data: networks of old signatures are cleared, signatures that were never verified are deleted.

Both read in the order of ids and no more than is asked for.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, literal, select, text, update

from campaign.store.tables import corrections, signatures

_NEXT_IDS = select(signatures.c.id).where(signatures.c.id > bindparam("after_id")).order_by(signatures.c.id)
_LAST_ID = select(func.max(_NEXT_IDS.limit(bindparam("limit")).subquery().c.id))
_WITH_NETWORK = (
    signatures.c.id > bindparam("after_id"),
    signatures.c.id <= bindparam("last_id"),
    text("network <> ''"),  # in the words of its partial index
)
_first_signed_at = func.coalesce(signatures.c.first_signed_at, signatures.c.signed_at)
_CLEAR = update(signatures).where(*_WITH_NETWORK, _first_signed_at < bindparam("before")).values(network="")
# Few rows, and read whole: they are gone once a signature is verified.
_CLEAR_IN_CORRECTIONS = (
    update(corrections).where(corrections.c.network != "", corrections.c.created_at < bindparam("before")).values(network="")
)
_ANY_LEFT = select(literal(1)).where(*_WITH_NETWORK).limit(1)
# In words, not in parameters, so that the partial index of what is not verified finds them.
_NEVER_VERIFIED = text("state IN ('pending', 'withdrawn') AND verified_at IS NULL")
_UNVERIFIED = (
    select(signatures.c.id, signatures.c.counted_as)
    .where(signatures.c.campaign_id == bindparam("campaign_id"), _NEVER_VERIFIED, signatures.c.id > bindparam("after_id"))
    .order_by(signatures.c.id)
    .limit(bindparam("limit"))
    .with_for_update()
)
_DELETE_UNVERIFIED = delete(signatures).where(signatures.c.id.in_(bindparam("ids", expanding=True)), _NEVER_VERIFIED)


def clear_old_networks(connection: Connection, after: int, limit: int, before: datetime) -> tuple[int, int]:
    """Clear the networks of signatures first given before then, among the `limit` that follow the id `after`.

    Returns how many were cleared, and the id up to which no network is left: `after` itself where some are too new.
    """
    last = connection.execute(_LAST_ID, {"after_id": after, "limit": limit}).scalar_one()
    if last is None:
        return 0, after
    connection.execute(_CLEAR_IN_CORRECTIONS, {"before": before})
    ids = {"after_id": after, "last_id": last}
    cleared = connection.execute(_CLEAR, {**ids, "before": before}).rowcount
    return cleared, after if connection.execute(_ANY_LEFT, ids).one_or_none() else int(last)


def delete_unverified(connection: Connection, campaign_id: int, after: int, limit: int) -> tuple[int, int, int]:
    """Delete up to `limit` never verified signatures with ids above `after`, their owed mails with them.

    Returns how many were deleted, how many of them were in the pending total, and the last id seen (0: none was left).
    """
    parameters = {"campaign_id": campaign_id, "after_id": after, "limit": limit}
    rows = connection.execute(_UNVERIFIED, parameters).all()
    if not rows:
        return 0, 0, 0
    connection.execute(_DELETE_UNVERIFIED, {"ids": [row.id for row in rows]})
    return len(rows), sum(row.counted_as == "pending" for row in rows), rows[-1].id
