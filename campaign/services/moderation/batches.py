"""Invalidating many signatures at once: tried dry first, run by a worker in short steps, stopped and undone as a whole."""

from dataclasses import dataclass

import structlog

from campaign.domain.accounts.actor import SITE, Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.big_act import require_confirmed
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection, read_removal_reason
from campaign.jobs import ADVANCE_LEDGER, RUN_BATCHES
from campaign.runtime import Runtime
from campaign.runtime.steps import MAX_ITEMS, TimeBudget, run_steps
from campaign.store.accounts import audit_log
from campaign.store.database.query_timeout import statement_timeout
from campaign.store.moderation import batches, removals
from campaign.store.moderation.batches import Batch, BatchState, MatchCounts, SampleSignature

log = structlog.get_logger(__name__)

MAX_SIGNATURES_PER_STEP = 500
"""Signatures moved in one transaction: some tens of milliseconds in which a signatory may have to wait for their own row."""
TIME_BUDGET_SECONDS = 5.0
"""Seconds of one job, so that several batches move on and a worker that is told to stop does so soon."""
DRY_RUN_TIMEOUT_SECONDS = 10.0
"""Seconds a dry run may take."""
SAMPLE_SIZE = 10
MAX_SELECTED = 500
"""Signatures that can be selected one by one; more are meant by a rule."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Dry run: what a batch would do."""

    matches: MatchCounts
    sample: tuple[SampleSignature, ...]
    newest_id: int
    """The number of the newest signature there was: what comes later was not looked at, and is not meant."""

    @property
    def total(self) -> int:
        """How many signatures it would invalidate."""
        return self.matches.counted + self.matches.held + self.matches.pending


def dry_run(runtime: Runtime, campaign: Campaign, rule: SignatureSelection) -> DryRun:
    """What a batch by this rule would do now. Raises InvalidInputError for one that means every signature there is, and
    StatementTimeoutError."""
    _require_narrow_rule(rule)
    with runtime.snapshot() as connection, statement_timeout(connection, DRY_RUN_TIMEOUT_SECONDS):
        matches = batches.count_matches(connection, campaign.id, rule)
        found = batches.sample_matches(connection, campaign.id, rule, SAMPLE_SIZE)
        newest = batches.newest_signature_id(connection, campaign.id)
    return DryRun(matches, tuple(found), newest)


def start_batch(
    runtime: Runtime, actor: Actor, campaign: Campaign, rule: SignatureSelection, kind: RemovalKind, reason: str, expected: int,
    newest_id: int = 2**63 - 1, *, counted: int | None = None, confirmed: bool = False,
) -> int:  # fmt: skip
    """Begin a batch; a worker runs it. Returns its number. Raises InvalidInputError, and UnconfirmedBigActError for more than
    a tenth of the count that is not `confirmed`.

    `expected`, `counted` and `newest_id` are the total, those of it that count, and the newest signature of the dry run: nobody
    is invalidated unseen.
    """
    _require_narrow_rule(rule)
    require_confirmed(expected if counted is None else counted, campaign.signatures, confirmed=confirmed)
    reason, now = read_removal_reason(reason), runtime.now()
    with runtime.transaction() as connection:
        batch_id = batches.create(connection, campaign.id, actor.campaigner_id, rule, kind, reason, expected, newest_id, now)
        audit_log.record(
            connection, actor, "invalidate signatures", now, campaign_id=campaign.id, subject=f"batch {batch_id}",
            after={"kind": kind.value, "expected": expected, "by": list(rule.filters.active), "selected": len(rule.ids)},
            reason=reason,
        )  # fmt: skip
    runtime.enqueue_once(RUN_BATCHES)
    return batch_id


def get_batch(runtime: Runtime, campaign: Campaign, batch_id: int) -> Batch | None:
    """A batch of a campaign."""
    with runtime.reading() as connection:
        batch = batches.get(connection, batch_id)
    return batch if batch is not None and batch.campaign_id == campaign.id else None


def list_batches(runtime: Runtime, campaign: Campaign, before_id: int = 2**62) -> list[Batch]:
    """The batches of a campaign, newest first."""
    with runtime.reading() as connection:
        return batches.list_batches(connection, campaign.id, before_id)


