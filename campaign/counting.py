"""The count: brought up to date from signatures by way of the ledger, copied to Redis, and proved again from scratch.

Verifying writes the signature's own row and nothing else, so nobody waits on a counter. Here, a few times a second, whatever
moved since the last time is counted: an entry each, with a gapless sequence and the running total, in one transaction. It is
safe to run twice or in parallel: the campaign's tally is locked by whoever counts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from campaign.domain.paper import PAPER, UNDONE
from campaign.domain.signature import SignatureState
from campaign.domain.standing import Standing
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import campaigns, counters, ledger, listing, proof, rollups, signatures
from campaign.store.ledger import Due, Entry, Tally

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

BATCH = 1_000
"""Signatures counted in one transaction: some 30 ms, the longest that anything else waits for the tally."""
MOST_CAMPAIGNS = 200
"""Campaigns looked at in one round."""
MOST_MAIL_BATCHES = 10
"""Batches of settled mails taken into the funnel in one round: nobody waits for them, so they do not hold up the count."""

_EVENTS = {
    SignatureState.WITHDRAWN: "withdraw",
    SignatureState.INVALIDATED: "invalidate",
    SignatureState.PENDING: "withdraw",  # withdrawn and signed again within one round: only the withdrawal is seen
}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What recomputing one campaign's count from its signatures found. All is well where every number but the first is 0."""

    slug: str
    verified: int
    """Signatures that are verified, counted one by one."""
    drift: int
    """The tally less the signatures counted as verified."""
    pending_drift: int
    ledger_drift: int
    """The running total less the sum of the ledger's changes, or less the tally."""
    gaps: int
    """Numbers missing from the sequence."""
    waiting: int
    """Signatures the ledger has not counted yet; not a fault, they are counted next."""
    redis_drift: int | None
    """What Redis showed, less the tally; None where it could not be asked or had no copy."""
    redis_repaired: bool
    """Whether Redis could be given a fresh copy."""
    made_findable: bool = False
    """Whether no search could find it, as the words it is searched by were missing. They are there now."""
    rollups: tuple[tuple[str, int], ...] = ()
    """The totals of charts that are not what signatures and ledger add up to, and by how much; none where all is well."""
    gone: int = 0
    """Signatures the funnel has counted whose rows are there no more, as they were forgotten or erased; not a fault."""

    @property
    def off_by(self) -> int:
        """All that the store does not agree with itself about, added up; zero where all is well."""
        parts = (self.drift, self.pending_drift, self.ledger_drift, self.gaps, *(drift for _, drift in self.rollups))
        return sum(map(abs, parts))

    @property
    def sound(self) -> bool:
        """Whether the store agrees with itself."""
        return not self.off_by


def advance_all(runtime: Runtime) -> int:
    """Bring every campaign's count up to date; returns how many signatures were counted."""
    with runtime.reading() as connection:
        due = ledger.due_campaigns(connection, MOST_CAMPAIGNS)
    return sum(advance(runtime, campaign_id) for campaign_id in due)


def advance(runtime: Runtime, campaign_id: int) -> int:
    """Bring one campaign's count up to date, then copy it to Redis; returns how many signatures were counted."""
    counted = 0
    while True:
        with runtime.transaction() as connection:
            batch = _advance_once(connection, campaign_id, runtime.now())
            # Read in the transaction that wrote it, so that numbers and revision belong together.
            standing = campaigns.by_id(connection, campaign_id) if batch else None
        if standing is not None:
            runtime.publish(standing)
        counted += batch
        if batch < BATCH:
            return counted


def tally_mails(runtime: Runtime) -> int:
    """Take the results of verification mails into the funnel, MOST_MAIL_BATCHES at most; returns how many.

    The clock asks again until none is left.
    """
    tallied = 0
    for _ in range(MOST_MAIL_BATCHES):
        with runtime.transaction() as connection:
            batch = rollups.tally_mails(connection, BATCH)
        tallied += batch
        if batch < BATCH:
            break
    return tallied


def republish(runtime: Runtime) -> int:
    """Copy to Redis whatever it lacks or has in an older state; returns how many copies were written.

    What was published while Redis was down is made good here, by the clock: also that a campaign was taken down.
    """
    skip, written = 0, 0
    try:
        while True:
            with runtime.reading() as connection:
                standings = campaigns.every(connection, skip=skip)
            slugs = [standing.slug for standing in standings]
            copies = runtime.ask_redis(lambda redis, slugs=slugs: counters.revisions(redis, slugs))  # type: ignore[misc]
            written += sum(
                standing.revision > copies.get(standing.slug, 0) and runtime.publish(standing) for standing in standings
            )
            skip += len(standings)
            if len(standings) < campaigns.MOST_LISTED:
                return written
    except RedisUnavailable:
        return written


