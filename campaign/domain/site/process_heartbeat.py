"""Heartbeat of a process: each web process, worker and clock says every few seconds that it lives."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HEARTBEAT_INTERVAL_SECONDS = 5.0
DEAD_AFTER = timedelta(seconds=25)
"""A process that has not been heard of for so long is taken for dead: five beats missed."""
MAX_CLOCK_SKEW_SECONDS = 2.0
"""Machines whose clocks are further apart than this disagree about a deadline."""
WEB_ROLE = "web"
"""The role of a web process; those of clocks and workers are in `campaign.jobs`."""


@dataclass(frozen=True, slots=True)
class ProcessHeartbeat:
    """Heartbeat of a process: what it said of itself when it was last heard of."""

    role: str
    machine: str
    """The name of the machine, as the system has it."""
    pid: int
    version: str
    """Of the program."""
    started_at: datetime
    seen_at: datetime
    """By the clock of Redis, which all machines share."""
    age: timedelta
    """Since `seen_at`, by the same clock."""
    clock_skew_seconds: float | None
    """How far the clock of its machine is ahead of the database's; None where that is not known."""

    @property
    def is_alive(self) -> bool:
        """Whether it was heard of a moment ago."""
        return self.age < DEAD_AFTER

    @property
    def has_wrong_clock(self) -> bool:
        """Whether its machine's clock is too far off the database's."""
        return self.clock_skew_seconds is not None and abs(self.clock_skew_seconds) > MAX_CLOCK_SKEW_SECONDS
