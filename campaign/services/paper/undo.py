"""An intake undone: its signatures leave the count, and what is personal in them is erased. In short steps, by a worker."""

from datetime import timedelta

import structlog

from campaign.domain.accounts.actor import SITE, Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.moderation.big_act import require_confirmed
from campaign.domain.moderation.removal import read_removal_reason
from campaign.jobs import ADVANCE_LEDGER, UNDO_INTAKES
from campaign.runtime import Runtime
from campaign.runtime.steps import MAX_ITEMS, TimeBudget, run_steps
from campaign.services.paper.import_list import AUDIT_SUBJECT, UNCONFIRMED_LIFETIME
from campaign.store.accounts import audit_log
from campaign.store.paper import intakes, paper_signatures, typed_lines
from campaign.store.paper.intakes import Intake, IntakeState

log = structlog.get_logger(__name__)

MAX_SIGNATURES_PER_STEP = 500
"""Signatures taken back in one transaction."""
TIME_BUDGET_SECONDS = 5.0
"""Seconds of one job."""
_SWEEP_INTERVAL = timedelta(hours=1)


def get_intake(runtime: Runtime, campaign: Campaign, intake_id: int) -> Intake | None:
    """An intake of a campaign."""
    with runtime.reading() as connection:
        intake = intakes.get(connection, intake_id)
    return intake if intake is not None and intake.campaign_id == campaign.id else None


def list_intakes(runtime: Runtime, campaign: Campaign, before_id: int = 2**62) -> list[Intake]:
    """What was taken in for a campaign, newest first."""
    with runtime.reading() as connection:
        return intakes.list_intakes(connection, campaign.id, before_id)


def undo_intake(
    runtime: Runtime, actor: Actor, campaign: Campaign, intake: Intake, reason: str, *, confirmed: bool = False
) -> bool:
    """Begin to undo an intake; a worker goes on with it, also after a crash. False where that had begun before.

    Raises InvalidInputError where the reason is missing or too long, and UnconfirmedBigActError for more than a tenth of the
    count that is not `confirmed`.
    """
    require_confirmed(intake.remaining, campaign.signatures, confirmed=confirmed)
    reason, now = read_removal_reason(reason), runtime.now()
    with runtime.transaction() as connection:
        began = intakes.begin_undo(connection, intake, actor.campaigner_id, reason, now)
        if began:
            audit_log.record(
                connection, actor, "undo intake", now, campaign_id=intake.campaign_id, subject=AUDIT_SUBJECT % intake.id,
                before={"signatures": intake.remaining}, reason=reason,
            )  # fmt: skip
    if began:
        runtime.enqueue_once(UNDO_INTAKES)
    return began


def discard_unconfirmed(runtime: Runtime, campaign: Campaign, intake_id: int) -> bool:
    """Throw away a list that waits to be confirmed. False where it waits no more."""
    intake = get_intake(runtime, campaign, intake_id)
    if intake is None:
        return False
    with runtime.transaction() as connection:
        return intakes.delete_unconfirmed(connection, intake_id)


def undo_due_intakes(runtime: Runtime) -> int:
    """Do steps of every intake that is being undone, within its time budget; throw away what nobody confirmed in time.

    Returns how many signatures were taken back. It may run twice at once.
    """
    with runtime.transaction() as connection:
        intakes.delete_unconfirmed_before(connection, runtime.now() - UNCONFIRMED_LIFETIME)
        due = intakes.due_intake_ids(connection, MAX_ITEMS)
    budget = TimeBudget(TIME_BUDGET_SECONDS)
    return run_steps(runtime, UNDO_INTAKES, lambda intake_id: undo_step(runtime, intake_id), due, budget).done


def any_undo_due(runtime: Runtime) -> bool:
    """Whether there is an intake to undo."""
    with runtime.reading() as connection:
        return intakes.has_work(connection, runtime.now() - UNCONFIRMED_LIFETIME - _SWEEP_INTERVAL)


def undo_step(runtime: Runtime, intake_id: int) -> int | None:
    """One step of undoing an intake; None where none was left."""
    now = runtime.now()
    with runtime.transaction() as connection:
        intake = intakes.get_for_update(connection, intake_id)
        if intake is None or intake.state is not IntakeState.UNDOING:
            return None
        undone = paper_signatures.undo_intake_signatures(connection, intake_id, MAX_SIGNATURES_PER_STEP, now)
        if undone:
            intakes.record_undo_progress(connection, intake_id, undone)
        else:
            intakes.finish_undo(connection, intake_id)
            typed_lines.delete_lines(connection, intake_id)
            audit_log.record(
                connection, SITE, "finish undoing intake", now, campaign_id=intake.campaign_id,
                subject=AUDIT_SUBJECT % intake_id, after={"undone": intake.undone},
            )  # fmt: skip
    if undone:
        runtime.enqueue_once(ADVANCE_LEDGER)
        return undone
    log.info("An intake is undone", intake=intake_id, signatures=intake.undone)
    return None
