"""The count: brought up to date from signatures by way of the ledger, copied to Redis, and proved again from scratch.

Verifying writes the signature's own row and nothing else, so nobody waits on a counter. Here, a few times a second, whatever
moved since the last time is counted: an entry each, with a gapless sequence and the running total, in one transaction. It is
safe to run twice or in parallel: each counting transaction locks the campaign's tally.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.paper.entry import PAPER, UNDONE_INTAKE
from campaign.domain.signatures.signature import SignatureState
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.runtime.steps import TimeBudget, run_steps
from campaign.security.tokens import SignedTokens
from campaign.services.ledger.holding import apply_holds
from campaign.services.ledger.standing_rules import apply_rules
from campaign.store.campaigns import campaigns, public_listing
from campaign.store.ledger import ledger, reconcile, rollups
from campaign.store.ledger.ledger import LedgerEntry, Tally, UncountedSignature
from campaign.store.log import reconcile as log_reconcile
from campaign.store.redis import campaign_cache

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

MAX_SIGNATURES_PER_TRANSACTION = 1_000
"""Signatures counted in one transaction: some 30 ms, the longest that anything else waits for the tally."""
MAX_CAMPAIGNS_PER_ROUND = 1_000
"""Campaigns looked at in one round, more than move at once: each is to have its turn."""
TIME_BUDGET_SECONDS = 5.0
"""Seconds of one round."""
MAX_MAIL_BATCHES_PER_ROUND = 10
"""Batches of settled mails taken into the funnel in one round: nobody waits for them, so they do not hold up the count."""

_LEDGER_EVENTS = {
    SignatureState.WITHDRAWN: "withdraw",
    SignatureState.INVALIDATED: "invalidate",
    SignatureState.PENDING: "withdraw",  # withdrawn and signed again within one round: only the withdrawal is seen
}


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Result of recomputing one campaign's count from its signatures. All is well where every number but the first is 0."""

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
    uncounted: int
    """Signatures the ledger has not counted yet; not a fault, they are counted next."""
    redis_drift: int | None
    """What Redis showed, less the tally; None where it could not be asked or had no copy."""
    redis_repaired: bool
    """Whether Redis could be given a fresh copy."""
    search_keys_repaired: bool = False
    """Whether no search could find it, as the words it is searched by were missing. They are there now."""
    rollup_drifts: tuple[tuple[str, int], ...] = ()
    """The totals of charts that are not what signatures and ledger add up to, and by how much; none where all is well."""
    deleted: int = 0
    """Signatures the funnel has counted whose rows are there no more, as they were forgotten or erased; not a fault."""

    held: int = 0
    """Signatures that are verified and wait uncounted, held by a flag, one by one."""
    held_drift: int = 0
    """The tally of held signatures less those counted as held."""
    log_drift: int = 0
    """Entries that the public log does not have as the ledger and the signatures do."""

    @property
    def total_drift(self) -> int:
        """All that the store does not agree with itself about, added up; zero where all is well."""
        parts = (
            self.drift,
            self.pending_drift,
            self.held_drift,
            self.ledger_drift,
            self.gaps,
            self.log_drift,
            *(drift for _, drift in self.rollup_drifts),
        )
        return sum(map(abs, parts))

    @property
    def consistent(self) -> bool:
        """Whether the store agrees with itself."""
        return not self.total_drift


def advance_ledgers(runtime: Runtime) -> int:
    """Bring every campaign's count up to date, within its time budget; returns how many signatures were counted."""
    with runtime.reading() as connection:
        due = ledger.uncounted_campaign_ids(connection, MAX_CAMPAIGNS_PER_ROUND)
    counted = 0

    def advance_one(campaign_id: int) -> None:
        nonlocal counted
        counted += advance_ledger(runtime, campaign_id)

    run_steps(runtime, ADVANCE_LEDGER, advance_one, due, TimeBudget(TIME_BUDGET_SECONDS))
    return counted


def advance_ledger(runtime: Runtime, campaign_id: int) -> int:
    """Bring one campaign's count up to date, then copy it to Redis; returns how many signatures were counted."""
    counted = 0
    while True:
        with runtime.transaction() as connection:
            batch = _advance_batch(connection, runtime.tokens, campaign_id, runtime.now())
            # Read in the transaction that wrote it, so that numbers and revision belong together.
            campaign = campaigns.get_by_id(connection, campaign_id) if batch else None
        if campaign is not None:
            runtime.cache_campaign(campaign)
        counted += batch
        if batch < MAX_SIGNATURES_PER_TRANSACTION:
            return counted


def count_verification_mails(runtime: Runtime) -> int:
    """Take the results of verification mails into the funnel, MAX_MAIL_BATCHES_PER_ROUND at most; returns how many.

    The clock asks again until none is left.
    """
    tallied = 0
    for tally in (rollups.tally_mail_results, rollups.tally_deliveries):
        for _ in range(MAX_MAIL_BATCHES_PER_ROUND):
            with runtime.transaction() as connection:
                batch = tally(connection, MAX_SIGNATURES_PER_TRANSACTION)
            tallied += batch
            if batch < MAX_SIGNATURES_PER_TRANSACTION:
                break
    return tallied


def refresh_campaign_cache(runtime: Runtime) -> int:
    """Copy to Redis whatever it lacks or has in an older state; returns how many copies were written.

    What was published while Redis was down is made good here, by the clock: also that a campaign was taken down.
    """
    skip, written = 0, 0
    try:
        while True:
            with runtime.reading() as connection:
                listed = campaigns.list_campaigns(connection, skip=skip)
            slugs = [campaign.slug for campaign in listed]
            copies = runtime.call_redis(lambda redis, slugs=slugs: campaign_cache.cached_revisions(redis, slugs))  # type: ignore[misc]
            written += sum(
                campaign.revision > copies.get(campaign.slug, 0) and runtime.cache_campaign(campaign) for campaign in listed
            )
            skip += len(listed)
            if len(listed) < campaigns.MAX_LISTED:
                return written
    except RedisUnavailableError:
        return written


