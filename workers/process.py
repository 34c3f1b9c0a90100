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
    DELIVER_MAIL,
    DELIVER_NOTICES,
    FORGET_NETWORKS,
    JOBS,
    LOOK_UP_PLACES,
    MAKE_EXPORTS,
    RAISE_FLAGS,
    RECONCILE,
    REPORT,
    RUN_BATCHES,
    UNDO_INTAKES,
)
from campaign.runtime import Runtime, queue
from workers.desk import DeskHand
from workers.handover import HandoverHand
from workers.ledger import BETWEEN_ROUNDS, Bookkeeper
from workers.mail import GATHERING, Postman
from workers.notices import NoticePostman
from workers.places import PlaceHand
from workers.proving import prove

log = structlog.get_logger(__name__)

WORKER_TTL = 25
"""Seconds without a sign of life after which a worker is taken for dead. RQ waits this less 15 for a job at a time."""
MAINTENANCE_INTERVAL = 15
MONITORING_INTERVAL = 5
LONGEST_RECONNECT_WAIT = 2.0
"""Seconds between two attempts to reach a Redis that is down."""

Work = Callable[[], Any]


class UnknownJob(Exception):  # noqa: N818 - it says what the job is
    """Something in the queue that is not one of our jobs. It is never run."""


class JobFailed(Exception):  # noqa: N818 - it says what happened
    """One of our jobs ended by an error; which kind, and nothing else."""


def our_jobs(runtime: Runtime, *, gathering: float = GATHERING, between_rounds: float = BETWEEN_ROUNDS) -> dict[str, Work]:
    """What each job's name does. Nothing else is ever run, whatever somebody has put into Redis."""
    postman = Postman(runtime, gathering=gathering)
    hand, handover = DeskHand(runtime), HandoverHand(runtime)
    bookkeeper = Bookkeeper(runtime, between_rounds=between_rounds)
    return {
        DELIVER_MAIL.name: postman.deliver,
        ADVANCE_LEDGER.name: bookkeeper.advance,
        CLOSE_CAMPAIGNS.name: bookkeeper.close,
        FORGET_NETWORKS.name: hand.forget_networks,
        DELIVER_NOTICES.name: NoticePostman(runtime).deliver,
        RUN_BATCHES.name: hand.run_batches,
        UNDO_INTAKES.name: hand.undo_intakes,
        RAISE_FLAGS.name: hand.raise_flags,
        REPORT.name: hand.report,
        RECONCILE.name: lambda: prove(runtime),
        MAKE_EXPORTS.name: handover.make_exports,
        LOOK_UP_PLACES.name: PlaceHand(runtime).look_up,
    }


def job_class(work: Mapping[str, Work]) -> type[Job]:
    """An RQ job that can only be one of ours: names are looked up, never imported, and callbacks do not exist."""

    class OurJob(Job):
        def perform(self) -> Any:
            name = self.func_name
            if name is None or name not in work or self.args or self.kwargs or self.instance:
                raise UnknownJob(self.id)
            try:
                return work[name]()
            except Exception as error:
                # RQ keeps a failed job's trace in Redis, and its words can be somebody's address: they stay in our log's hands.
                log.error("A job failed; the clock asks for it again", job=name, exc_info=error)  # noqa: TRY400
                raise JobFailed(f"{name}: {type(error).__name__}") from None

        success_callback = property(lambda _: None)
        failure_callback = property(lambda _: None)
        stopped_callback = property(lambda _: None)

        def send_webhooks(self, *_: Any, **__: Any) -> None:
            """A job from elsewhere could name any address to call; ours call none."""

    return OurJob


class OurWorker(SimpleWorker):
    """Works in its own process, so that its connections to database and mail server are kept from job to job."""

    max_connection_wait_time = LONGEST_RECONNECT_WAIT
    log_result_lifespan = False

    @property
    def told_to_stop(self) -> bool:
        """Whether a signal has asked this worker to stop."""
        return self._shutdown_requested_date is not None


def make_worker(redis: Redis, queue_name: str, work: Mapping[str, Work], kind: type[OurWorker] = OurWorker) -> OurWorker:
    """A worker of one queue."""
    return kind(
        [queue(redis, queue_name)], connection=redis, serializer=JSONSerializer, job_class=job_class(work),
        worker_ttl=WORKER_TTL, maintenance_interval=MAINTENANCE_INTERVAL, job_monitoring_interval=MONITORING_INTERVAL,
        log_job_description=False,
    )  # fmt: skip


def serve(runtime: Runtime, redis: Redis, queue_name: str) -> None:
    """Work until told to stop (SIGTERM, SIGINT). RQ gives up where Redis stays away for long; this does not."""
    known = {job.name for job in JOBS.values() if job.queue == queue_name}
    work = {name: function for name, function in our_jobs(runtime).items() if name in known}
    log.debug("Worker started", queue=queue_name)
    while True:
        worker = None
        try:
            worker = make_worker(redis, queue_name, work)
            worker.work(logging_level="WARNING")
        except RedisError as error:
            log.warning("Redis is unavailable; the worker waits for it", queue=queue_name, error=type(error).__name__)
        if worker is not None and worker.told_to_stop:
            break
        time.sleep(1)
    log.debug("Worker stopped", queue=queue_name)
