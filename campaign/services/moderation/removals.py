"""Removal of one signature by a campaigner: invalidate, and restore. Many at once are
`campaign.services.moderation.batches`'s."""

from campaign.domain.accounts.actor import Actor
from campaign.domain.moderation.removal import RemovalKind, read_removal_reason
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.moderation import batches, removals


def invalidate_signature(runtime: Runtime, actor: Actor, signature_id: int, kind: RemovalKind, reason: str) -> bool:
    """INVALIDATE: the signature counts no longer, and no link brings it back. False where it was not pending or verified.

    Raises InvalidInputError where the reason is missing or too long.
    """
    reason, now = read_removal_reason(reason), runtime.now()
    with runtime.transaction() as connection:
        moved = removals.invalidate_signatures(connection, [signature_id], kind, reason, now)
        for signature in moved:
            audit_log.record(
                connection, actor, "invalidate signature", now, campaign_id=signature.campaign_id, subject=str(signature.id),
                after={"state": "invalidated", "kind": kind.value}, reason=reason,
            )  # fmt: skip
    if moved:
        runtime.enqueue_once(ADVANCE_LEDGER)
    return bool(moved)


def restore_signature(runtime: Runtime, actor: Actor, signature_id: int, reason: str) -> bool:
    """RESTORE: back to the state it was invalidated in. False where it was not invalidated.

    Raises InvalidInputError where the reason is missing or too long.
    """
    reason = read_removal_reason(reason)
    with runtime.transaction() as connection:
        batches.lock_batch_of(connection, signature_id)
        moved = removals.restore_signatures(connection, [signature_id])
        for signature in moved:
            if signature.batch_id is not None:
                batches.record_restored_singly(connection, signature.batch_id)
            audit_log.record(
                connection, actor, "restore signature", runtime.now(), campaign_id=signature.campaign_id,
                subject=str(signature.id), before={"state": "invalidated", "kind": signature.reason_class},
                after={"state": "verified" if signature.verified else "pending"}, reason=reason,
            )  # fmt: skip
    if moved:
        runtime.enqueue_once(ADVANCE_LEDGER)
    return bool(moved)
