"""Checks of our processes: a living worker of each queue, a clock that ticks, machines whose clocks agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.site.finding import Finding, fault, note
from campaign.domain.site.process_heartbeat import WEB_ROLE
from campaign.jobs import QUEUES
from campaign.services.site.heartbeats import list_heartbeats
from campaign.store.redis import clock_heartbeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaign.runtime import Runtime


def check_workers(runtime: Runtime) -> Iterator[Finding]:
    """Each queue has a worker that was heard of a moment ago."""
    found = list_heartbeats(runtime)
    alive = {queue: sum(each.role == queue and each.is_alive for each in found) for queue in QUEUES}
    missing = [_short(queue) for queue, count in alive.items() if not count]
    if missing:
        yield fault(
            "workers",
            f"nobody works off {', '.join(missing)}",
            "start `countersign worker` (or `countersign up`); if it runs, its log says why it does not live",
        )
    else:
        yield Finding("workers", "alive: " + ", ".join(f"{_short(queue)} {count}" for queue, count in alive.items()))
    for each in found:
        if not each.is_alive and each.role != WEB_ROLE:
            role = f"worker {_short(each.role)}" if each.role in QUEUES else each.role
            yield note(
                "workers",
                f"{role} on {each.machine} (pid {each.pid}) died {each.age.total_seconds():.0f} s ago without a goodbye",
                "nothing, if it was replaced; if it happens again, see its log and the kernel's (out of memory?)",
            )


def check_clock(runtime: Runtime) -> Iterator[Finding]:
    """A clock has ticked."""
    if runtime.call_redis(clock_heartbeat.last_heartbeat) is None:
        yield note("clock", "has not ticked for a minute", "run `countersign clock` (or `countersign up`)")
    else:
        yield Finding("clock", "ticks")


def check_machine_clocks(runtime: Runtime) -> Iterator[Finding]:
    """The clock of each machine that runs something of ours is the database's."""
    off = {each.machine: each for each in list_heartbeats(runtime) if each.is_alive and each.has_wrong_clock}
    for machine, each in sorted(off.items()):
        skew = each.clock_skew_seconds or 0.0
        yield fault(
            "machines",
            f"the clock of {machine} is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the database's",
            f"set {machine} by NTP",
        )


def _short(queue: str) -> str:
    return queue.removeprefix("countersign-")
