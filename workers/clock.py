"""The clock: asks for what is due. It decides nothing and keeps nothing, so any number of clocks may run."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from campaign import counting
from campaign.domain.window import SETTLING
from campaign.jobs import ADVANCE_LEDGER, CLOSE_CAMPAIGNS, DELIVER_MAIL
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import counters, ledger, outbox
from campaign.store.engine import StoreUnavailable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something the clock does again and again."""

    name: str
    every: float
    """Seconds."""
    do: Callable[[Runtime], None]


def sweep_mail(runtime: Runtime) -> None:
    """Mail that is due and whose hint was lost, or whose next attempt has come."""
    with runtime.reading() as connection:
        due = outbox.any_due(connection, runtime.now())
    if due:
        runtime.hint(DELIVER_MAIL)


def sweep_ledger(runtime: Runtime) -> None:
    """Signatures that moved and whose hint was lost; and the new ones, which give none."""
    with runtime.reading() as connection:
        due = ledger.any_due(connection)
    if due and not runtime.hint(ADVANCE_LEDGER):
        # With Redis down no worker hears of it, and the count is shown from the store: the clock counts.
        counting.advance_all(runtime)


def sweep_closing(runtime: Runtime) -> None:
    """Campaigns whose grace is over."""
    with runtime.reading() as connection:
        due = ledger.to_finalise(connection, runtime.now() - SETTLING, 1) or ledger.to_forget(connection, 1)
    if due:
        runtime.hint(CLOSE_CAMPAIGNS)


def republish(runtime: Runtime) -> None:
    """Copies that Redis lost, or missed while it was down."""
    counting.republish(runtime)


def beat(runtime: Runtime) -> None:
    """A sign of life, for `doctor`."""
    try:
        runtime.ask_redis(lambda redis: counters.beat(redis, runtime.now()))
    except RedisUnavailable:
        return


SCHEDULE = (
    Task("mail", 1.0, sweep_mail),
    Task("ledger", 1.0, sweep_ledger),
    Task("copies", 5.0, republish),
    Task("closing", 10.0, sweep_closing),
    Task("beat", 5.0, beat),
)


def tick(runtime: Runtime, due: dict[str, float], now: float) -> None:
    """Do what is due at `now` (seconds of any steady clock); `due` remembers when each task is next."""
    for task in SCHEDULE:
        if due.get(task.name, 0.0) <= now:
            due[task.name] = now + task.every
            try:
                task.do(runtime)
            except StoreUnavailable:
                log.warning("The database is unavailable; the clock goes on", task=task.name)


def serve(runtime: Runtime, stop: threading.Event) -> None:
    """Tick until told to stop."""
    log.debug("Clock started")
    due: dict[str, float] = {}
    while not stop.wait(0.25):
        tick(runtime, due, time.monotonic())
    log.debug("Clock stopped")
