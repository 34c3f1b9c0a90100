"""Pool of workers: one process that has imported everything forks a child for each role, and keeps them alive.

The children share its memory, so that a machine of five roles needs little more than one process did.
"""

import gc
import os
from collections.abc import Sequence
from functools import partial

from campaign.cli.supervisor import ChildProcess, Supervisor
from campaign.config import Settings
from campaign.jobs import CLOCK_ROLE
from campaign.runtime import make_runtime
from workers.roles import require_schema, run_role

_STDIN = 0


def run_pool(settings: Settings, roles: Sequence[str], *, watch_parent: bool) -> None:
    """Keep a process of each role running until told to stop; with `watch_parent` also until standard input ends.

    Raises click.ClickException where it cannot begin.
    """
    runtime = make_runtime(settings, max_connections=1)
    try:
        require_schema(runtime)
    finally:
        # Nothing that is open may be shared with a child.
        runtime.close()
    # What is there now is there for good: the collector must not write to pages that are shared.
    gc.collect()
    gc.freeze()
    with Supervisor(_STDIN if watch_parent else None) as supervisor:
        for role in roles:
            name = "clock" if role == CLOCK_ROLE else f"worker {role.removeprefix('countersign-')}"
            supervisor.start(ChildProcess(name, run=partial(run_role, settings, role, os.getpid())))
        supervisor.watch()
