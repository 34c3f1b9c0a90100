"""Queue of jobs: hints that there is something to do. The rows that say what are in the database."""

import time
from dataclasses import dataclass, field

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from campaign.jobs import JobSpec
from campaign.runtime.redis_connection import RedisConnection, RedisUnavailableError
from campaign.store.redis import job_flags

ENQUEUE_INTERVAL_SECONDS = 0.05
"""Time between two hints of one process for one job. In a spike the last one may be given a moment too early to cover what
came after it; then the clock's sweep covers that, within a second."""
FAILED_JOB_TTL_SECONDS = 3600
"""How long a job that failed stays in Redis to be looked at."""


@dataclass
class JobQueue:
    """Enqueues each job at most once, however many requests ask for it."""

    redis: RedisConnection
    interval_seconds: float = ENQUEUE_INTERVAL_SECONDS
    _next_at: dict[str, float] = field(default_factory=dict)

    def enqueue_once(self, *jobs: JobSpec) -> bool:
        """Ask for jobs, after the commit that gave them something to do. False where Redis is down: the clock will ask."""
        try:
            for job in jobs:
                self._enqueue_once(job)
        except RedisUnavailableError:
            return False
        return True

    def mark_started(self, job: JobSpec) -> None:
        """Note that a job has begun: from here on it must be asked for again."""
        try:
            self.redis.call(lambda redis: job_flags.mark_started(redis, job))
        except RedisUnavailableError:
            return

    def _enqueue_once(self, job: JobSpec) -> None:
        now = time.monotonic()
        if now < self._next_at.get(job.name, 0.0):
            return
        self._next_at[job.name] = now + self.interval_seconds
        if self.redis.call(lambda redis: job_flags.mark_enqueued(redis, job)):
            self.redis.call(lambda redis: _enqueue(redis, job))


def job_queue(redis: Redis, name: str) -> Queue:
    """One of our queues. JSON, so that nothing read from Redis is ever executed as a pickle."""
    return Queue(name, connection=redis, serializer=JSONSerializer)


def _enqueue(redis: Redis, job: JobSpec) -> None:
    job_queue(redis, job.queue).enqueue_call(
        func=job.name, timeout=job.timeout_seconds, result_ttl=0, failure_ttl=FAILED_JOB_TTL_SECONDS, description=job.name
    )
