"""The end of a campaign: the total becomes final after the grace, and what was never verified is forgotten.

Nothing here has to run for a campaign to close: the deadline is checked whenever somebody signs.
"""

import time
from dataclasses import replace

import structlog

from campaign.domain.campaigns.window import FINALISATION_DELAY
from campaign.runtime import Runtime
from campaign.store.campaigns import campaigns
from campaign.store.ledger import final_totals, ledger
from campaign.store.signatures import retention
from campaign.store.site import switches

log = structlog.get_logger(__name__)

MAX_CAMPAIGNS_PER_ROUND = 50
"""Campaigns finished in one round."""
MAX_DELETED_PER_TRANSACTION = 500
"""Signatures deleted in one transaction."""
DELETE_TIME_BUDGET_SECONDS = 5.0
"""Seconds of deleting in one job: counting waits in the same queue."""


def finalise_due_campaigns(runtime: Runtime) -> list[int]:
    """Certify the total of every campaign whose grace is over and whose ledger is complete; returns their ids."""
    with runtime.reading() as connection:
        due = final_totals.campaign_ids_to_finalise(connection, runtime.now() - FINALISATION_DELAY, MAX_CAMPAIGNS_PER_ROUND)
    return [campaign_id for campaign_id in due if finalise_campaign(runtime, campaign_id)]


def finalise_campaign(runtime: Runtime, campaign_id: int) -> bool:
    """Certify one campaign's total. False where it is final already, the grace is not over, or signatures still wait to be
    counted; then the next round does it."""
    with runtime.transaction() as connection:
        ledger.lock_tally(connection, campaign_id)
        if ledger.has_uncounted(connection, campaign_id):
            return False
        # While nobody can verify, nobody's grace ends: it is given back once they can.
        if switches.read_only_since(connection) is not None:
            return False
        now = runtime.now()
        if not final_totals.certify_total(connection, campaign_id, now - FINALISATION_DELAY, now):
            return False
        campaign = campaigns.get_by_id(connection, campaign_id)
    runtime.cache_campaign(campaign)
    log.info("A campaign's total is final", campaign=campaign.slug, total=campaign.final_total, sequence=campaign.sequence)
    return True


def delete_unverified(runtime: Runtime) -> int:
    """Delete the signatures of final campaigns that were never verified, for TURN seconds at most; returns how many.

    The clock asks again until none is left.
    """
    with runtime.reading() as connection:
        finished = final_totals.campaign_ids_to_purge(connection, MAX_CAMPAIGNS_PER_ROUND)
    until = time.monotonic() + DELETE_TIME_BUDGET_SECONDS
    return sum(_delete_unverified_of(runtime, campaign_id, until) for campaign_id in finished)


def _delete_unverified_of(runtime: Runtime, campaign_id: int, until: float) -> int:
    forgotten, after = 0, 0
    while time.monotonic() < until:
        with runtime.transaction() as connection:
            tally, _ = ledger.lock_tally(connection, campaign_id)
            deleted, counted, after = retention.delete_unverified(connection, campaign_id, after, MAX_DELETED_PER_TRANSACTION)
            if deleted:
                left = replace(tally, pending=tally.pending - counted)
                ledger.set_tally(connection, campaign_id, left, runtime.now())
            else:
                final_totals.mark_purged(connection, campaign_id, runtime.now())
        forgotten += deleted
        if not deleted:
            break
    with runtime.reading() as connection:
        runtime.cache_campaign(campaigns.get_by_id(connection, campaign_id))
    log.info("Signatures that were never verified are forgotten", campaign_id=campaign_id, signatures=forgotten)
    return forgotten
