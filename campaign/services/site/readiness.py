"""Readiness: whether a signature could be stored, a job asked for and a deadline judged now, found out by doing it."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from campaign.domain.site.process_heartbeat import MAX_CLOCK_SKEW_SECONDS
from campaign.runtime import RedisUnavailableError
from campaign.services.site.heartbeats import clock_skew_seconds
from campaign.store.database import schema_version
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.database.failure_reason import failure_reason
from campaign.store.redis import write_probe as redis_probe
from campaign.store.site import write_probe

if TYPE_CHECKING:
    from campaign.runtime import Runtime

REMEMBERED_SECONDS = 2.0
"""Seconds for which an answer is given again: asking faster than that causes no more work."""
WRITE_LIMIT_SECONDS = 3.0
"""Seconds each statement of the probe may take on PostgreSQL."""
MIN_FREE_BYTES = 20_000_000
"""Room on the disk of SQLite below which signing is about to fail."""
_PROBE = "readyz"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Readiness: what works, each "up" or what is wrong with it in a few words."""

    database: str
    redis: str
    clock: str

    @property
    def is_ready(self) -> bool:
        """Whether all of it works."""
        return self.database == self.redis == self.clock == "up"


@dataclass
class ReadinessCheck:
    """Single-flight check with a short memory, for the health check of a process."""

    runtime: Runtime
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _found: Readiness | None = None
    _until: float = 0.0

    def result(self) -> Readiness:
        """What works, as of two seconds ago at most, or as of when the check that runs now was last through."""
        found = self._found
        if found is not None and (time.monotonic() < self._until or self._lock.locked()):
            return found
        with self._lock:
            if self._found is None or time.monotonic() >= self._until:
                self._found = readiness(self.runtime)
                self._until = time.monotonic() + REMEMBERED_SECONDS
            return self._found


def readiness(runtime: Runtime) -> Readiness:
    """What works now: a row is committed, a key is written, the clocks are compared."""
    return Readiness(_database(runtime), _redis(runtime), _clock(runtime))


def write_database(runtime: Runtime, probe: str) -> None:
    """Commit the row of a probe. Raises StoreUnavailableError."""
    with runtime.transaction() as connection:
        write_probe.write_row(connection, probe, runtime.now(), WRITE_LIMIT_SECONDS)


def _database(runtime: Runtime) -> str:
    try:
        if not schema_version.is_compatible(runtime.engine):
            return "needs `countersign migrate`"
        write_database(runtime, _PROBE)
    except StoreUnavailableError as error:
        return f"down: {failure_reason(error).message}"
    if runtime.settings.is_sqlite and shutil.disk_usage(runtime.settings.data_dir).free < MIN_FREE_BYTES:
        return "down: has no room on its disk"
    return "up"


def _redis(runtime: Runtime) -> str:
    token = runtime.random_link_key()
    try:
        written = runtime.call_redis(lambda redis: redis_probe.write_key(redis, f"{_PROBE}:{token}", token))
    except RedisUnavailableError as error:
        cause = error.__cause__
        return "down" if cause is None else f"down: {redis_probe.failure_words(cause)[0]}"
    return "up" if written else "down: does not keep what is written"


def _clock(runtime: Runtime) -> str:
    skew = clock_skew_seconds(runtime)
    if skew is None or abs(skew) <= MAX_CLOCK_SKEW_SECONDS:
        return "up"
    return f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the database's clock"
