"""Watchers of the log: the witnesses that the settings name, and how each stands. Reads only; no witness is asked."""

from collections.abc import Sequence

from campaign.domain.log.witness import Witness, WitnessRecord, WitnessStatus, witness_statuses
from campaign.runtime import Runtime
from campaign.store.log import witnesses


def configured_witnesses(runtime: Runtime) -> tuple[WitnessStatus, ...]:
    """The witnesses of the settings, and how each stands."""
    configured = runtime.settings.log_witnesses
    return witness_statuses(configured, known_witnesses(runtime, configured), runtime.now()) if configured else ()


def known_witnesses(runtime: Runtime, configured: Sequence[Witness]) -> list[WitnessRecord]:
    """What is stored of witnesses; nothing of one that was never asked."""
    with runtime.reading() as connection:
        return witnesses.list_witnesses(connection, [witness.key.serialise() for witness in configured])
