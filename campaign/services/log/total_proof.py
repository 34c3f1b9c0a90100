"""Total proofs for packs, once the log has got as far as the count."""

import time
from collections.abc import Callable

from campaign.domain.log.total_proof import TotalProof
from campaign.runtime import Runtime
from campaign.services.log.append import advance_log
from campaign.store.log.total_proof import find_total_proof

PAUSES_SECONDS = (0.05, 1.0, 1.0)
"""Seconds between attempts to have the log reach an entry: there is a checkpoint each second at most."""


def make_total_proof(
    runtime: Runtime, campaign_id: int, sequence: int, wait: Callable[[float], None] = time.sleep
) -> TotalProof | None:
    """The proof of the total with an entry, for which the log is brought up to it; None where that fails for some seconds.

    It is read apart from the caller's snapshot, which a campaign that many sign is always a second ahead of its log in.
    """
    if not sequence:
        return None
    for pause in (0.0, *PAUSES_SECONDS):
        if pause:
            wait(pause)
        with runtime.reading() as connection:
            found = find_total_proof(connection, campaign_id, sequence, runtime.log_tiles)
        if found is not None:
            return found
        if runtime.settings.log_key.get_secret_value():
            advance_log(runtime)
    return None
