"""Workers and clock as processes: `python -m workers worker QUEUE`, `… clock`, `… pool ROLE…`; `… up` is the whole site.

Started by `countersign worker`, `countersign clock` and `countersign up`, which explain themselves with --help.
"""

import os
import sys

import click

from campaign.cli.failures import failure_line
from campaign.cli.whole_site import run_whole_site
from campaign.config import load_settings, require_redis, require_secret
from campaign.jobs import CLOCK_ROLE, QUEUES
from campaign.logs import configure_role_logging
from workers.pool import role_processes, run_pool
from workers.roles import run_role


def main(arguments: list[str]) -> int:
    """Run one role, or several, until told to stop."""
    os.umask(0o077)  # whatever is written holds names, addresses or keys
    try:
        if arguments == ["up"]:
            run_whole_site(role_processes)
            return 0
        settings = load_settings()
        require_secret(settings)
        require_redis(settings)
        configure_role_logging(settings.log_level)
        match arguments:
            case ["pool", *roles] if roles and set(roles) <= {CLOCK_ROLE, *QUEUES}:
                run_pool(settings, roles)
            case ["worker", role] if role in QUEUES:
                run_role(settings, role)
            case ["clock"]:
                run_role(settings, CLOCK_ROLE)
            case _:
                print(__doc__, file=sys.stderr)  # noqa: T201
                return 2
    except click.ClickException as error:
        return _fail(error.format_message())
    except Exception as error:
        line = failure_line(error)
        if line is None:
            raise
        return _fail(line)
    return 0


def _fail(line: str) -> int:
    print(f"countersign: {line}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
