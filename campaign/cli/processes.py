"""One role each, for several machines: `web`, `worker`, `clock`. Any number of each may run."""

import os
import time

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from campaign.cli.forked_process import ForkedProcess
from campaign.cli.parent_watch import PARENT_WATCH_OPTION, watch_parent_pipe
from campaign.cli.role_commands import QUEUE_NAMES, pool_command
from campaign.config import Settings, load_settings, require_log_key, require_redis, require_secret
from campaign.jobs import CLOCK_ROLE

DRAIN_TIMEOUT_SECONDS = 20
"""How long a web process may take to finish its requests when it is told to stop."""


@click.command()
@click.option(PARENT_WATCH_OPTION, is_flag=True, hidden=True)
def web(*, watch_parent: bool) -> None:
    """Serve the site (HOST, PORT) until stopped."""
    settings = _check_settings()
    _require_schema()
    if watch_parent:
        watch_parent_pipe()
    Granian(
        "campaign.cli.web_process:create_app_from_environment",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=web_process_count(settings),
        blocking_threads=settings.web_threads,
        backlog=2048,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=DRAIN_TIMEOUT_SECONDS,
        log_level=LogLevels.error,
    ).serve()


@click.command()
@click.option("--queue", "queues", type=click.Choice(list(QUEUE_NAMES)), multiple=True, help="Serve this queue only.")
def worker(*, queues: tuple[str, ...]) -> None:
    """Work off the queues until stopped: a process for each, since RQ can lose jobs of a worker that serves two."""
    require_log_key(_check_settings())
    _become(pool_command(*(QUEUE_NAMES[name] for name in queues or QUEUE_NAMES), watch_parent=False))


@click.command()
def clock() -> None:
    """Ask for what is due, until stopped. Two clocks at once are safe."""
    require_log_key(_check_settings())
    _become(pool_command(CLOCK_ROLE, watch_parent=False))


def _become(command: list[str]) -> None:
    """Go on as another program, under the same process id: what would only wait for it costs memory."""
    os.execv(command[0], command)


def web_process_count(settings: Settings) -> int:
    """How many web processes to run: one for each two processors, so that workers and database have the others."""
    return settings.web_processes or max(1, min(4, (os.cpu_count() or 1) // 2))


def _check_settings() -> Settings:
    settings = load_settings()
    require_secret(settings)
    require_redis(settings)
    return settings


def _require_schema() -> None:
    """Refuse a database that was not migrated, or cannot be used. In a process of its own, whose imports end with it."""
    process = ForkedProcess("check", _check_schema)
    while process.poll() is None:
        time.sleep(0.02)
    if process.returncode:
        raise click.ClickException(process.reason or f"the database could not be looked at (exit code {process.returncode})")


def _check_schema() -> int:
    from campaign.cli.command_runtime import command_runtime  # noqa: PLC0415 - see above
    from campaign.cli.failures import failure_line  # noqa: PLC0415 - see above

    try:
        with command_runtime():
            return 0
    except Exception as error:
        raise click.ClickException(failure_line(error) or type(error).__name__) from error
