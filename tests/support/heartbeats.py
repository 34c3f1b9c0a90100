"""Heartbeats of processes that a test does not run."""

from campaign.jobs import QUEUES
from campaign.runtime import Runtime
from campaign.store.redis import process_heartbeats
from campaign.store.redis.clock_heartbeat import record_heartbeat


def record_all_alive(runtime: Runtime, *, skew: float = 0.0, machine: str = "one") -> None:
    """A worker of each queue and a clock were heard of just now."""
    record_heartbeat(runtime.redis, runtime.now())
    for pid, role in enumerate(QUEUES, 100):
        process_heartbeats.record_heartbeat(
            runtime.redis, role, machine, pid, version="1", started_at=runtime.now(), clock_skew_seconds=skew
        )
