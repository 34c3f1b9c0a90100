"""Workers and clock as processes: `python -m workers worker QUEUE`, `python -m workers clock`, `python -m workers pool ROLE…`.

Started by `countersign worker`, `countersign clock` and `countersign up`, which explain themselves with --help.
"""

import os
import sys

import click

from campaign.cli.parent_watch import PARENT_WATCH_OPTION, watch_parent_pipe
from campaign.config import InvalidSettingsError, load_settings, require_redis, require_secret
from campaign.jobs import CLOCK_ROLE, QUEUES
from campaign.logs import configure_logging
from workers.pool import run_pool
from workers.roles import run_role


def main(arguments: list[str]) -> int:
    """Run one role, or several, until told to stop."""
    os.umask(0o077)  # whatever is written holds names, addresses or keys
    try:
        settings = load_settings()
        require_secret(settings)
        require_redis(settings)
        configure_logging(settings.log_level)
        watch_parent = PARENT_WATCH_OPTION in arguments
        match [argument for argument in arguments if argument != PARENT_WATCH_OPTION]:
            case ["pool", *roles] if roles and set(roles) <= {CLOCK_ROLE, *QUEUES}:
                run_pool(settings, roles, watch_parent=watch_parent)
            case ["worker", role] if role in QUEUES:
                _run_alone(role, watch_parent=watch_parent)
            case ["clock"]:
                _run_alone(CLOCK_ROLE, watch_parent=watch_parent)
            case _:
                print(__doc__, file=sys.stderr)  # noqa: T201
                return 2
    except InvalidSettingsError as refused:
        return _fail(str(refused))
    except click.ClickException as error:
        return _fail(error.format_message())
    return 0


def _run_alone(role: str, *, watch_parent: bool) -> None:
    if watch_parent:
        watch_parent_pipe()
    run_role(load_settings(), role)


def _fail(line: str) -> int:
    print(f"countersign: {line}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
