"""The clock: asks for what is due. It decides nothing and keeps nothing, so any number of clocks may run."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from campaign.domain.campaigns.window import FINALISATION_DELAY
from campaign.jobs import (
    ADVANCE_LEDGER,
    CLOSE_CAMPAIGNS,
    COLLECT_BOUNCES,
    DELIVER_MAIL,
    ERASE_PERSONAL_DATA,
    FORGET_NETWORKS,
    LOOK_UP_PLACES,
    MAKE_EXPORTS,
    OFFER_CHECKPOINT,
    PUBLISH_UPDATES,
    RAISE_ALARMS,
    RAISE_FLAGS,
    READ_UPLOADS,
    RECONCILE,
    RELEASE_HELD,
    RUN_BATCHES,
    SEND_REMINDERS,
    SEND_TEAM_MAILS,
    STAMP_PACKS,
    UNDO_INTAKES,
)
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.services import site
from campaign.services.campaigns import lifecycle
from campaign.services.exports import timestamps
from campaign.services.ledger import count, grace, holding
from campaign.services.log import append, witnesses
from campaign.services.mail import bounces, delays
from campaign.services.paper import list_uploads, undo
from campaign.services.places import postcode_lookup
from campaign.services.site import switches
from campaign.services.updates import mailing
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.exports import export_jobs
from campaign.store.ledger import final_totals, ledger, rollups
from campaign.store.mail import outbox
from campaign.store.moderation import batches
from campaign.store.redis.clock_heartbeat import record_heartbeat

log = structlog.get_logger(__name__)

NIGHT_HOURS_UTC = range(2, 5)
"""Hours (UTC) in which the counts are proved again."""
_MIN_RECONCILE_INTERVAL = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class ClockTask:
    """Something the clock does again and again."""

    name: str
    interval_seconds: float
    """Seconds."""
    run: Callable[[Runtime], None]


def enqueue_mail(runtime: Runtime) -> None:
    """Mail that is due and whose hint was lost, or whose next attempt has come."""
    with runtime.reading() as connection:
        due = outbox.has_due_mail(connection, runtime.now())
    if due:
        runtime.enqueue_once(DELIVER_MAIL)


def enqueue_ledger(runtime: Runtime) -> None:
    """Signatures that moved and whose hint was lost; the new and the opened ones, and mails that went, which give none; and
    entries of ledgers that are not in the public log yet."""
    with runtime.reading() as connection:
        due = ledger.has_uncounted(connection) or rollups.has_untallied_mail(connection)
    if (due or append.is_behind(runtime)) and not runtime.enqueue_once(ADVANCE_LEDGER):
        # With Redis down no worker hears of it, and the count is shown from the store: the clock counts.
        count.advance_ledgers(runtime)
        count.count_verification_mails(runtime)
        append.advance_log(runtime)


def enqueue_releases(runtime: Runtime) -> None:
    """Held signatures whose flag was judged or is over, and whose hint was lost."""
    if holding.has_releasable(runtime):
        runtime.enqueue_once(RELEASE_HELD)


def enqueue_closing(runtime: Runtime) -> None:
    """Campaigns whose grace is over, or ends so soon that it is decided whether it grows."""
    with runtime.reading() as connection:
        due = final_totals.campaign_ids_to_finalise(
            connection, runtime.now() - FINALISATION_DELAY, 1
        ) or final_totals.campaign_ids_to_purge(connection, 1)
    if due or grace.is_decision_due(runtime):
        runtime.enqueue_once(CLOSE_CAMPAIGNS)


def enqueue_network_erasure(runtime: Runtime) -> None:
    """Networks of signatures that are old enough to be forgotten."""
    runtime.enqueue_once(FORGET_NETWORKS)


def enqueue_erasure(runtime: Runtime) -> None:
    """Personal data whose time is over, and campaigns where it soon will be."""
    runtime.enqueue_once(ERASE_PERSONAL_DATA)


def enqueue_place_lookups(runtime: Runtime) -> None:
    """Counted signatures whose postcode was not looked up yet."""
    if postcode_lookup.lookup_due(runtime):
        runtime.enqueue_once(LOOK_UP_PLACES)


def enqueue_postcode_refresh(runtime: Runtime) -> None:
    """Postcodes that were looked up long ago, and those that nobody knew."""
    runtime.enqueue_once(LOOK_UP_PLACES)


def republish_counts(runtime: Runtime) -> None:
    """Copies that Redis lost, or missed while it was down."""
    count.refresh_campaign_cache(runtime)


def forget_former_copies(runtime: Runtime) -> None:
    """Copies under addresses that campaigns have no longer."""
    lifecycle.clear_former_slugs_from_cache(runtime)


def republish_switches(runtime: Runtime) -> None:
    """Which switches are on, where Redis has lost it, or missed it while it was down."""
    switches.refresh_switch_cache(runtime)


def heartbeat(runtime: Runtime) -> None:
    """A sign of life, for `doctor`."""
    try:
        runtime.call_redis(lambda redis: record_heartbeat(redis, runtime.now()))
    except RedisUnavailableError:
        return


def enqueue_batches(runtime: Runtime) -> None:
    """Batches whose hint was lost, or whose worker died on the way."""
    with runtime.reading() as connection:
        due = batches.due_batch_ids(connection, 1)
    if due:
        runtime.enqueue_once(RUN_BATCHES)


def enqueue_exports(runtime: Runtime) -> None:
    """Exports whose hint was lost or whose worker died on the way, and those that have expired."""
    with runtime.reading() as connection:
        due = export_jobs.has_work(connection, runtime.now())
    if due:
        runtime.enqueue_once(MAKE_EXPORTS)


def enqueue_intake_undo(runtime: Runtime) -> None:
    """Paper whose undoing was not hinted at or died on the way, and lists nobody has confirmed in time."""
    if undo.any_undo_due(runtime):
        runtime.enqueue_once(UNDO_INTAKES)


def enqueue_uploads(runtime: Runtime) -> None:
    """Uploaded lists whose hint was lost or whose worker died on the way, and those nobody decided on in a day."""
    if list_uploads.has_work(runtime):
        runtime.enqueue_once(READ_UPLOADS)


def enqueue_updates(runtime: Runtime) -> None:
    """Updates whose time has come, and mailings whose hint was lost or whose worker died on the way."""
    if mailing.has_due_updates(runtime):
        runtime.enqueue_once(PUBLISH_UPDATES)


def enqueue_flags(runtime: Runtime) -> None:
    """A look at what was signed in the last hour."""
    runtime.enqueue_once(RAISE_FLAGS)


def enqueue_reconcile(runtime: Runtime) -> None:
    """Once a night, every count is proved again."""
    now = runtime.now()
    if now.hour not in NIGHT_HOURS_UTC:
        return
    last = site.last_reconciled_at(runtime)
    if last is None or now - last > _MIN_RECONCILE_INTERVAL:
        runtime.enqueue_once(RECONCILE)


def enqueue_bounces(runtime: Runtime) -> None:
    """A look into the mailbox of bounces, where there is one."""
    if bounces.has_bounce_mailbox(runtime):
        runtime.enqueue_once(COLLECT_BOUNCES)


def enqueue_witnesses(runtime: Runtime) -> None:
    """A checkpoint that a witness of the log has not cosigned yet."""
    if witnesses.offer_due(runtime):
        runtime.enqueue_once(OFFER_CHECKPOINT)


def enqueue_team_mails(runtime: Runtime) -> None:
    """Milestones, deadlines that come near, digests."""
    runtime.enqueue_once(SEND_TEAM_MAILS)


def enqueue_alarms(runtime: Runtime) -> None:
    """A look at what alarms are about."""
    runtime.enqueue_once(RAISE_ALARMS)


def enqueue_reminders(runtime: Runtime) -> None:
    """A look at who has not confirmed."""
    if runtime.settings.mail_reminders:
        runtime.enqueue_once(SEND_REMINDERS)


def measure_mail_delays(runtime: Runtime) -> None:
    """How long mails take at the moment, for the page that says to look for one."""
    delays.measure_mail_delays(runtime)


def enqueue_timestamps(runtime: Runtime) -> None:
    """Packs that are to be time-stamped."""
    if timestamps.stamping_due(runtime):
        runtime.enqueue_once(STAMP_PACKS)


SCHEDULE = (
    ClockTask("mail", 1.0, enqueue_mail),
    ClockTask("ledger", 1.0, enqueue_ledger),
    ClockTask("switch cache", 1.0, republish_switches),
    ClockTask("campaign cache", 5.0, republish_counts),
    ClockTask("former slugs", 5.0, forget_former_copies),
    ClockTask("held", 10.0, enqueue_releases),
    ClockTask("closing", 10.0, enqueue_closing),
    ClockTask("networks", 600.0, enqueue_network_erasure),
    ClockTask("personal data", 600.0, enqueue_erasure),
    ClockTask("places", 5.0, enqueue_place_lookups),
    ClockTask("postcodes", 3600.0, enqueue_postcode_refresh),
    ClockTask("batches", 2.0, enqueue_batches),
    ClockTask("intakes", 2.0, enqueue_intake_undo),
    ClockTask("uploads", 2.0, enqueue_uploads),
    ClockTask("exports", 2.0, enqueue_exports),
    ClockTask("updates", 5.0, enqueue_updates),
    ClockTask("flags", 60.0, enqueue_flags),
    ClockTask("team mails", 60.0, enqueue_team_mails),
    ClockTask("alarms", 30.0, enqueue_alarms),
    ClockTask("reminders", 60.0, enqueue_reminders),
    ClockTask("mail delays", 30.0, measure_mail_delays),
    ClockTask("bounces", 60.0, enqueue_bounces),
    ClockTask("witnesses", 2.0, enqueue_witnesses),
    ClockTask("time stamps", 5.0, enqueue_timestamps),
    ClockTask("reconcile", 60.0, enqueue_reconcile),
    ClockTask("heartbeat", 5.0, heartbeat),
)


def tick(runtime: Runtime, due: dict[str, float], now: float) -> None:
    """Do what is due at `now` (seconds of any steady clock); `due` remembers when each task is next."""
    for task in SCHEDULE:
        if due.get(task.name, 0.0) <= now:
            due[task.name] = now + task.interval_seconds
            try:
                task.run(runtime)
            except StoreUnavailableError:
                log.warning("The database is unavailable; the clock goes on", task=task.name)


def run_clock(runtime: Runtime, stop: threading.Event) -> None:
    """Tick until told to stop."""
    log.debug("Clock started")
    due: dict[str, float] = {}
    while not stop.wait(0.25):
        tick(runtime, due, time.monotonic())
    log.debug("Clock stopped")
