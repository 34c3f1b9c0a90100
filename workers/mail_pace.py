"""Pace of one mailer: how many mails to claim at once, by what the server was seen to take and by `MAIL_PER_MINUTE`.

What is claimed is sent before anything that comes later, however urgent; so no more is claimed than is sent within a second.
"""

import contextlib

from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.redis.mail_rate import give_back_mails, take_mails

MAX_CLAIMED = 50
"""Mails claimed at once."""
FIRST_CLAIM = 10
"""Mails claimed at once while nothing is known of the server."""
CLAIMED_SECONDS = 1.0
"""Seconds that sending what was claimed may take, by what was seen."""
_WEIGHT = 0.5
"""Of the newest batch in what is remembered."""


class MailPace:
    """Pace at which mails leave, as one worker has seen it."""

    def __init__(self, runtime: Runtime, connections: int) -> None:
        self._runtime, self._connections = runtime, connections
        self._per_second: float | None = None

    def claim_size(self) -> int:
        """How many mails to claim now; 0 where `MAIL_PER_MINUTE` allows none yet."""
        size = FIRST_CLAIM if self._per_second is None else int(self._per_second * CLAIMED_SECONDS)
        size = min(MAX_CLAIMED, max(size, self._connections))
        per_minute = self._runtime.settings.mail_per_minute
        if not per_minute:
            return size
        try:
            return self._runtime.call_redis(lambda redis: take_mails(redis, per_minute, size))
        except RedisUnavailableError:
            # Nobody counts, and the jobs of other workers do not begin either.
            return 1

    def give_back(self, unused: int) -> None:
        """Mails that were allowed and not claimed count for nothing: with few a minute, the next one need not wait for them."""
        per_minute = self._runtime.settings.mail_per_minute
        if per_minute and unused > 0:
            with contextlib.suppress(RedisUnavailableError):
                self._runtime.call_redis(lambda redis: give_back_mails(redis, per_minute, unused))

    def note(self, mails: int, seconds: float) -> None:
        """Remember how long a batch took to leave the queue."""
        seen = mails / max(seconds, 0.001)
        self._per_second = seen if self._per_second is None else _WEIGHT * seen + (1 - _WEIGHT) * self._per_second
