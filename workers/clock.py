"""The clock: asks for what is due. It decides nothing and keeps nothing, so any number of clocks may run."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from campaign import counting, operating, placing, running, switching
from campaign.domain.window import SETTLING
from campaign.intake import undoing
from campaign.jobs import (
    ADVANCE_LEDGER,
    CLOSE_CAMPAIGNS,
    DELIVER_MAIL,
    DELIVER_NOTICES,
    FORGET_NETWORKS,
    LOOK_UP_PLACES,
    MAKE_EXPORTS,
    RAISE_FLAGS,
    RECONCILE,
    REPORT,
    RUN_BATCHES,
    UNDO_INTAKES,
)
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import batches, counters, export_work, ledger, notices, outbox, rollups
from campaign.store.engine import StoreUnavailable

log = structlog.get_logger(__name__)

NIGHT = range(2, 5)
"""Hours (UTC) in which the counts are proved again."""
_PROVED_LATELY = timedelta(hours=12)


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
    """Signatures that moved and whose hint was lost; the new and the opened ones, and mails that went, which give none."""
    with runtime.reading() as connection:
        due = ledger.any_due(connection) or rollups.any_mail_settled(connection)
    if due and not runtime.hint(ADVANCE_LEDGER):
        # With Redis down no worker hears of it, and the count is shown from the store: the clock counts.
        counting.advance_all(runtime)
        counting.tally_mails(runtime)


def sweep_notices(runtime: Runtime) -> None:
    """Notices to campaigners that are due and whose hint was lost, or whose next attempt has come."""
    with runtime.reading() as connection:
        due = notices.any_due(connection, runtime.now())
    if due:
        runtime.hint(DELIVER_NOTICES)


def sweep_closing(runtime: Runtime) -> None:
    """Campaigns whose grace is over."""
    with runtime.reading() as connection:
        due = ledger.to_finalise(connection, runtime.now() - SETTLING, 1) or ledger.to_forget(connection, 1)
    if due:
        runtime.hint(CLOSE_CAMPAIGNS)


def sweep_networks(runtime: Runtime) -> None:
    """Networks of signatures that are old enough to be forgotten."""
    runtime.hint(FORGET_NETWORKS)


def sweep_places(runtime: Runtime) -> None:
    """Counted signatures whose postcode was not looked up yet."""
    if placing.wanted(runtime):
        runtime.hint(LOOK_UP_PLACES)


def sweep_postcodes(runtime: Runtime) -> None:
    """Postcodes that were looked up long ago, and those that nobody knew."""
    runtime.hint(LOOK_UP_PLACES)


def republish(runtime: Runtime) -> None:
    """Copies that Redis lost, or missed while it was down."""
    counting.republish(runtime)


def forget_former_copies(runtime: Runtime) -> None:
    """Copies under addresses that campaigns have no longer."""
    running.forget_former_copies(runtime)


def republish_switches(runtime: Runtime) -> None:
    """Which switches are on, where Redis has lost it, or missed it while it was down."""
    switching.republish(runtime)


def beat(runtime: Runtime) -> None:
    """A sign of life, for `doctor`."""
    try:
        runtime.ask_redis(lambda redis: counters.beat(redis, runtime.now()))
    except RedisUnavailable:
        return


def sweep_batches(runtime: Runtime) -> None:
    """Batches whose hint was lost, or whose worker died on the way."""
    with runtime.reading() as connection:
        due = batches.due(connection, 1)
    if due:
        runtime.hint(RUN_BATCHES)


def sweep_exports(runtime: Runtime) -> None:
    """Exports whose hint was lost or whose worker died on the way, and those that have expired."""
    with runtime.reading() as connection:
        due = export_work.any_to_do(connection, runtime.now())
    if due:
        runtime.hint(MAKE_EXPORTS)


def sweep_intakes(runtime: Runtime) -> None:
    """Paper whose undoing was not hinted at or died on the way, and lists nobody has confirmed in time."""
    if undoing.waiting(runtime):
        runtime.hint(UNDO_INTAKES)


def look_for_oddities(runtime: Runtime) -> None:
    """A look at what was signed in the last hour."""
    runtime.hint(RAISE_FLAGS)


def sweep_proof(runtime: Runtime) -> None:
    """Once a night, every count is proved again."""
    now = runtime.now()
    if now.hour not in NIGHT:
        return
    last = operating.last_proved(runtime)
    if last is None or now - last > _PROVED_LATELY:
        runtime.hint(RECONCILE)


def report_to_teams(runtime: Runtime) -> None:
    """Milestones, deadlines that come near, digests."""
    runtime.hint(REPORT)


SCHEDULE = (
    Task("mail", 1.0, sweep_mail),
    Task("notices", 1.0, sweep_notices),
    Task("ledger", 1.0, sweep_ledger),
    Task("switches", 1.0, republish_switches),
    Task("copies", 5.0, republish),
    Task("former copies", 5.0, forget_former_copies),
    Task("closing", 10.0, sweep_closing),
    Task("networks", 600.0, sweep_networks),
    Task("places", 5.0, sweep_places),
    Task("postcodes", 3600.0, sweep_postcodes),
    Task("batches", 2.0, sweep_batches),
    Task("intakes", 2.0, sweep_intakes),
    Task("exports", 2.0, sweep_exports),
    Task("flags", 60.0, look_for_oddities),
    Task("reports", 60.0, report_to_teams),
    Task("proof", 60.0, sweep_proof),
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
