"""Commands that start one role each as a process of its own."""

import os
import sys
from typing import NoReturn

from campaign.jobs import CLOCK_ROLE, DESK_QUEUE, EXPORT_QUEUE, LEDGER_QUEUE, MAIL_QUEUE

QUEUE_NAMES = {"mail": MAIL_QUEUE, "ledger": LEDGER_QUEUE, "desk": DESK_QUEUE, "exports": EXPORT_QUEUE}
"""Queues by the names they have on the command line."""
ALL_ROLES = (CLOCK_ROLE, *QUEUE_NAMES.values())
"""A clock and a worker of each queue."""


def whole_site_command() -> list[str]:
    """Web, workers and clock, as `countersign up` runs them."""
    return [sys.executable, "-m", "workers", "up"]


def pool_command(*roles: str) -> list[str]:
    """A pool of processes for roles."""
    return [sys.executable, "-m", "workers", "pool", *roles]


def become(command: list[str]) -> NoReturn:
    """Go on as another program, under the same process id: what would only wait for it costs memory."""
    os.execv(command[0], command)
