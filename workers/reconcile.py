"""Nightly reconciliation of every count, one campaign after the other, in jobs that leave room for others in between."""

from typing import Any

from campaign.domain.accounts.actor import SITE
from campaign.jobs import RECONCILE
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.runtime.steps import TimeBudget
from campaign.services import site
from campaign.services.ledger import count
from campaign.services.log.reconcile import MAX_ENTRIES_PER_STEP, TREE_NAME, reconcile_entries, reconcile_tree

TIME_BUDGET_SECONDS = 5.0
"""Seconds of one job. What is summed up by the database of one campaign, and the hashes of the tree, are finished in it all the
same; the entries of the public log, which take longest, in steps."""


def reconcile_next(
    runtime: Runtime, *, time_budget_seconds: float = TIME_BUDGET_SECONDS, entries_per_step: int = MAX_ENTRIES_PER_STEP
) -> int:
    """Recount the next campaigns; returns how many. How far it has come is kept in Redis; lost, it begins anew.

    What somebody at the desk waits for is done before the next job: it stands in the queue before that one is asked for.
    """
    runtime.mark_started(RECONCILE)
    budget, reconciled = TimeBudget(time_budget_seconds), 0
    try:
        so_far = site.reconcile_progress(runtime) or {"after": 0, "campaigns": 0, "drifts": {}}
        while True:
            if so_far.get("entries_after") is not None:
                so_far = _compare_entries(runtime, so_far, entries_per_step)
            else:
                campaign = site.next_campaign(runtime, so_far["after"])
                if campaign is None:
                    faults = reconcile_tree(runtime)
                    drifts = {**so_far["drifts"], **({TREE_NAME: faults} if faults else {})}
                    site.record_reconciliation(runtime, SITE, so_far["campaigns"], drifts)
                    site.set_reconcile_progress(runtime, None)
                    return reconciled
                found = count.reconcile_campaign(runtime, campaign, with_log=False)
                so_far = {
                    "after": campaign.id, "slug": campaign.slug, "entries_after": 0, "campaigns": so_far["campaigns"] + 1,
                    "drifts": _with_drift(so_far["drifts"], campaign.slug, found.total_drift),
                }  # fmt: skip
                reconciled += 1
            site.set_reconcile_progress(runtime, so_far)
            if budget.is_used_up:
                break
    except RedisUnavailableError:
        return reconciled
    runtime.enqueue_once(RECONCILE)
    return reconciled


def _compare_entries(runtime: Runtime, so_far: dict[str, Any], entries_per_step: int) -> dict[str, Any]:
    """The progress after the next entries of the campaign that is being reconciled."""
    faults, go_on = reconcile_entries(runtime, so_far["after"], so_far["entries_after"], entries_per_step)
    return {**so_far, "entries_after": go_on, "drifts": _with_drift(so_far["drifts"], so_far["slug"], faults)}


def _with_drift(drifts: dict[str, int], slug: str, drift: int) -> dict[str, int]:
    return {**drifts, slug: drifts.get(slug, 0) + drift} if drift else drifts