def reconcile_campaign(runtime: Runtime, campaign: Campaign, *, with_log: bool = True) -> Reconciliation:
    """Recompute one campaign's count from its signatures and its ledger; repair the copy in Redis, and what it is found by.

    `with_log` compares each entry of the public log too, which takes longest by far (in steps: `services.log.reconcile`).
    """
    with runtime.snapshot() as connection:
        now_campaign = campaigns.get_by_id(connection, campaign.id)
        census = reconcile.count_by_state(connection, campaign.id)
        audit = ledger.sum_ledger(connection, campaign.id)
        proved = reconcile.check_totals(connection, campaign.id)
        log_drift = log_reconcile.check_campaign(connection, campaign.id) if with_log else 0
    with runtime.transaction() as connection:
        made_findable = public_listing.store_search_text(connection, now_campaign)
    counted_as: Counter[str] = Counter()
    for (_, counted), amount in census.items():
        counted_as[counted] += amount
    redis_drift, repaired = None, False
    try:
        copy = runtime.call_redis(lambda redis: campaign_cache.cached_campaign(redis, campaign.slug))
        redis_drift = None if copy is None else copy.verified - now_campaign.verified
        runtime.call_redis(lambda redis: campaign_cache.delete_cached_campaign(redis, campaign.slug))
        with runtime.reading() as connection:
            repaired = runtime.cache_campaign(campaigns.get_by_id(connection, campaign.id))
    except RedisUnavailableError:
        log.warning("Redis is unavailable; its copy was not repaired", campaign=campaign.slug)
    return Reconciliation(
        slug=campaign.slug,
        verified=sum(amount for (state, _), amount in census.items() if state == SignatureState.VERIFIED),
        drift=now_campaign.verified - counted_as[SignatureState.VERIFIED],
        pending_drift=now_campaign.pending - counted_as[SignatureState.PENDING],
        held=sum(amount for (state, _), amount in census.items() if state == reconcile.HELD),
        held_drift=now_campaign.held - counted_as[reconcile.HELD],
        ledger_drift=(audit.last_total - audit.sum) or (audit.last_total - now_campaign.verified),
        gaps=audit.last_sequence - audit.entries,
        uncounted=sum(amount for (state, counted), amount in census.items() if state != counted),
        redis_drift=redis_drift,
        redis_repaired=repaired,
        search_keys_repaired=made_findable,
        rollup_drifts=tuple(sorted((name, drift) for name, drift in proved.drifts.items() if drift)),
        deleted=proved.deleted,
        log_drift=log_drift,
    )


def ledger_entries(due: Sequence[UncountedSignature], tally: Tally) -> tuple[list[LedgerEntry], Tally]:
    """The entries that bring a ledger which stands at `tally` up to date with the `due` signatures, and the tally after."""
    entries: list[LedgerEntry] = []
    sequence, verified, pending, paper, held = tally.sequence, tally.verified, tally.pending, tally.paper, tally.held
    for signature in due:
        was, now = signature.counted_as, SignatureState(signature.state)
        # What is held is counted as pending too, but for the total of those.
        pending += (now is SignatureState.PENDING) - (was == SignatureState.PENDING and not signature.counted_held)
        held += signature.is_held - signature.counted_held
        added, ended = signature.counts_as_verified, was == SignatureState.VERIFIED
        if added and ended and signature.kind == signature.counted_kind:
            continue  # it moves from one part of the count to another
        # A signatory who withdrew on paper and signs online before that is counted is taken out and added.
        for change in (*(-1 for _ in range(ended)), *(1 for _ in range(added))):
            sequence += 1
            verified += change
            paper += change * ((signature.kind if change > 0 else signature.counted_kind) == PAPER)
            entries.append(LedgerEntry(sequence, signature.id, _ledger_event(signature, change), change, verified))
    return entries, Tally(sequence, verified, pending, paper, held)


def _ledger_event(signature: UncountedSignature, change: int) -> str:
    """What the ledger calls it. Whatever adds a signature on paper is called so: the two kinds are told apart by it."""
    if change < 0:
        return (
            "undo"
            if signature.ended_class == UNDONE_INTAKE
            else _LEDGER_EVENTS.get(SignatureState(signature.state), "withdraw")
        )
    if signature.kind == PAPER:
        return "paper"
    return "restore" if signature.counted_as == SignatureState.INVALIDATED else "verify"


def _advance_batch(connection: "Connection", tokens: SignedTokens, campaign_id: int, now: datetime) -> int:
    tally, goals = ledger.lock_tally(connection, campaign_id)
    due = ledger.uncounted_signatures(connection, campaign_id, MAX_SIGNATURES_PER_TRANSACTION)
    if not due:
        return 0
    due = apply_holds(connection, campaign_id, apply_rules(connection, tokens, campaign_id, due, now), now)
    entries, after = ledger_entries(due, tally)
    ledger.append_entries(connection, campaign_id, entries, now)
    ledger.mark_counted(connection, campaign_id, [signature.id for signature in due], entries)
    ledger.add_to_hourly_tally(connection, campaign_id, entries, now)
    rollups.add_changes(connection, campaign_id, rollups.rollup_changes(due))
    ledger.set_tally(connection, campaign_id, after, now)
    for goal in goals:
        if tally.verified < goal <= max((entry.total for entry in entries), default=0):
            reached = next(entry for entry in entries if entry.total >= goal)
            ledger.set_milestone(connection, campaign_id, goal, reached.sequence, now)
    return len(due)
