"""What is kept for a short time only: the network a signature came from.

A network tells of a burst while it is fresh, and of a person's whereabouts for ever. A signature never gets one back: where it
is given again after that, none is stored.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from campaign.runtime import Runtime
from campaign.store import networks

KEPT = timedelta(days=30)
"""How long, from the first time the signature was given."""
AT_ONCE = 1_000
"""Signatures looked at in one transaction."""
TURN = 5.0
"""Seconds of clearing in one job."""


@dataclass
class Networks:
    """Clears networks for one process, which remembers how far it has come: what lies behind is never read again.

    Ids grow with time, so those that are old enough lie before all that are not, but for a second or two.
    """

    runtime: Runtime
    _cleared_to: int = 0

    def clear(self) -> int:
        """Clear those that are old enough, for TURN seconds at most; returns how many. The clock asks again and again."""
        cleared, until = 0, time.monotonic() + TURN
        while time.monotonic() < until:
            with self.runtime.transaction() as connection:
                more, clear_to = networks.clear(connection, self._cleared_to, AT_ONCE, self.runtime.now() - KEPT)
            cleared += more
            if clear_to == self._cleared_to:
                break
            self._cleared_to = clear_to
        return cleared
