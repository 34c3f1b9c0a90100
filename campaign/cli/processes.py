"""One role each, for several machines: `web`, `worker`, `clock`. Any number of each may run."""

import multiprocessing
import os
import resource
import sys

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from campaign.cli.parent_watch import SERVER_PID_VARIABLE, watch_parent_process
from campaign.cli.role_commands import QUEUE_NAMES, become, pool_command
from campaign.cli.shared_memory import share_memory
from campaign.cli.web_port import claim_port
from campaign.config import Settings, load_settings, require_log_key, require_redis, require_secret
from campaign.jobs import CLOCK_ROLE
from campaign.logs import configure_role_logging

WEB_PROCESS_MODULE = "campaign.cli.web_process"
"""What each web process runs."""
HEADER_TIMEOUT_SECONDS = 10
"""Seconds in which the head of a request must be here, and how long a connection without a request is kept."""
MAX_CONNECTIONS = 8_192
"""Connections each web process keeps open, most of them idle."""
DRAIN_TIMEOUT_SECONDS = 20
"""How long a web process may take to finish its requests when it is told to stop."""


@click.command()
def web() -> None:
    """Serve the site (HOST, PORT) until stopped."""
    settings = _check_settings()
    configure_role_logging(settings.log_level)
    share_memory(WEB_PROCESS_MODULE)
    serve_site(settings)


def serve_site(settings: Settings, parent_pid: int | None = None) -> int:
    """Run the web server until told to stop, or until the parent is gone. Raises click.ClickException."""
    if parent_pid is not None:
        watch_parent_process(parent_pid, drain_seconds=None)
    claim = claim_port(settings)
    _raise_open_file_limit()
    os.environ[SERVER_PID_VARIABLE] = str(os.getpid())
    if sys.platform == "linux":
        # Otherwise the web server asks for a new interpreter wherever Python's default is a server of forks, as of Python 3.14.
        multiprocessing.set_start_method("fork", force=True)
    Granian(
        f"{WEB_PROCESS_MODULE}:create_adapter_from_environment",
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
    return 0


@click.command()
@click.option("--queue", "queues", type=click.Choice(list(QUEUE_NAMES)), multiple=True, help="Serve this queue only.")
def worker(*, queues: tuple[str, ...]) -> None:
    """Work off the queues until stopped: a process for each, since RQ can lose jobs of a worker that serves two."""
    require_log_key(_check_settings())
    become(pool_command(*(QUEUE_NAMES[name] for name in queues or QUEUE_NAMES)))


@click.command()
def clock() -> None:
    """Ask for what is due, until stopped. Two clocks at once are safe."""
    require_log_key(_check_settings())
    become(pool_command(CLOCK_ROLE))


def web_process_count(settings: Settings) -> int:
    """How many web processes to run: one for each two processors, so that workers and database have the others."""
    return settings.web_processes or max(1, min(4, (os.cpu_count() or 1) // 2))


def _raise_open_file_limit() -> None:
    """Allow a file for each connection: many systems allow 1,024 where nobody asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MAX_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * MAX_CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _check_settings() -> Settings:
    settings = load_settings()
    require_secret(settings)
    require_redis(settings)
    return settings
