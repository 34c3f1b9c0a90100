"""Invalidating many signatures at once: tried dry first, run by a worker in short steps, stopped and undone as a whole."""

import time
from dataclasses import dataclass

import structlog

from campaign.domain.actor import THE_SITE, Actor
from campaign.domain.refusal import Refused
from campaign.domain.removal import Removal, Rule, read_reason
from campaign.domain.standing import Standing
from campaign.jobs import ADVANCE_LEDGER, RUN_BATCHES
from campaign.runtime import Runtime
from campaign.store import audit, batches, removals
from campaign.store.batches import Batch, BatchState, Sample
from campaign.store.bounded import at_most

log = structlog.get_logger(__name__)

STEP = 500
"""Signatures moved in one transaction: some tens of milliseconds in which a signatory may have to wait for their own row."""
TURN = 5.0
"""Seconds of one job, so that several batches move on and a worker that is told to stop does so soon."""
MOST_AT_ONCE = 20
PATIENCE = 10.0
"""Seconds a dry run may take."""
SAMPLED = 10
MOST_SELECTED = 500
"""Signatures that can be selected one by one; more are meant by a rule."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a batch would do."""

    verified: int
    pending: int
    sample: tuple[Sample, ...]
    up_to: int
    """The number of the newest signature there was: what comes later was not looked at, and is not meant."""

    @property
    def total(self) -> int:
        """How many signatures it would invalidate."""
        return self.verified + self.pending


def dry_run(runtime: Runtime, standing: Standing, rule: Rule) -> DryRun:
    """What a batch by this rule would do now. Raises Refused for one that means every signature there is, and TooSlow."""
    _refuse_everything(rule)
    with runtime.snapshot() as connection, at_most(connection, PATIENCE):
        by_state = batches.count(connection, standing.id, rule)
        found = batches.sample(connection, standing.id, rule, SAMPLED)
        newest = batches.newest(connection, standing.id)
    return DryRun(by_state.get("verified", 0), by_state.get("pending", 0), tuple(found), newest)


def start(
    runtime: Runtime, actor: Actor, standing: Standing, rule: Rule, kind: Removal, reason: str, expected: int,
    up_to: int = 2**63 - 1,
) -> int:  # fmt: skip
    """Begin a batch; a worker runs it. Returns its number. Raises Refused.

    `expected` and `up_to` are the total and the newest signature of the dry run: nobody is invalidated unseen.
    """
    _refuse_everything(rule)
    reason, now = read_reason(reason), runtime.now()
    with runtime.transaction() as connection:
        batch_id = batches.create(connection, standing.id, actor.campaigner_id, rule, kind, reason, expected, up_to, now)
        audit.record(
            connection, actor, "invalidate signatures", now, campaign_id=standing.id, subject=f"batch {batch_id}",
            became={"kind": kind.value, "expected": expected, "by": list(rule.filters.used), "selected": len(rule.ids)},
            reason=reason,
        )  # fmt: skip
    runtime.hint(RUN_BATCHES)
    return batch_id


def find(runtime: Runtime, standing: Standing, batch_id: int) -> Batch | None:
    """A batch of a campaign."""
    with runtime.reading() as connection:
        batch = batches.get(connection, batch_id)
    return batch if batch is not None and batch.campaign_id == standing.id else None


def page(runtime: Runtime, standing: Standing, before_id: int = 2**62) -> list[Batch]:
    """The batches of a campaign, newest first."""
    with runtime.reading() as connection:
        return batches.page(connection, standing.id, before_id)


def cancel(runtime: Runtime, actor: Actor, batch: Batch) -> bool:
    """Stop a batch on its way. What it has invalidated stays so until it is undone. False where it is not running."""
    return _change(runtime, actor, batch, "cancel batch", BatchState.CANCELLED, (BatchState.RUNNING,))


def undo(runtime: Runtime, actor: Actor, batch: Batch) -> bool:
    """Give back all that a batch has invalidated, each signature to the state it was in. False where it still runs, or was
    undone before."""
    began = _change(runtime, actor, batch, "undo batch", BatchState.UNDOING, (BatchState.DONE, BatchState.CANCELLED))
    if began:
        runtime.hint(RUN_BATCHES)
    return began


def run_due(runtime: Runtime) -> int:
    """Do steps of every batch that has some left, for TURN seconds at most; returns how many signatures moved."""
    with runtime.reading() as connection:
        due = batches.due(connection, MOST_AT_ONCE)
    moved, until = 0, time.monotonic() + TURN
    while due and time.monotonic() < until:
        left = []
        for batch_id in due:
            step = _step(runtime, batch_id)
            if step is not None:
                moved += step
                left.append(batch_id)
                runtime.hint(ADVANCE_LEDGER)
        due = left
    if due:
        runtime.hint(RUN_BATCHES)
    return moved


def _step(runtime: Runtime, batch_id: int) -> int | None:
    """One step of one batch; None where there was none left."""
    with runtime.transaction() as connection:
        batch = batches.held(connection, batch_id)
        now = runtime.now()
        if batch is None or not batch.busy:
            return None
        if batch.state is BatchState.RUNNING:
            ids = batches.next_ids(connection, batch, STEP)
            moved = len(removals.invalidate(connection, ids, batch.kind, batch.reason, now, batch.id))
            if ids:
                batches.step(connection, batch.id, ids[-1], moved)
                return moved
            done, act = BatchState.DONE, "finish batch"
        else:
            ids = batches.ids_of(connection, batch.id, STEP)
            if ids:
                restored = len(removals.restore(connection, ids, batch.id))
                batches.step_back(connection, batch.id, restored)
                return restored
            done, act = BatchState.UNDONE, "finish undoing batch"
        batches.change(connection, batch, done, (batch.state,), now)
        audit.record(
            connection, THE_SITE, act, now, campaign_id=batch.campaign_id, subject=f"batch {batch.id}",
            became={"invalidated": batch.moved, "restored": batch.restored},
        )  # fmt: skip
    log.info("A batch is through", batch=batch.id, state=done.value, invalidated=batch.moved, restored=batch.restored)
    return None


def _change(
    runtime: Runtime, actor: Actor, batch: Batch, act: str, to: BatchState, out_of: tuple[BatchState, ...]
) -> bool:  # fmt: skip
    now = runtime.now()
    with runtime.transaction() as connection:
        changed = batches.change(connection, batch, to, out_of, now)
        if changed:
            audit.record(connection, actor, act, now, campaign_id=batch.campaign_id, subject=f"batch {batch.id}")
    return changed


def _refuse_everything(rule: Rule) -> None:
    if not rule.ids and not rule.filters.without("states").used:
        raise Refused("Say which signatures are meant: a rule that fits every signature is no rule.")
    if len(rule.ids) > MOST_SELECTED:
        raise Refused("Select %(most)d signatures at most; to mean more, use the filters.", most=MOST_SELECTED)
