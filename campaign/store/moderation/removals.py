"""Invalidating and restoring, one signature or many, and how many verified ones were removed for which kind of reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.signatures.signature import INVALIDATE, RESTORE_PENDING, RESTORE_VERIFIED
from campaign.store.database.statements import statement, supports_row_locks

_INVALIDATABLE_STATES = ", ".join(f"'{state.value}'" for state in INVALIDATE.from_states)


@dataclass(frozen=True, slots=True)
class ChangedSignature:
    """A signature that was just invalidated, or given back."""

    id: int
    campaign_id: int
    reason_class: str
    verified: bool
    """Whether it had ever been verified: only those are told to the public."""


# Whether a signature was ever verified is read from `verified_at` itself: SQLite 3.40 takes "verified_at IS NOT NULL" in a
# RETURNING for true where a partial index says so of other rows.
_INVALIDATE = statement(
    f"""UPDATE signatures SET state = '{INVALIDATE.to_state.value}', ended_at = :now, ended_reason = :reason, ended_class =
        :class_,
           batch_id = :batch_id
       WHERE id IN :ids AND state IN ({_INVALIDATABLE_STATES})
       RETURNING id, campaign_id, ended_class AS class_, verified_at""",
    list_parameters=("ids",),
)
_CLASSES, _CLASSES_LOCKED = (
    statement(
        f"SELECT id, ended_class FROM signatures WHERE id IN :ids AND state = 'invalidated' ORDER BY id {lock}",
        list_parameters=("ids",),
    )
    for lock in ("", "FOR UPDATE")
)
_RESTORE = statement(
    f"""UPDATE signatures SET ended_at = NULL, ended_reason = '', ended_class = '', batch_id = NULL,
           state = CASE WHEN verified_at IS NULL THEN '{RESTORE_PENDING.to_state.value}' ELSE
               '{RESTORE_VERIFIED.to_state.value}' END
       WHERE id IN :ids AND state = 'invalidated' AND erased_at IS NULL
           AND (CAST(:batch_id AS BIGINT) IS NULL OR batch_id = :batch_id)
       RETURNING id, campaign_id, verified_at""",
    list_parameters=("ids",),
)
_COUNT = statement(
    """INSERT INTO removal_tallies (campaign_id, class, removed) VALUES (:campaign_id, :class_, :change)
       ON CONFLICT (campaign_id, class) DO UPDATE SET removed = removal_tallies.removed + excluded.removed"""
)
_UNCOUNT = statement(
    "UPDATE removal_tallies SET removed = removed - :change WHERE campaign_id = :campaign_id AND class = :class_"
)
_BY_CLASS = statement(
    """SELECT class AS class_, removed FROM removal_tallies WHERE campaign_id = :campaign_id AND removed > 0
       ORDER BY removed DESC, class"""
)
_AUDIT = statement(
    """SELECT ended_class AS class_, count(*) AS removed FROM signatures
       WHERE campaign_id = :campaign_id AND state = 'invalidated' AND verified_at IS NOT NULL GROUP BY ended_class"""
)


def invalidate_signatures(
    connection: Connection, ids: Sequence[int], kind: RemovalKind, reason: str, now: datetime, batch_id: int | None = None
) -> list[ChangedSignature]:
    """INVALIDATE those of some signatures that are pending or verified, and count them for the public."""
    if not ids:
        return []
    given = {"ids": list(ids), "reason": reason, "class_": kind.value, "batch_id": batch_id, "now": now}
    removed = [_changed_from_row(row) for row in connection.execute(_INVALIDATE, given)]
    _count_removals(connection, removed)
    return removed


def restore_signatures(connection: Connection, ids: Sequence[int], batch_id: int | None = None) -> list[ChangedSignature]:
    """RESTORE those of some signatures that are invalidated (by a batch), each to the state it was invalidated in."""
    if not ids:
        return []
    held = connection.execute(_CLASSES_LOCKED if supports_row_locks(connection) else _CLASSES, {"ids": list(ids)})
    classes = {row.id: row.ended_class for row in held}
    rows = connection.execute(_RESTORE, {"ids": list(ids), "batch_id": batch_id}).all()
    restored = [ChangedSignature(row.id, row.campaign_id, classes.get(row.id, ""), row.verified_at is not None) for row in rows]
    _count_removals(connection, restored, is_restore=True)
    return restored


def by_class(connection: Connection, campaign_id: int) -> dict[str, int]:
    """How many verified signatures are removed now, by kind of reason, most first."""
    return {row.class_: row.removed for row in connection.execute(_BY_CLASS, {"campaign_id": campaign_id})}


def audit(connection: Connection, campaign_id: int) -> dict[str, int]:
    """The same, counted one by one. Reads all that are invalidated."""
    return {row.class_: row.removed for row in connection.execute(_AUDIT, {"campaign_id": campaign_id})}


def _count_removals(connection: Connection, changed: Sequence[ChangedSignature], *, is_restore: bool = False) -> None:
    # Those without a kind were invalidated before there were any.
    changes = Counter((signature.campaign_id, signature.reason_class) for signature in changed if signature.verified)
    for (campaign_id, class_), change in sorted(changes.items()):
        given: dict[str, Any] = {"campaign_id": campaign_id, "class_": class_ or RemovalKind.OTHER.value, "change": change}
        connection.execute(_UNCOUNT if is_restore else _COUNT, given)


def _changed_from_row(row: Any) -> ChangedSignature:
    return ChangedSignature(row.id, row.campaign_id, row.class_, row.verified_at is not None)
