"""Keeping the ledger: counting what moved, and finishing campaigns whose grace is over."""

import time

from campaign import closing, counting
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime

BETWEEN_ROUNDS = 0.25
"""Seconds between two rounds of one worker: a count moves a few times a second, however many verify."""


class Bookkeeper:
    """Keeps the ledger for one worker process."""

    def __init__(self, runtime: Runtime, *, between_rounds: float = BETWEEN_ROUNDS) -> None:
        self._runtime = runtime
        self._between_rounds = between_rounds
        self._last_round = 0.0

    def advance(self) -> int:
        """Count what moved since the last round; returns how many signatures."""
        # The flag still stands while this waits, so requests in the meantime ask for nothing.
        time.sleep(max(0.0, self._last_round + self._between_rounds - time.monotonic()))
        self._runtime.began(ADVANCE_LEDGER)
        self._last_round = time.monotonic()
        counted = counting.advance_all(self._runtime)
        counting.tally_mails(self._runtime)
        return counted

    def close(self) -> int:
        """Make final what is due, forget what was never verified; returns how many totals became final."""
        counting.advance_all(self._runtime)
        # Forgetting a signature forgets its mails; what became of them is in the funnel by then.
        counting.tally_mails(self._runtime)
        final = closing.finalise_due(self._runtime)
        closing.forget_unverified(self._runtime)
        return len(final)
