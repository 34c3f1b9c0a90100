"""How the roles are started as processes of their own."""

import sys

from campaign.cli.parent_watch import PARENT_WATCH_OPTION
from campaign.jobs import CLOCK_ROLE, DESK_QUEUE, EXPORT_QUEUE, LEDGER_QUEUE, MAIL_QUEUE

QUEUE_NAMES = {"mail": MAIL_QUEUE, "ledger": LEDGER_QUEUE, "desk": DESK_QUEUE, "exports": EXPORT_QUEUE}
"""Queues by the names they have on the command line."""


def web_command() -> list[str]:
    """The web, as a child of ours."""
    return [sys.executable, "-m", "campaign.cli", "web", PARENT_WATCH_OPTION]


def pool_command(*roles: str, watch_parent: bool = True) -> list[str]:
    """A pool of processes for roles; for a clock and a worker of each queue where none is given."""
    chosen = roles or (CLOCK_ROLE, *QUEUE_NAMES.values())
    return [sys.executable, "-m", "workers", "pool", *chosen, *([PARENT_WATCH_OPTION] if watch_parent else [])]
