"""The networks signatures came from: cleared once they are old. Read in the order of ids, so never more than is asked for."""

from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement

_LAST = statement("SELECT max(id) FROM (SELECT id FROM signatures WHERE id > :after ORDER BY id LIMIT :most) s")
_RANGE_SQL = "id > :after AND id <= :last AND network <> ''"
_CLEAR = statement(f"UPDATE signatures SET network = '' WHERE {_RANGE_SQL} AND coalesce(first_signed_at, signed_at) < :before")
_ANY_LEFT = statement(f"SELECT 1 FROM signatures WHERE {_RANGE_SQL} LIMIT 1")


def clear_old_networks(connection: Connection, after: int, limit: int, before: datetime) -> tuple[int, int]:
    """Clear the networks of signatures first given before then, among the `most` that follow the id `after`.

    Returns how many were cleared, and the id up to which no network is left: `after` itself where some are too new.
    """
    last = connection.execute(_LAST, {"after": after, "most": limit}).scalar_one()
    if last is None:
        return 0, after
    these = {"after": after, "last": last}
    cleared = connection.execute(_CLEAR, {**these, "before": before}).rowcount
    return cleared, after if connection.execute(_ANY_LEFT, these).one_or_none() else int(last)