def reconcile(runtime: Runtime, standing: Standing) -> Reconciled:
    """Recompute one campaign's count from its signatures and its ledger; repair the copy in Redis, and what it is found by."""
    with runtime.snapshot() as connection:
        now_standing = campaigns.by_id(connection, standing.id)
        census = signatures.census(connection, standing.id)
        audit = ledger.audit(connection, standing.id)
        proved = proof.prove(connection, standing.id)
    with runtime.transaction() as connection:
        made_findable = listing.make_findable(connection, now_standing)
    counted_as: Counter[str] = Counter()
    for (_, counted), amount in census.items():
        counted_as[counted] += amount
    redis_drift, repaired = None, False
    try:
        copy = runtime.ask_redis(lambda redis: counters.read(redis, standing.slug))
        redis_drift = None if copy is None else copy.verified - now_standing.verified
        runtime.ask_redis(lambda redis: counters.withdraw_copy(redis, standing.slug))
        with runtime.reading() as connection:
            repaired = runtime.publish(campaigns.by_id(connection, standing.id))
    except RedisUnavailable:
        log.warning("Redis is unavailable; its copy was not repaired", campaign=standing.slug)
    return Reconciled(
        slug=standing.slug,
        verified=sum(amount for (state, _), amount in census.items() if state == SignatureState.VERIFIED),
        drift=now_standing.verified - counted_as[SignatureState.VERIFIED],
        pending_drift=now_standing.pending - counted_as[SignatureState.PENDING],
        ledger_drift=(audit.last_total - audit.sum) or (audit.last_total - now_standing.verified),
        gaps=audit.last_sequence - audit.entries,
        waiting=sum(amount for (state, counted), amount in census.items() if state != counted),
        redis_drift=redis_drift,
        redis_repaired=repaired,
        made_findable=made_findable,
        rollups=tuple(sorted((name, drift) for name, drift in proved.drifts.items() if drift)),
        gone=proved.gone,
    )


def entries_for(due: Sequence[Due], tally: Tally) -> tuple[list[Entry], Tally]:
    """The entries that bring a ledger which stands at `tally` up to date with the `due` signatures, and the tally after."""
    entries: list[Entry] = []
    sequence, verified, pending, paper = tally.sequence, tally.verified, tally.pending, tally.paper
    for signature in due:
        was, now = signature.counted_as, SignatureState(signature.state)
        pending += (now is SignatureState.PENDING) - (was == SignatureState.PENDING)
        added, ended = now is SignatureState.VERIFIED, was == SignatureState.VERIFIED
        if added and ended and signature.kind == signature.counted_kind:
            continue  # it moves from one part of the count to another
        # Whoever withdrew what they had signed on paper, and signs online before that is counted, is taken out and added.
        for change in (*(-1 for _ in range(ended)), *(1 for _ in range(added))):
            sequence += 1
            verified += change
            paper += change * ((signature.kind if change > 0 else signature.counted_kind) == PAPER)
            entries.append(Entry(sequence, signature.id, _event(signature, change), change, verified))
    return entries, Tally(sequence, verified, pending, paper)


def _event(signature: Due, change: int) -> str:
    """What the ledger calls it. Whatever adds a signature on paper is called so: the two kinds are told apart by it."""
    if change < 0:
        return "undo" if signature.ended_class == UNDONE else _EVENTS.get(SignatureState(signature.state), "withdraw")
    if signature.kind == PAPER:
        return "paper"
    return "restore" if signature.counted_as == SignatureState.INVALIDATED else "verify"


def _advance_once(connection: "Connection", campaign_id: int, now: datetime) -> int:
    tally, goals = ledger.lock_tally(connection, campaign_id)
    due = ledger.due(connection, campaign_id, BATCH)
    if not due:
        return 0
    entries, after = entries_for(due, tally)
    ledger.append(connection, campaign_id, entries, now)
    ledger.mark_counted(connection, campaign_id, [signature.id for signature in due], entries)
    ledger.add_to_hour(connection, campaign_id, entries, now)
    rollups.add(connection, campaign_id, rollups.changes(due))
    ledger.set_tally(connection, campaign_id, after, now)
    for goal in goals:
        if tally.verified < goal <= max((entry.total for entry in entries), default=0):
            reached = next(entry for entry in entries if entry.total >= goal)
            ledger.set_milestone(connection, campaign_id, goal, reached.sequence, now)
    return len(due)
