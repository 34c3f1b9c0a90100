"""Invalidating and restoring, one signature or many, and how many verified ones were removed for which kind of reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.domain.removal import Removal
from campaign.domain.signature import INVALIDATE, RESTORE_PENDING, RESTORE_VERIFIED
from campaign.store.sql import locks_rows, statement

_MOVABLE = ", ".join(f"'{state.value}'" for state in INVALIDATE.out_of)


@dataclass(frozen=True, slots=True)
class Removed:
    """A signature that was just invalidated, or given back."""

    id: int
    campaign_id: int
    class_: str
    verified: bool
    """Whether it had ever been verified: only those are told to the public."""


# Whether a signature was ever verified is read from `verified_at` itself: SQLite 3.40 takes "verified_at IS NOT NULL" in a
# RETURNING for true where a partial index says so of other rows.
_INVALIDATE = statement(
    f"""UPDATE signatures SET state = '{INVALIDATE.to.value}', ended_at = :now, ended_reason = :reason, ended_class = :class_,
           batch_id = :batch_id
       WHERE id IN :ids AND state IN ({_MOVABLE})
       RETURNING id, campaign_id, ended_class AS class_, verified_at""",
    many=("ids",),
)
_CLASSES, _CLASSES_LOCKED = (
    statement(
        f"SELECT id, ended_class FROM signatures WHERE id IN :ids AND state = 'invalidated' ORDER BY id {lock}", many=("ids",)
    )
    for lock in ("", "FOR UPDATE")
)
_RESTORE = statement(
    f"""UPDATE signatures SET ended_at = NULL, ended_reason = '', ended_class = '', batch_id = NULL,
           state = CASE WHEN verified_at IS NULL THEN '{RESTORE_PENDING.to.value}' ELSE '{RESTORE_VERIFIED.to.value}' END
       WHERE id IN :ids AND state = 'invalidated' AND erased_at IS NULL
           AND (CAST(:batch_id AS BIGINT) IS NULL OR batch_id = :batch_id)
       RETURNING id, campaign_id, verified_at""",
    many=("ids",),
)
_COUNT = statement(
    """INSERT INTO removal_tallies (campaign_id, class, removed) VALUES (:campaign_id, :class_, :change)
       ON CONFLICT (campaign_id, class) DO UPDATE SET removed = removal_tallies.removed + excluded.removed"""
)
_LESS = statement("UPDATE removal_tallies SET removed = removed - :change WHERE campaign_id = :campaign_id AND class = :class_")
_BY_CLASS = statement(
    """SELECT class AS class_, removed FROM removal_tallies WHERE campaign_id = :campaign_id AND removed > 0
       ORDER BY removed DESC, class"""
)
_AUDIT = statement(
    """SELECT ended_class AS class_, count(*) AS removed FROM signatures
       WHERE campaign_id = :campaign_id AND state = 'invalidated' AND verified_at IS NOT NULL GROUP BY ended_class"""
)


def invalidate(
    connection: Connection, ids: Sequence[int], kind: Removal, reason: str, now: datetime, batch_id: int | None = None
) -> list[Removed]:
    """INVALIDATE those of some signatures that are pending or verified, and count them for the public."""
    if not ids:
        return []
    given = {"ids": list(ids), "reason": reason, "class_": kind.value, "batch_id": batch_id, "now": now}
    removed = [_removed(row) for row in connection.execute(_INVALIDATE, given)]
    _count(connection, removed)
    return removed


def restore(connection: Connection, ids: Sequence[int], batch_id: int | None = None) -> list[Removed]:
    """RESTORE those of some signatures that are invalidated (by a batch), each to the state it was invalidated in."""
    if not ids:
        return []
    held = connection.execute(_CLASSES_LOCKED if locks_rows(connection) else _CLASSES, {"ids": list(ids)})
    classes = {row.id: row.ended_class for row in held}
    rows = connection.execute(_RESTORE, {"ids": list(ids), "batch_id": batch_id}).all()
    restored = [Removed(row.id, row.campaign_id, classes.get(row.id, ""), row.verified_at is not None) for row in rows]
    _count(connection, restored, less=True)
    return restored


def by_class(connection: Connection, campaign_id: int) -> dict[str, int]:
    """How many verified signatures are removed now, by kind of reason, most first."""
    return {row.class_: row.removed for row in connection.execute(_BY_CLASS, {"campaign_id": campaign_id})}


def audit(connection: Connection, campaign_id: int) -> dict[str, int]:
    """The same, counted one by one. Reads all that are invalidated."""
    return {row.class_: row.removed for row in connection.execute(_AUDIT, {"campaign_id": campaign_id})}


def _count(connection: Connection, moved: Sequence[Removed], *, less: bool = False) -> None:
    # Those without a kind were invalidated before there were any.
    changes = Counter((signature.campaign_id, signature.class_) for signature in moved if signature.verified)
    for (campaign_id, class_), change in sorted(changes.items()):
        given: dict[str, Any] = {"campaign_id": campaign_id, "class_": class_ or Removal.OTHER.value, "change": change}
        connection.execute(_LESS if less else _COUNT, given)


def _removed(row: Any) -> Removed:
    return Removed(row.id, row.campaign_id, row.class_, row.verified_at is not None)
