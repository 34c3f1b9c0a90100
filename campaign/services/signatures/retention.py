"""Retention of what is kept for a short time only: the network a signature came from.

A network tells of a burst while it is fresh, and of a person's whereabouts for ever. A signature never gets one back: where it
is given again after that, none is stored.
"""

from dataclasses import dataclass
from datetime import timedelta

from campaign.jobs import FORGET_NETWORKS
from campaign.runtime import Runtime
from campaign.runtime.steps import TimeBudget, run_steps
from campaign.store.signatures import retention

NETWORK_RETENTION = timedelta(days=30)
"""How long, from the first time the signature was given."""
MAX_SIGNATURES_PER_TRANSACTION = 1_000
"""Signatures looked at in one transaction."""
TIME_BUDGET_SECONDS = 5.0
"""Seconds of clearing in one job."""


@dataclass
class NetworkRetention:
    """Clears networks for one process, which remembers how far it has come: what lies behind is never read again.

    Ids grow with time, so those that are old enough lie before all that are not, but for a second or two.
    """

    runtime: Runtime
    _cleared_to: int = 0

    def clear_expired(self) -> int:
        """Clear those that are old enough, within its time budget; returns how many; the rest is asked for again."""
        budget = TimeBudget(TIME_BUDGET_SECONDS)
        return run_steps(self.runtime, FORGET_NETWORKS, self._clear_some, (None,), budget).done

    def _clear_some(self, _: None) -> int | None:
        with self.runtime.transaction() as connection:
            cleared, clear_to = retention.clear_old_networks(
                connection, self._cleared_to, MAX_SIGNATURES_PER_TRANSACTION, self.runtime.now() - NETWORK_RETENTION
            )
        is_last = clear_to == self._cleared_to
        self._cleared_to = clear_to
        return (cleared or None) if is_last else cleared
