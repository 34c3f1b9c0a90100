"""Heartbeat of this process: a thread that says every few seconds that it lives, and how far its machine's clock is off."""

from __future__ import annotations

import os
import platform
import threading
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

from campaign.domain.site.process_heartbeat import HEARTBEAT_INTERVAL_SECONDS
from campaign.runtime import RedisUnavailableError
from campaign.store.database.engine import StoreUnavailableError, database_now
from campaign.store.redis import process_heartbeats

if TYPE_CHECKING:
    from campaign.domain.site.process_heartbeat import ProcessHeartbeat
    from campaign.runtime import Runtime

_COMPARE_INTERVAL_SECONDS = 60.0
"""Seconds between two comparisons of the clocks."""


class Heartbeat:
    """The heartbeat of one process in one role, from `start` to `stop`."""

    def __init__(self, runtime: Runtime, role: str) -> None:
        self._runtime, self._role = runtime, role
        self._machine, self._pid = platform.node(), os.getpid()
        self._started_at = runtime.now()
        self._skew: float | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and be forgotten: this process was told to stop, it did not die."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=HEARTBEAT_INTERVAL_SECONDS)
        try:
            self._runtime.call_redis(lambda redis: process_heartbeats.forget(redis, self._role, self._machine, self._pid))
        except RedisUnavailableError:
            return

    def beat(self) -> None:
        """Say once that this process lives. While Redis is down nobody hears it."""
        try:
            self._runtime.call_redis(
                lambda redis: process_heartbeats.record_heartbeat(
                    redis,
                    self._role,
                    self._machine,
                    self._pid,
                    version=version("countersign"),
                    started_at=self._started_at,
                    clock_skew_seconds=self._skew,
                )
            )
        except RedisUnavailableError:
            return

    def compare_clocks(self) -> None:
        """Compare the clocks once; what is found is said from the next beat on."""
        self._skew = clock_skew_seconds(self._runtime)

    def _run(self) -> None:
        compare_at = 0.0
        while True:
            # First the beat: a database that does not answer takes longer to say so than a process may be silent.
            self.beat()
            if time.monotonic() >= compare_at:
                compare_at = time.monotonic() + _COMPARE_INTERVAL_SECONDS
                self.compare_clocks()
            if self._stopped.wait(HEARTBEAT_INTERVAL_SECONDS):
                return


def clock_skew_seconds(runtime: Runtime) -> float | None:
    """How many seconds our clock is ahead of the database's, to the nearer; 0 for SQLite, which has ours. None where the
    database does not answer.

    Half of the round trip is taken off, as NTP does it.
    """
    if runtime.settings.is_sqlite:
        return 0.0
    try:
        with runtime.reading() as connection:
            before = runtime.now()
            there = database_now(connection)
            after = runtime.now()
    except StoreUnavailableError:
        return None
    return (before + (after - before) / 2 - there).total_seconds()


def list_heartbeats(runtime: Runtime) -> list[ProcessHeartbeat]:
    """All processes heard of in the last ten minutes, living and dead. Raises RedisUnavailableError."""
    return runtime.call_redis(process_heartbeats.list_heartbeats)
