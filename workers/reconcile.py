"""Nightly reconciliation of every count, one campaign after the other, in jobs that leave room for others in between."""

from typing import Any

from campaign.domain.accounts.actor import SITE
from campaign.domain.campaigns.campaign import Campaign
from campaign.jobs import RECONCILE
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.runtime.steps import TimeBudget
from campaign.services import site
from campaign.services.ledger import count
from campaign.services.log.reconcile import MAX_ENTRIES_PER_STEP, TREE_NAME, reconcile_entries, reconcile_tree

TIME_BUDGET_SECONDS = 5.0
"""Seconds of one job. What is summed up by the database of one campaign, and the hashes of the tree, are finished in it all the
same; the entries of the public log, which take longest, in steps."""
_Progress = dict[str, Any]
"""What is kept between two jobs, as JSON: the last campaign by id (`after`) and slug, the last of its entries that was compared
(`entries_after`; None once all are), how many campaigns were recounted, and the drift in each."""
_NOTHING_YET: _Progress = {"after": 0, "campaigns": 0, "drifts": {}}


def reconcile_next(
    runtime: Runtime, *, time_budget_seconds: float = TIME_BUDGET_SECONDS, entries_per_step: int = MAX_ENTRIES_PER_STEP
) -> int:
    """Recount the next campaigns; returns how many. How far it has come is kept in Redis; lost, it begins anew.

    What somebody at the desk waits for is done before the next job: it stands in the queue before that one is asked for.
    """
    runtime.mark_started(RECONCILE)
    budget, reconciled = TimeBudget(time_budget_seconds), 0
    try:
        so_far = site.reconcile_progress(runtime) or _NOTHING_YET
        while (after := _next_step(runtime, so_far, entries_per_step)) is not None:
            reconciled += int(after["campaigns"]) - int(so_far["campaigns"])
            so_far = after
            site.set_reconcile_progress(runtime, so_far)
            if budget.is_used_up:
                runtime.enqueue_once(RECONCILE)
                return reconciled
        _finish(runtime, so_far)
    except RedisUnavailableError:
        # The queue is away with it: the clock asks again.
        pass
    return reconciled


def _next_step(runtime: Runtime, so_far: _Progress, entries_per_step: int) -> _Progress | None:
    """The progress after a part of one campaign; None once all campaigns are through."""
    if so_far.get("entries_after") is not None:
        return _compare_entries(runtime, so_far, entries_per_step)
    campaign = site.next_campaign(runtime, so_far["after"])
    return None if campaign is None else _recount(runtime, so_far, campaign)


def _recount(runtime: Runtime, so_far: _Progress, campaign: Campaign) -> _Progress:
    """The progress after the counts of a campaign; its entries in the public log come next."""
    found = count.reconcile_campaign(runtime, campaign, with_log=False)
    return {
        "after": campaign.id, "slug": campaign.slug, "entries_after": 0, "campaigns": so_far["campaigns"] + 1,
        "drifts": _with_drift(so_far["drifts"], campaign.slug, found.total_drift),
    }  # fmt: skip


def _compare_entries(runtime: Runtime, so_far: _Progress, entries_per_step: int) -> _Progress:
    """The progress after the next entries of the campaign that is being reconciled."""
    faults, go_on = reconcile_entries(runtime, so_far["after"], so_far["entries_after"], entries_per_step)
    return {**so_far, "entries_after": go_on, "drifts": _with_drift(so_far["drifts"], so_far["slug"], faults)}


def _finish(runtime: Runtime, so_far: _Progress) -> None:
    """Reconcile what is of no campaign, the tree of the log, and record what all of it has found."""
    drifts = _with_drift(so_far["drifts"], TREE_NAME, reconcile_tree(runtime))
    site.record_reconciliation(runtime, SITE, so_far["campaigns"], drifts)
    site.set_reconcile_progress(runtime, None)


def _with_drift(drifts: dict[str, int], slug: str, drift: int) -> dict[str, int]:
    return {**drifts, slug: drifts.get(slug, 0) + drift} if drift else drifts
