"""The networks signatures came from: cleared once they are old. Read in the order of ids, so never more than is asked for."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, literal, select, text, update

from campaign.store.tables import signatures

_NEXT_IDS = select(signatures.c.id).where(signatures.c.id > bindparam("after_id")).order_by(signatures.c.id)
_LAST_ID = select(func.max(_NEXT_IDS.limit(bindparam("limit")).subquery().c.id))
_WITH_NETWORK = (
    signatures.c.id > bindparam("after_id"),
    signatures.c.id <= bindparam("last_id"),
    text("network <> ''"),  # in the words of its partial index
)
_FIRST_SIGNED_AT = func.coalesce(signatures.c.first_signed_at, signatures.c.signed_at)
_CLEAR = update(signatures).where(*_WITH_NETWORK, bindparam("before") > _FIRST_SIGNED_AT).values(network="")
_ANY_LEFT = select(literal(1)).where(*_WITH_NETWORK).limit(1)


def clear_old_networks(connection: Connection, after: int, limit: int, before: datetime) -> tuple[int, int]:
    """Clear the networks of signatures first given before then, among the `limit` that follow the id `after`.

    Returns how many were cleared, and the id up to which no network is left: `after` itself where some are too new.
    """
    last = connection.execute(_LAST_ID, {"after_id": after, "limit": limit}).scalar_one()
    if last is None:
        return 0, after
    ids = {"after_id": after, "last_id": last}
    cleared = connection.execute(_CLEAR, {**ids, "before": before}).rowcount
    return cleared, after if connection.execute(_ANY_LEFT, ids).one_or_none() else int(last)
