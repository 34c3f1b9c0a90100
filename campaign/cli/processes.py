"""One role each, for several machines: `web`, `worker`, `clock`. Any number of each may run."""

import os
import resource
import sys

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from campaign.cli.command_runtime import command_runtime
from campaign.cli.parent_watch import PARENT_WATCH_OPTION, SERVER_PID_VARIABLE, watch_parent_pipe
from campaign.cli.supervisor import ChildProcess, Supervisor
from campaign.cli.web_port import claim_port
from campaign.config import Settings, load_settings, require_log_key, require_redis, require_secret
from campaign.jobs import DESK_QUEUE, EXPORT_QUEUE, LEDGER_QUEUE, MAIL_QUEUE

HEADER_TIMEOUT_SECONDS = 10
"""Seconds in which the head of a request must be here, and how long a connection without a request is kept."""
MAX_CONNECTIONS = 8_192
"""Connections each web process keeps open, most of them idle."""
QUEUE_NAMES = {"mail": MAIL_QUEUE, "ledger": LEDGER_QUEUE, "desk": DESK_QUEUE, "exports": EXPORT_QUEUE}
DRAIN_TIMEOUT_SECONDS = 20
"""How long a web process may take to finish its requests when it is told to stop."""


@click.command()
@click.option(PARENT_WATCH_OPTION, is_flag=True, hidden=True)
def web(*, watch_parent: bool) -> None:
    """Serve the site (HOST, PORT) until stopped."""
    settings = _checked_settings()
    if watch_parent:
        watch_parent_pipe()
    claim = claim_port(settings)
    _raise_open_file_limit()
    os.environ[SERVER_PID_VARIABLE] = str(os.getpid())
    Granian(
        "campaign.cli.web_process:create_adapter_from_environment",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        workers=web_process_count(settings),
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_SECONDS * 1000),
        backlog=2048,
        backpressure=MAX_CONNECTIONS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=DRAIN_TIMEOUT_SECONDS,
        log_level=LogLevels.error,
    ).serve()
    if claim is not None:
        claim.close()


@click.command()
@click.option("--queue", "queues", type=click.Choice(list(QUEUE_NAMES)), multiple=True, help="Serve this queue only.")
def worker(*, queues: tuple[str, ...]) -> None:
    """Work off the queues until stopped: a process for each, since RQ can lose jobs of a worker that serves two."""
    require_log_key(_checked_settings())
    names = queues or tuple(QUEUE_NAMES)
    with Supervisor() as supervisor:
        for name in names:
            supervisor.start(ChildProcess(f"worker {name}", worker_command(name)))
        supervisor.watch()


@click.command()
def clock() -> None:
    """Ask for what is due, until stopped. Two clocks at once are safe."""
    require_log_key(_checked_settings())
    with Supervisor() as supervisor:
        supervisor.start(ChildProcess("clock", clock_command()))
        supervisor.watch()


def web_command() -> list[str]:
    """How `web` is started as a child of ours."""
    return [sys.executable, "-m", "campaign.cli", "web", PARENT_WATCH_OPTION]


def worker_command(queue: str) -> list[str]:
    """How one worker is started."""
    return [sys.executable, "-m", "workers", "worker", QUEUE_NAMES[queue], PARENT_WATCH_OPTION]


def clock_command() -> list[str]:
    """How a clock is started."""
    return [sys.executable, "-m", "workers", "clock", PARENT_WATCH_OPTION]


def web_process_count(settings: Settings) -> int:
    """How many web processes to run: one for each two processors, so that workers and database have the others."""
    return settings.web_processes or max(1, min(4, (os.cpu_count() or 1) // 2))


def _raise_open_file_limit() -> None:
    """Allow a file for each connection: many systems allow 1,024 where nobody asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MAX_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * MAX_CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _checked_settings() -> Settings:
    settings = load_settings()
    require_secret(settings)
    require_redis(settings)
    with command_runtime():  # refuses a database that was not migrated
        return settings
