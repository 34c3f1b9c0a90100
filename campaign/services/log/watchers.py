"""Watchers of the log: the witnesses that the settings name, and how each stands. Reads only; no witness is asked."""

from campaign.domain.log.witness import WitnessStatus
from campaign.runtime import Runtime
from campaign.store.log import witnesses


def configured_witnesses(runtime: Runtime) -> tuple[WitnessStatus, ...]:
    """The witnesses of the settings, and how each stands; none costs no statement."""
    configured = runtime.settings.log_witnesses
    if not configured:
        return ()
    with runtime.reading() as connection:
        return witnesses.list_statuses(connection, configured, runtime.now())
