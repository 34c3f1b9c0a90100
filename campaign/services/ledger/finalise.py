"""The end of a campaign: the total becomes final after the grace, and what was never verified is forgotten.

Nothing here has to run for a campaign to close: the deadline is checked whenever somebody signs.
"""

from dataclasses import replace

import structlog

from campaign.domain.campaigns.window import FINALISATION_DELAY
from campaign.jobs import CLOSE_CAMPAIGNS
from campaign.runtime import Runtime
from campaign.runtime.steps import MAX_ITEMS, TimeBudget, run_steps
from campaign.services.ledger.grace import decide_grace
from campaign.store.campaigns import campaigns
from campaign.store.ledger import final_totals, ledger
from campaign.store.signatures import corrections, retention
from campaign.store.site import switches

log = structlog.get_logger(__name__)

MAX_DELETED_PER_TRANSACTION = 500
"""Signatures deleted in one transaction."""
TIME_BUDGET_SECONDS = 5.0
"""Seconds of certifying, and of deleting, in one job: counting waits in the same queue."""


def finalise_due_campaigns(runtime: Runtime) -> list[int]:
    """Certify the total of every campaign whose grace is over and whose ledger is complete; returns their ids."""
    with runtime.reading() as connection:
        due = final_totals.campaign_ids_to_finalise(connection, runtime.now() - FINALISATION_DELAY, MAX_ITEMS)
    final: list[int] = []

    def finalise_one(campaign_id: int) -> None:
        if finalise_campaign(runtime, campaign_id):
            final.append(campaign_id)

    run_steps(runtime, CLOSE_CAMPAIGNS, finalise_one, due, TimeBudget(TIME_BUDGET_SECONDS), part="finalise")
    return final


def finalise_campaign(runtime: Runtime, campaign_id: int) -> bool:
    """Certify one campaign's total. False where it is final already, the grace is not over or grows by an outage of mail, or
    signatures still wait to be counted or are held; then the next round does it."""
    with runtime.transaction() as connection:
        tally, _ = ledger.lock_tally(connection, campaign_id)
        # What is held is decided first: a flag holds for a day at most.
        if tally.held or ledger.has_uncounted(connection, campaign_id):
            return False
        # While nobody can verify, nobody's grace ends: it is given back once they can.
        if switches.read_only_since(connection) is not None:
            return False
        now = runtime.now()
        # It was decided before the grace ended, unless nothing ran then.
        has_grown = decide_grace(connection, campaign_id, now)
        if not has_grown and not final_totals.certify_total(connection, campaign_id, now - FINALISATION_DELAY, now):
            return False
        campaign = campaigns.get_by_id(connection, campaign_id)
    runtime.cache_campaign(campaign)
    if not has_grown:
        log.info("A campaign's total is final", campaign=campaign.slug, total=campaign.final_total, sequence=campaign.sequence)
    return not has_grown


def delete_unverified(runtime: Runtime) -> int:
    """Delete the signatures of final campaigns that were never verified, within its time budget; returns how many."""
    with runtime.reading() as connection:
        finished = final_totals.campaign_ids_to_purge(connection, MAX_ITEMS)
    deleted_to = dict.fromkeys(finished, 0)

    def delete_some(campaign_id: int) -> int | None:
        deleted = _delete_some_unverified(runtime, campaign_id, deleted_to)
        with runtime.reading() as connection:
            runtime.cache_campaign(campaigns.get_by_id(connection, campaign_id))
        return deleted

    steps = run_steps(runtime, CLOSE_CAMPAIGNS, delete_some, finished, TimeBudget(TIME_BUDGET_SECONDS), part="delete")
    if finished:
        log.info("Signatures that were never verified are deleted", campaigns=len(finished), signatures=steps.done)
    return steps.done


def _delete_some_unverified(runtime: Runtime, campaign_id: int, deleted_to: dict[int, int]) -> int | None:
    """Delete some; None where none was left. `deleted_to` holds, for each campaign, the id up to which all are looked at."""
    with runtime.transaction() as connection:
        tally, _ = ledger.lock_tally(connection, campaign_id)
        deleted, counted, deleted_to[campaign_id] = retention.delete_unverified(
            connection, campaign_id, deleted_to[campaign_id], MAX_DELETED_PER_TRANSACTION
        )
        if not deleted:
            # Of what was invalidated before it was ever verified.
            corrections.delete_corrections_of_campaign(connection, campaign_id)
            final_totals.mark_purged(connection, campaign_id, runtime.now())
            return None
        ledger.set_tally(connection, campaign_id, replace(tally, pending=tally.pending - counted), runtime.now())
        return deleted
