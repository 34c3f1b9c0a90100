"""What a campaigner can do to signatures: invalidate, and restore. Both need a reason or undo one."""

from campaign.domain.refusal import Refused
from campaign.domain.signature import INVALIDATE
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.store import signatures

LONGEST_REASON = 200
"""Characters."""


def invalidate(runtime: Runtime, signature_id: int, reason: str) -> bool:
    """INVALIDATE: the signature counts no longer, and no link brings it back. False where it was not pending or verified.

    Raises Refused where the reason is missing or too long.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("Give the reason; it is kept with the signature.")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason must be {LONGEST_REASON} characters or fewer.")
    with runtime.transaction() as connection:
        moved = signatures.end(connection, INVALIDATE, signature_id, runtime.now(), reason)
    if moved is not None:
        runtime.hint(ADVANCE_LEDGER)
    return moved is not None


def restore(runtime: Runtime, signature_id: int) -> bool:
    """RESTORE: back to the state it was invalidated in. False where it was not invalidated."""
    with runtime.transaction() as connection:
        moved = signatures.restore(connection, signature_id)
    if moved is not None:
        runtime.hint(ADVANCE_LEDGER)
    return moved is not None
