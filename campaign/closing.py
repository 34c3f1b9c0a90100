"""The end of a campaign: the total becomes final after the grace, and what was never verified is forgotten.

Nothing here has to run for a campaign to close: the deadline is checked whenever somebody signs.
"""

import time
from dataclasses import replace

import structlog

from campaign.domain.window import SETTLING
from campaign.runtime import Runtime
from campaign.store import campaigns, ledger, signatures, switches

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 50
"""Campaigns finished in one round."""
FORGOTTEN_AT_ONCE = 500
"""Signatures deleted in one transaction."""
TURN = 5.0
"""Seconds of deleting in one job: counting waits in the same queue."""


def finalise_due(runtime: Runtime) -> list[int]:
    """Certify the total of every campaign whose grace is over and whose ledger is complete; returns their ids."""
    with runtime.reading() as connection:
        due = ledger.to_finalise(connection, runtime.now() - SETTLING, MOST_AT_ONCE)
    return [campaign_id for campaign_id in due if finalise(runtime, campaign_id)]


def finalise(runtime: Runtime, campaign_id: int) -> bool:
    """Certify one campaign's total. False where it is final already, the grace is not over, or signatures still wait to be
    counted; then the next round does it."""
    with runtime.transaction() as connection:
        ledger.lock_tally(connection, campaign_id)
        if ledger.any_due(connection, campaign_id):
            return False
        # While nobody can verify, nobody's grace ends: it is given back once they can.
        if switches.read_only_since(connection) is not None:
            return False
        now = runtime.now()
        if not ledger.certify(connection, campaign_id, now - SETTLING, now):
            return False
        standing = campaigns.by_id(connection, campaign_id)
    runtime.publish(standing)
    log.info("A campaign's total is final", campaign=standing.slug, total=standing.final_total, sequence=standing.sequence)
    return True


def forget_unverified(runtime: Runtime) -> int:
    """Delete the signatures of final campaigns that were never verified, for TURN seconds at most; returns how many.

    The clock asks again until none is left.
    """
    with runtime.reading() as connection:
        finished = ledger.to_forget(connection, MOST_AT_ONCE)
    until = time.monotonic() + TURN
    return sum(_forget(runtime, campaign_id, until) for campaign_id in finished)


def _forget(runtime: Runtime, campaign_id: int, until: float) -> int:
    forgotten, after = 0, 0
    while time.monotonic() < until:
        with runtime.transaction() as connection:
            tally, _ = ledger.lock_tally(connection, campaign_id)
            deleted, counted, after = signatures.forget_pending(connection, campaign_id, after, FORGOTTEN_AT_ONCE)
            if deleted:
                left = replace(tally, pending=tally.pending - counted)
                ledger.set_tally(connection, campaign_id, left, runtime.now())
            else:
                ledger.forgotten(connection, campaign_id, runtime.now())
        forgotten += deleted
        if not deleted:
            break
    with runtime.reading() as connection:
        runtime.publish(campaigns.by_id(connection, campaign_id))
    log.info("Signatures that were never verified are forgotten", campaign_id=campaign_id, signatures=forgotten)
    return forgotten
