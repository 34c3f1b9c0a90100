"""The window of a campaign: when it may be signed, and what it is called at any moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(hours=24)
"""How long after the deadline a link mailed before it still verifies, unless the campaign says otherwise.

Long enough that somebody who signed in the last minute and reads mail the next morning is counted.
"""

FINALISATION_DELAY = timedelta(seconds=60)
"""How long after the grace the total waits before it is final: longer than any transaction begun in the grace can last."""


class CampaignState(StrEnum):
    """State of a campaign at one moment; derived from its window, never stored."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    """The deadline has passed; the grace runs, or the total waits to be certified."""
    FINAL = "final"
    """The total is certified."""


@dataclass(frozen=True, slots=True)
class SigningWindow:
    """Window in which a campaign may be signed. All times are aware; the window is half open: the deadline itself is too
    late."""

    opens_at: datetime
    closes_at: datetime
    verify_until: datetime
    """The end of the grace: from here on a mailed link no longer verifies."""
    paused: bool = False
    finalised_at: datetime | None = None

    def state(self, now: datetime) -> CampaignState:
        """The state at `now`."""
        if self.finalised_at is not None:
            return CampaignState.FINAL
        if now >= self.closes_at:
            return CampaignState.CLOSED
        if now < self.opens_at:
            return CampaignState.SCHEDULED
        return CampaignState.PAUSED if self.paused else CampaignState.OPEN

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds until the deadline, rounded down; 0 once it has passed."""
        return max(0, int((self.closes_at - now).total_seconds()))

    def accepts_verification(self, now: datetime) -> bool:
        """Whether a mailed link still verifies at `now`. A pause stops new signatures, not the proof of those given."""
        return self.finalised_at is None and now < self.verify_until
