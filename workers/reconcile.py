"""Nightly reconciliation of every count, one campaign after the other, in jobs that leave room for others in between."""

from campaign.domain.accounts.actor import SITE
from campaign.jobs import RECONCILE
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.runtime.steps import TimeBudget
from campaign.services import site
from campaign.services.ledger import count
from campaign.services.log.reconcile import TREE_NAME, reconcile_tree

TIME_BUDGET_SECONDS = 5.0
"""Seconds of one job; a campaign that takes longer is finished in it all the same."""


def reconcile_next(runtime: Runtime) -> int:
    """Recount the next campaigns; returns how many. How far it has come is kept in Redis; lost, it begins anew."""
    runtime.mark_started(RECONCILE)
    budget, reconciled = TimeBudget(TIME_BUDGET_SECONDS), 0
    try:
        so_far = site.reconcile_progress(runtime) or {"after": 0, "campaigns": 0, "drifts": {}}
        while not budget.is_used_up:
            campaign = site.next_campaign(runtime, so_far["after"])
            if campaign is None:
                faults = reconcile_tree(runtime)
                drifts = {**so_far["drifts"], **({TREE_NAME: faults} if faults else {})}
                site.record_reconciliation(runtime, SITE, so_far["campaigns"], drifts)
                site.set_reconcile_progress(runtime, None)
                return reconciled
            off = count.reconcile_campaign(runtime, campaign).total_drift
            drifts = {**so_far["drifts"], **({campaign.slug: off} if off else {})}
            so_far = {"after": campaign.id, "campaigns": so_far["campaigns"] + 1, "drifts": drifts}
            site.set_reconcile_progress(runtime, so_far)
            reconciled += 1
    except RedisUnavailableError:
        return reconciled
    runtime.enqueue_once(RECONCILE)
    return reconciled
