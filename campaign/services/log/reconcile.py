"""Reconciliation of the log as a whole; what concerns one campaign is reconciled with its count."""

from campaign.runtime import Runtime
from campaign.store.log import reconcile

TREE_NAME = "the public log"
"""What stands in the place of a campaign's slug where the tree does not agree with its leaves."""


MAX_ENTRIES_PER_STEP = 20_000
"""Entries compared in one step: a second's work or less."""


def reconcile_entries(runtime: Runtime, campaign_id: int, after: int, most: int) -> tuple[int, int | None]:
    """Compare the next entries of a campaign, behind a sequence, with ledger and signatures; returns how many faults were
    found, and where to go on, None at the end."""
    with runtime.snapshot() as connection:
        faults, is_over = reconcile.check_entries(connection, campaign_id, after, after + most)
        if after == 0:
            faults += reconcile.count_orphans(connection, campaign_id)
    return faults, None if is_over else after + most


def reconcile_tree(runtime: Runtime) -> int:
    """Hash all leaves again and compare tiles and last checkpoint with them; returns how many faults were found."""
    with runtime.snapshot() as connection:
        return reconcile.check_tree(connection)
