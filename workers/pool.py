"""Pool of workers: one process that has imported everything forks a child for each role, and keeps them alive.

The children share its memory, so that a machine of five roles needs little more than one process did.
"""

import os
from collections.abc import Sequence
from functools import partial

from campaign.cli.role_commands import ALL_ROLES
from campaign.cli.shared_memory import share_memory
from campaign.cli.supervisor import ChildProcess, Supervisor
from campaign.config import Settings
from campaign.jobs import CLOCK_ROLE
from workers.roles import run_role


def run_pool(settings: Settings, roles: Sequence[str]) -> None:
    """Keep a process of each role running until told to stop. Raises what `share_memory` raises."""
    share_memory()
    with Supervisor() as supervisor:
        for child in role_processes(settings, roles):
            supervisor.start(child)
        supervisor.watch()


def role_processes(settings: Settings, roles: Sequence[str] = ALL_ROLES) -> list[ChildProcess]:
    """A process for each role, to be forked from this one."""
    return [
        ChildProcess(
            "clock" if role == CLOCK_ROLE else f"worker {role.removeprefix('countersign-')}",
            run=partial(run_role, settings, role, os.getpid()),
        )
        for role in roles
    ]
