"""Holding, asked by the count: a verified signature that belongs to a burst is not counted while a flag holds it.

That is decided in the transaction that is about to count it for the first time, as standing rules are: signing and verifying
know nothing of it, so no answer and no timing can tell. Once released it is counted, and never held again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from campaign.domain.moderation.holding import flag_that_holds
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.services.ledger.standing_rules import is_newly_verified
from campaign.store.ledger.ledger import UncountedSignature
from campaign.store.moderation import holds

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

MAX_RELEASED_PER_TRANSACTION = 500
"""Signatures released in one transaction."""
MAX_RELEASED_PER_JOB = 50_000
"""Signatures released in one job; the clock asks again until none is left."""


def apply_holds(
    connection: "Connection", campaign_id: int, due: Sequence[UncountedSignature], now: datetime
) -> list[UncountedSignature]:
    """The same signatures, those of a burst held. The rows of `due` are locked."""
    asked = [each.id for each in due if is_newly_verified(each) and not each.is_held and not each.counted_held]
    flags = holds.holding_flags(connection, campaign_id, now) if asked else []
    if not flags:
        return list(due)
    found: dict[int, list[int]] = defaultdict(list)
    for subject in holds.hold_subjects(connection, asked):
        flag = flag_that_holds(flags, subject)
        if flag is not None:
            found[flag.id].append(subject.id)
    by_signature = {number: flag_id for flag_id, numbers in found.items() for number in numbers}
    for flag_id in sorted(found):
        holds.hold_signatures(connection, flag_id, found[flag_id], now)
    return [replace(each, held_flag_id=by_signature.get(each.id, each.held_flag_id)) for each in due]


def has_releasable(runtime: Runtime) -> bool:
    """Whether a signature waits that no flag holds any longer."""
    with runtime.reading() as connection:
        return holds.has_releasable(connection, runtime.now())


def release_due(runtime: Runtime) -> int:
    """Release the signatures whose flag was judged or is over; returns how many. The ledger counts them as if they were
    verified now."""
    released = 0
    while released < MAX_RELEASED_PER_JOB:
        with runtime.transaction() as connection:
            some = holds.release_signatures(connection, runtime.now(), MAX_RELEASED_PER_TRANSACTION)
        released += some
        if some < MAX_RELEASED_PER_TRANSACTION:
            break
    if released:
        runtime.enqueue_once(ADVANCE_LEDGER)
        log.info("Held signatures are released", signatures=released)
    return released
