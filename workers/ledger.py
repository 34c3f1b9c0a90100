"""Keeping the ledger: counting what moved, and finishing campaigns whose grace is over."""

import time
from collections.abc import Callable
from contextlib import ExitStack

from campaign.jobs import ADVANCE_LEDGER, CLOSE_CAMPAIGNS, RELEASE_HELD
from campaign.runtime import Runtime
from campaign.runtime.steps import TimeBudget
from campaign.services.ledger import count, finalise, grace, holding
from campaign.services.log import append

ROUND_INTERVAL_SECONDS = 0.25
"""Seconds between two rounds of one worker: a count moves a few times a second, however many verify."""
BUSY_ROUND_SIGNATURES = 5
"""Signatures counted in a round after which the same job begins another: taking a job from the queue and ending it costs as
much as counting a dozen."""
TIME_BUDGET_SECONDS = 5.0
"""Seconds after which a job begins no other round: other jobs of its queue wait for it."""


class LedgerJobs:
    """Keeps the ledger for one worker process."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        round_interval_seconds: float = ROUND_INTERVAL_SECONDS,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._runtime = runtime
        self._round_interval_seconds, self._is_stopping = round_interval_seconds, is_stopping
        self._last_round = 0.0

    def advance(self) -> int:
        """Count what moved since the last round, in a spike round after round; returns how many signatures."""
        # The flag still stands while this waits, so requests in the meantime ask for nothing.
        self._wait_for_round()
        self._runtime.mark_started(ADVANCE_LEDGER)
        budget = TimeBudget(TIME_BUDGET_SECONDS)
        counted = last = self._count_once()
        # A request that comes meanwhile has a job put in the queue, which counts after this one whatever is counted here.
        while last >= BUSY_ROUND_SIGNATURES and not (budget.is_used_up or self._is_stopping()):
            self._wait_for_round()
            last = self._count_once()
            counted += last
        return counted

    def _wait_for_round(self) -> None:
        time.sleep(max(0.0, self._last_round + self._round_interval_seconds - time.monotonic()))

    def _count_once(self) -> int:
        self._last_round = time.monotonic()
        try:
            counted = count.advance_ledgers(self._runtime)
            count.count_verification_mails(self._runtime)
        finally:
            # After the ledger's own commits: the count waits for nothing that the log does. Also where one campaign cannot be
            # counted: what is counted of the others is logged.
            if not append.advance_log(self._runtime).is_finished:
                self._runtime.enqueue_once(ADVANCE_LEDGER)
        return counted

    def release_held(self) -> int:
        """Release held signatures whose flag was judged or is over; returns how many."""
        self._runtime.mark_started(RELEASE_HELD)
        return holding.release_due(self._runtime)

    def close(self) -> int:
        """Decide which graces grow, make final what is due, forget what was never verified; returns how many totals became
        final."""
        self._runtime.mark_started(CLOSE_CAMPAIGNS)
        final: list[int] = []
        with ExitStack() as each:
            # Begun from the last, and whatever comes of one: what cannot be done of one campaign keeps no other from its end.
            each.callback(finalise.delete_unverified, self._runtime)
            # Forgetting a signature forgets its mails; what became of them is in the funnel by then.
            each.callback(count.count_verification_mails, self._runtime)
            each.callback(lambda: final.extend(finalise.finalise_due_campaigns(self._runtime)))
            each.callback(grace.decide_due_graces, self._runtime)
            each.callback(count.advance_ledgers, self._runtime)
        return len(final)
