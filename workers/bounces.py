"""Bounces: fetched by the worker that also asks other services outside."""

from campaign.jobs import COLLECT_BOUNCES
from campaign.runtime import Runtime
from campaign.services.mail import bounces


class BounceJobs:
    """Reads the mailbox of bounces for one worker process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> int:
        """Take in the unread bounces; returns how many told something new."""
        self._runtime.mark_started(COLLECT_BOUNCES)
        return bounces.collect_bounces(self._runtime)
