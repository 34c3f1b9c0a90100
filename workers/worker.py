"""The worker process: RQ, tuned so that a killed worker holds nothing up, and so that it runs our own jobs only."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from campaign.jobs import (
    ADVANCE_LEDGER,
    CLOSE_CAMPAIGNS,
    COLLECT_BOUNCES,
    DELIVER_MAIL,
    ERASE_PERSONAL_DATA,
    FORGET_NETWORKS,
    JOBS,
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
from campaign.runtime import Runtime, job_queue
from workers.bounces import BounceJobs
from workers.desk_jobs import DeskJobs
from workers.exports import ExportJobs
from workers.ledger import ROUND_INTERVAL_SECONDS, LedgerJobs
from workers.mail import GATHER_SECONDS, Mailer
from workers.places import PlaceJobs
from workers.reconcile import reconcile_next
from workers.witnesses import offer_next

log = structlog.get_logger(__name__)

WORKER_TTL_SECONDS = 25
"""Seconds without a sign of life after which a worker is taken for dead. RQ waits this less 15 for a job at a time."""
MAINTENANCE_INTERVAL_SECONDS = 15
MONITORING_INTERVAL_SECONDS = 5
MAX_RECONNECT_WAIT_SECONDS = 2.0
"""Seconds between two attempts to reach a Redis that is down."""

JobFunction = Callable[[], Any]


class UnknownJobError(Exception):
    """Something in the queue that is not one of our jobs. It is never run."""


class JobFailedError(Exception):
    """One of our jobs ended by an error; which kind, and nothing else."""


def job_functions(
    runtime: Runtime,
    *,
    gather_seconds: float = GATHER_SECONDS,
    round_interval_seconds: float = ROUND_INTERVAL_SECONDS,
    is_stopping: Callable[[], bool] = lambda: False,
) -> dict[str, JobFunction]:
    """What each job's name does. Nothing else is ever run, whatever somebody has put into Redis.

    `is_stopping` says whether the worker was told to stop: a job that waits for a mail server then ends at once.
    """
    mailer = Mailer(runtime, gather_seconds=gather_seconds, is_stopping=is_stopping)
    desk, exports, places = DeskJobs(runtime), ExportJobs(runtime), PlaceJobs(runtime)
    ledger = LedgerJobs(runtime, round_interval_seconds=round_interval_seconds, is_stopping=is_stopping)
    return {
        DELIVER_MAIL.name: mailer.deliver,
        ADVANCE_LEDGER.name: ledger.advance,
        RELEASE_HELD.name: ledger.release_held,
        CLOSE_CAMPAIGNS.name: ledger.close,
        FORGET_NETWORKS.name: desk.forget_networks,
        ERASE_PERSONAL_DATA.name: desk.erase_personal_data,
        RUN_BATCHES.name: desk.run_batches,
        UNDO_INTAKES.name: desk.undo_intakes,
        READ_UPLOADS.name: desk.read_uploads,
        RAISE_FLAGS.name: desk.raise_flags,
        SEND_TEAM_MAILS.name: desk.send_team_mails,
        PUBLISH_UPDATES.name: desk.publish_updates,
        SEND_REMINDERS.name: desk.send_reminders,
        RAISE_ALARMS.name: desk.raise_alarms,
        RECONCILE.name: lambda: reconcile_next(runtime),
        MAKE_EXPORTS.name: exports.make_exports,
        LOOK_UP_PLACES.name: places.look_up,
        COLLECT_BOUNCES.name: BounceJobs(runtime).collect,
        OFFER_CHECKPOINT.name: lambda: offer_next(runtime),
        STAMP_PACKS.name: exports.stamp_packs,
    }


def job_class(functions: Mapping[str, JobFunction]) -> type[Job]:
    """An RQ job that can only be one of ours: names are looked up, never imported, and callbacks do not exist."""

    class OurJob(Job):
        def perform(self) -> Any:
            name = self.func_name
            if name is None or name not in functions or self.args or self.kwargs or self.instance:
                raise UnknownJobError(self.id)
            try:
                return functions[name]()
            except Exception as error:
                # RQ keeps a failed job's trace in Redis, and its words can be somebody's address: they stay in our log's hands.
                log.error("A job failed; the clock asks for it again", job=name, exc_info=error)  # noqa: TRY400
                raise JobFailedError(f"{name}: {type(error).__name__}") from None

        success_callback = property(lambda _: None)
        failure_callback = property(lambda _: None)
        stopped_callback = property(lambda _: None)

        def send_webhooks(self, *_: Any, **__: Any) -> None:
            """A job from elsewhere could name any address to call; ours call none."""

    return OurJob


class CountersignWorker(SimpleWorker):
    """Works in its own process, so that its connections to database and mail server are kept from job to job."""

    max_connection_wait_time = MAX_RECONNECT_WAIT_SECONDS
    log_result_lifespan = False

    def _set_ip_address(self, connection: Redis) -> None:  # noqa: ARG002 - as RQ calls it
        # RQ asks Redis for it, and redis-py cannot read the answer where the path of a socket has a space in it.
        self.ip_address = ""

    @property
    def stop_requested(self) -> bool:
        """Whether a signal has asked this worker to stop."""
        return self._shutdown_requested_date is not None


def make_worker(redis: Redis, queue_name: str, functions: Mapping[str, JobFunction]) -> CountersignWorker:
    """A worker of one queue."""
    return CountersignWorker(
        [job_queue(redis, queue_name)],
        connection=redis,
        serializer=JSONSerializer,
        job_class=job_class(functions),
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_INTERVAL_SECONDS,
        job_monitoring_interval=MONITORING_INTERVAL_SECONDS,
        log_job_description=False,
    )


def run_worker(runtime: Runtime, redis: Redis, queue_name: str) -> None:
    """Work until told to stop (SIGTERM, SIGINT). RQ gives up where Redis stays away for long; this does not."""
    known = {job.name for job in JOBS.values() if job.queue == queue_name}
    worker: CountersignWorker | None = None

    def is_stopping() -> bool:
        return worker is not None and worker.stop_requested

    work = {name: function for name, function in job_functions(runtime, is_stopping=is_stopping).items() if name in known}
    log.debug("Worker started", queue=queue_name)
    while True:
        worker = None
        try:
            worker = make_worker(redis, queue_name, work)
            worker.work(logging_level="WARNING")
        except RedisError as error:
            log.warning("Redis is unavailable; the worker waits for it", queue=queue_name, error=type(error).__name__)
        if worker is not None and worker.stop_requested:
            break
        time.sleep(1)
    log.debug("Worker stopped", queue=queue_name)
