"""An intake undone: its signatures leave the count, and what is personal in them is erased. In short steps, by a worker."""

import time
from datetime import timedelta

import structlog

from campaign.domain.actor import THE_SITE, Actor
from campaign.domain.removal import read_reason
from campaign.domain.standing import Standing
from campaign.intake.taking import HELD_FOR, SUBJECT
from campaign.jobs import ADVANCE_LEDGER, UNDO_INTAKES
from campaign.runtime import Runtime
from campaign.store import audit, intakes, paper
from campaign.store.intakes import Intake, IntakeState

log = structlog.get_logger(__name__)

STEP = 500
"""Signatures taken back in one transaction."""
TURN = 5.0
"""Seconds of one job."""
MOST_AT_ONCE = 20
_SWEEP_EVERY = timedelta(hours=1)


def find(runtime: Runtime, standing: Standing, intake_id: int) -> Intake | None:
    """An intake of a campaign."""
    with runtime.reading() as connection:
        intake = intakes.get(connection, intake_id)
    return intake if intake is not None and intake.campaign_id == standing.id else None


def page(runtime: Runtime, standing: Standing, before_id: int = 2**62) -> list[Intake]:
    """What was taken in for a campaign, newest first."""
    with runtime.reading() as connection:
        return intakes.page(connection, standing.id, before_id)


def undo(runtime: Runtime, actor: Actor, intake: Intake, reason: str) -> bool:
    """Begin to undo an intake; a worker goes on with it, also after a crash. False where that had begun before.

    Raises Refused where the reason is missing or too long.
    """
    reason, now = read_reason(reason), runtime.now()
    with runtime.transaction() as connection:
        began = intakes.begin_undo(connection, intake, actor.campaigner_id, reason, now)
        if began:
            audit.record(
                connection, actor, "undo intake", now, campaign_id=intake.campaign_id, subject=SUBJECT % intake.id,
                was={"signatures": intake.left}, reason=reason,
            )  # fmt: skip
    if began:
        runtime.hint(UNDO_INTAKES)
    return began


def drop(runtime: Runtime, standing: Standing, intake_id: int) -> bool:
    """Throw away a list that waits to be confirmed. False where it waits no more."""
    intake = find(runtime, standing, intake_id)
    if intake is None:
        return False
    with runtime.transaction() as connection:
        return intakes.drop_held(connection, intake_id)


def undo_due(runtime: Runtime) -> int:
    """Do steps of every intake that is being undone, for TURN seconds at most; throw away what nobody confirmed in time.

    Returns how many signatures were taken back. It may run twice at once.
    """
    with runtime.transaction() as connection:
        intakes.forget_held(connection, runtime.now() - HELD_FOR)
        due = intakes.due(connection, MOST_AT_ONCE)
    undone, until = 0, time.monotonic() + TURN
    while due and time.monotonic() < until:
        left = []
        for intake_id in due:
            step = undo_step(runtime, intake_id)
            if step is not None:
                undone += step
                left.append(intake_id)
        due = left
    if due:
        runtime.hint(UNDO_INTAKES)
    return undone


def waiting(runtime: Runtime) -> bool:
    """Whether there is something for `undo_due` to do."""
    with runtime.reading() as connection:
        return intakes.any_waiting(connection, runtime.now() - HELD_FOR - _SWEEP_EVERY)


def undo_step(runtime: Runtime, intake_id: int) -> int | None:
    """One step of undoing an intake; None where none was left."""
    now = runtime.now()
    with runtime.transaction() as connection:
        intake = intakes.hold(connection, intake_id)
        if intake is None or intake.state is not IntakeState.UNDOING:
            return None
        undone = paper.take_back(connection, intake_id, STEP, now)
        if undone:
            intakes.step_back(connection, intake_id, undone)
        else:
            intakes.finish_undo(connection, intake_id)
            audit.record(
                connection, THE_SITE, "finish undoing intake", now, campaign_id=intake.campaign_id,
                subject=SUBJECT % intake_id, became={"undone": intake.undone},
            )  # fmt: skip
    if undone:
        runtime.hint(ADVANCE_LEDGER)
        return undone
    log.info("An intake is undone", intake=intake_id, signatures=intake.undone)
    return None
