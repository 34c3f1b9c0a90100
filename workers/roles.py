"""One role in this process, until it is told to stop: the clock, or the worker of a queue."""

import signal
import threading
from types import FrameType

import click
from redis import Redis

from campaign.cli.failures import failure_line
from campaign.cli.parent_watch import watch_parent_process
from campaign.config import Settings
from campaign.jobs import CLOCK_ROLE, MAIL_QUEUE
from campaign.runtime import Runtime, make_runtime, redis_client
from campaign.services.site.heartbeats import Heartbeat
from campaign.store.database import schema_version
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.database.schema_version import WrongSchemaError
from workers import clock, worker
from workers.metrics_server import start_metrics_server

ROLE_CONNECTIONS = 3
"""Database connections of a worker process or a clock for transactions; as many again for statements that stand alone."""
MAX_MAIL_CONNECTIONS = 4
"""Connections to the mail server that have a database connection each; one is among those that every role has."""


def run_role(settings: Settings, role: str, parent_pid: int | None = None) -> int:
    """Run a role until told to stop, or until the parent is gone. Raises click.ClickException where it cannot begin."""
    if parent_pid is not None:
        watch_parent_process(parent_pid, drain_seconds=None)
    # Each connection to the mail server stores its results for itself; the heartbeat compares clocks on one of its own.
    more = min(settings.mail_connections, MAX_MAIL_CONNECTIONS) - 1 if role == MAIL_QUEUE else 0
    runtime = make_runtime(settings, max_connections=ROLE_CONNECTIONS + more)
    heartbeat = Heartbeat(runtime, role)
    try:
        require_schema(runtime)
        heartbeat.start()
        if role == CLOCK_ROLE:
            stop = threading.Event()

            def on_signal(_number: int, _frame: FrameType | None) -> None:
                stop.set()

            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, on_signal)
            metrics = start_metrics_server(runtime)
            clock.run_clock(runtime, stop)
            if metrics is not None:
                metrics.close()
        else:
            # RQ waits for jobs on a connection of its own, with a patience of its own.
            worker.run_worker(runtime, patient_redis(settings), role)
    finally:
        heartbeat.stop()
        runtime.close()
    return 0


def require_schema(runtime: Runtime) -> None:
    """Refuse to work on a database that cannot be used, or is of another version. Raises click.ClickException."""
    try:
        schema_version.require_current(runtime.engine)
    except (WrongSchemaError, StoreUnavailableError) as error:
        raise click.ClickException(failure_line(error) or "") from None


def patient_redis(settings: Settings) -> Redis:
    """A client that waits for an answer as long as it takes."""
    return redis_client(settings, timeout_seconds=None)
