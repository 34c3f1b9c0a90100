"""Removals: signatures invalidated and restored, and the number of verified ones removed by class of reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, case, select, update

from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.signatures.signature import INVALIDATE, RESTORE_PENDING, RESTORE_VERIFIED, SignatureState
from campaign.store.database.upsert import insert
from campaign.store.tables import removal_tallies, signatures


@dataclass(frozen=True, slots=True)
class ChangedSignature:
    """Signature that was just invalidated or restored."""

    id: int
    campaign_id: int
    reason_class: str
    verified: bool
    """Whether it had ever been verified: only those are told to the public."""
    batch_id: int | None = None
    """The batch that had invalidated it, where it was restored."""


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_INVALIDATE = (
    update(signatures)
    .where(signatures.c.id.in_(_IDS), signatures.c.state.in_([state.value for state in INVALIDATE.from_states]))
    .values(
        state=INVALIDATE.to_state.value, ended_at=bindparam("now"), ended_reason=bindparam("reason"),
        ended_class=bindparam("reason_class"), batch_id=bindparam("new_batch_id"),
    )
    # Whether a signature was ever verified is read from `verified_at` itself: SQLite 3.40 takes "verified_at IS NOT NULL" in a
    # RETURNING for true where a partial index says so of other rows.
    .returning(
        signatures.c.id, signatures.c.campaign_id, signatures.c.ended_class.label("reason_class"), signatures.c.verified_at
    )
)  # fmt: skip
_IS_INVALIDATED = signatures.c.state == SignatureState.INVALIDATED.value
_REASON_CLASSES = (
    select(signatures.c.id, signatures.c.ended_class, signatures.c.batch_id)
    .where(signatures.c.id.in_(_IDS), _IS_INVALIDATED)
    .order_by(signatures.c.id)
    .with_for_update()
)
_RESTORE = (
    update(signatures)
    .where(signatures.c.id.in_(_IDS), _IS_INVALIDATED, signatures.c.erased_at.is_(None))
    .values(
        ended_at=None, ended_reason="", ended_class="", batch_id=None,
        state=case(
            (signatures.c.verified_at.is_(None), RESTORE_PENDING.to_state.value), else_=RESTORE_VERIFIED.to_state.value
        ),
    )
    .returning(signatures.c.id, signatures.c.campaign_id, signatures.c.verified_at)
)  # fmt: skip
_RESTORE_OF_BATCH = _RESTORE.where(signatures.c.batch_id == bindparam("of_batch"))
_new = insert(removal_tallies)
_ADD_TO_TALLY = _new.on_conflict_do_update(
    index_elements=[removal_tallies.c.campaign_id, removal_tallies.c.reason_class],
    set_={"removed": removal_tallies.c.removed + _new.excluded.removed},
)
# A statement of its own: a negative number, even one that is only added, is refused by the table.
_TAKE_FROM_TALLY = (
    update(removal_tallies)
    .where(removal_tallies.c.campaign_id == bindparam("of_campaign"), removal_tallies.c.reason_class == bindparam("of_class"))
    .values(removed=removal_tallies.c.removed - bindparam("amount", type_=removal_tallies.c.removed.type))
)


def invalidate_signatures(
    connection: Connection, ids: Sequence[int], kind: RemovalKind, reason: str, now: datetime, batch_id: int | None = None
) -> list[ChangedSignature]:
    """INVALIDATE those of some signatures that are pending or verified, and count them for the public."""
    if not ids:
        return []
    given = {"ids": list(ids), "reason": reason, "reason_class": kind.value, "new_batch_id": batch_id, "now": now}
    removed = [
        ChangedSignature(row.id, row.campaign_id, row.reason_class, row.verified_at is not None)
        for row in connection.execute(_INVALIDATE, given)
    ]
    for (campaign_id, reason_class), amount in _amounts(removed):
        connection.execute(_ADD_TO_TALLY, {"campaign_id": campaign_id, "reason_class": reason_class, "removed": amount})
    return removed


def restore_signatures(connection: Connection, ids: Sequence[int], batch_id: int | None = None) -> list[ChangedSignature]:
    """RESTORE those of some signatures that are invalidated (by a batch), each to the state it was invalidated in."""
    if not ids:
        return []
    locked = connection.execute(_REASON_CLASSES, {"ids": list(ids)})
    removed = {row.id: (row.ended_class, row.batch_id) for row in locked}
    # One that is invalidated in this very moment is not meant: its class was not read.
    locked_ids = list(removed)
    if not locked_ids:
        return []
    if batch_id is None:
        rows = connection.execute(_RESTORE, {"ids": locked_ids}).all()
    else:
        rows = connection.execute(_RESTORE_OF_BATCH, {"ids": locked_ids, "of_batch": batch_id}).all()
    restored = [
        ChangedSignature(row.id, row.campaign_id, reason_class, row.verified_at is not None, of_batch)
        for row in rows
        for reason_class, of_batch in (removed.get(row.id, ("", None)),)
    ]
    for (campaign_id, reason_class), amount in _amounts(restored):
        given = {"of_campaign": campaign_id, "of_class": reason_class, "amount": amount}
        connection.execute(_TAKE_FROM_TALLY, given)
    return restored


def _amounts(changed: Sequence[ChangedSignature]) -> list[tuple[tuple[int, str], int]]:
    """Numbers of the signatures that had been verified, by campaign and reason class, in an order in which nobody waits for
    each other in a ring."""
    # Those without a class were invalidated before there were any.
    classes = (
        (signature.campaign_id, signature.reason_class or RemovalKind.OTHER.value)
        for signature in changed
        if signature.verified
    )
    return sorted(Counter(classes).items())
