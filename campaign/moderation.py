"""What a campaigner can do to one signature: invalidate, and restore. Many at once are `campaign.batching`'s."""

from campaign.domain.actor import Actor
from campaign.domain.removal import Removal, read_reason
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.store import audit, removals


def invalidate(runtime: Runtime, actor: Actor, signature_id: int, kind: Removal, reason: str) -> bool:
    """INVALIDATE: the signature counts no longer, and no link brings it back. False where it was not pending or verified.

    Raises Refused where the reason is missing or too long.
    """
    reason, now = read_reason(reason), runtime.now()
    with runtime.transaction() as connection:
        moved = removals.invalidate(connection, [signature_id], kind, reason, now)
        for signature in moved:
            audit.record(
                connection, actor, "invalidate signature", now, campaign_id=signature.campaign_id, subject=str(signature.id),
                became={"state": "invalidated", "kind": kind.value}, reason=reason,
            )  # fmt: skip
    if moved:
        runtime.hint(ADVANCE_LEDGER)
    return bool(moved)


def restore(runtime: Runtime, actor: Actor, signature_id: int) -> bool:
    """RESTORE: back to the state it was invalidated in. False where it was not invalidated."""
    with runtime.transaction() as connection:
        moved = removals.restore(connection, [signature_id])
        for signature in moved:
            audit.record(
                connection, actor, "restore signature", runtime.now(), campaign_id=signature.campaign_id,
                subject=str(signature.id), was={"state": "invalidated", "kind": signature.class_},
                became={"state": "verified" if signature.verified else "pending"},
            )  # fmt: skip
    if moved:
        runtime.hint(ADVANCE_LEDGER)
    return bool(moved)