def cancel_batch(runtime: Runtime, actor: Actor, batch: Batch) -> bool:
    """Stop a batch on its way. What it has invalidated stays so until it is undone. False where it is not running."""
    return _change_state(runtime, actor, batch, "cancel batch", BatchState.CANCELLED, (BatchState.RUNNING,))


def count_verified(runtime: Runtime, batch: Batch) -> int:
    """How many signatures count again once a batch is undone. Those that were held do too: somebody has judged them."""
    with runtime.reading() as connection:
        return batches.count_verified(connection, batch.id)


def undo_batch(
    runtime: Runtime, actor: Actor, campaign: Campaign, batch: Batch, reason: str, *, confirmed: bool = False
) -> bool:
    """Give back all that a batch has invalidated, each signature to the state it was in. False where it still runs, or was
    undone before. Raises InvalidInputError for a missing reason, UnconfirmedBigActError where so many would count again that
    it is a big act."""
    reason = read_removal_reason(reason)
    require_confirmed(count_verified(runtime, batch), campaign.signatures, confirmed=confirmed)
    began = _change_state(
        runtime, actor, batch, "undo batch", BatchState.UNDOING, (BatchState.DONE, BatchState.CANCELLED), reason=reason
    )
    if began:
        runtime.enqueue_once(RUN_BATCHES)
    return began


def run_due_batches(runtime: Runtime) -> int:
    """Do steps of every batch that has some left, within its time budget; returns how many signatures moved."""
    with runtime.reading() as connection:
        due = batches.due_batch_ids(connection, MAX_ITEMS)
    steps = run_steps(runtime, RUN_BATCHES, lambda batch_id: _run_step(runtime, batch_id), due, TimeBudget(TIME_BUDGET_SECONDS))
    if steps.done:
        runtime.enqueue_once(ADVANCE_LEDGER)
    return steps.done


def _run_step(runtime: Runtime, batch_id: int) -> int | None:
    """One step of one batch; None where there was none left."""
    with runtime.transaction() as connection:
        batch = batches.get_for_update(connection, batch_id)
        now = runtime.now()
        if batch is None or not batch.is_unfinished:
            return None
        if batch.state is BatchState.RUNNING:
            ids = batches.next_signature_ids(connection, batch, MAX_SIGNATURES_PER_STEP)
            moved = len(removals.invalidate_signatures(connection, ids, batch.reason_class, batch.reason, now, batch.id))
            if ids:
                batches.record_progress(connection, batch.id, ids[-1], moved)
                return moved
            done, act = BatchState.DONE, "finish batch"
        else:
            ids = batches.invalidated_signature_ids(connection, batch.id, MAX_SIGNATURES_PER_STEP)
            if ids:
                restored = len(removals.restore_signatures(connection, ids, batch.id))
                batches.record_undo_progress(connection, batch.id, restored)
                return restored
            done, act = BatchState.UNDONE, "finish undoing batch"
        batches.set_state(connection, batch, done, (batch.state,), now)
        audit_log.record(
            connection, SITE, act, now, campaign_id=batch.campaign_id, subject=f"batch {batch.id}",
            after={"invalidated": batch.invalidated, "restored": batch.restored},
        )  # fmt: skip
    log.info("A batch is through", batch=batch.id, state=done.value, invalidated=batch.invalidated, restored=batch.restored)
    return None


def _change_state(
    runtime: Runtime, actor: Actor, batch: Batch, action: str, to_state: BatchState, from_states: tuple[BatchState, ...],
    *, reason: str = "",
) -> bool:  # fmt: skip
    now = runtime.now()
    with runtime.transaction() as connection:
        changed = batches.set_state(connection, batch, to_state, from_states, now)
        if changed:
            audit_log.record(
                connection, actor, action, now, campaign_id=batch.campaign_id, subject=f"batch {batch.id}", reason=reason
            )
    return changed


def _require_narrow_rule(rule: SignatureSelection) -> None:
    if not rule.ids and not rule.filters.without("states", "kind").active:
        raise InvalidInputError("Say which signatures are meant: a filter that matches every signature is no filter.")
    if len(rule.ids) > MAX_SELECTED:
        raise InvalidInputError("Select %(most)d signatures at most; to mean more, use the filters.", most=MAX_SELECTED)
