"""Reconciliation of the log as a whole; what concerns one campaign is reconciled with its count."""

from campaign.runtime import Runtime
from campaign.store.log import reconcile

TREE_NAME = "the public log"
"""What stands in the place of a campaign's slug where the tree does not agree with its leaves."""


def reconcile_tree(runtime: Runtime) -> int:
    """Hash all leaves again and compare tiles and last checkpoint with them; returns how many faults were found."""
    with runtime.snapshot() as connection:
        return reconcile.check_tree(connection)
