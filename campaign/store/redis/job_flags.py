"""Hints: at most one job of a kind waits in its queue, however many requests ask for it.

A flag in Redis stands while a job waits. Whoever finds it standing need not ask again: the job lowers the flag *before* it
reads the store, so it will see what was committed before the flag was found. The flag also falls by itself, in case its job
was lost; and the clock sweeps in any case.
"""

from typing import cast

from redis import Redis

from campaign.jobs import JobSpec

_FLAG_LIFETIME_SECONDS = 5
_PREFIX = "countersign:enqueued:"


def mark_enqueued(redis: Redis, job: JobSpec) -> bool:
    """True where the flag was down: the caller must enqueue the job."""
    return cast("bool | None", redis.set(_PREFIX + job.name, b"1", nx=True, ex=_FLAG_LIFETIME_SECONDS)) is True


def mark_started(redis: Redis, job: JobSpec) -> None:
    """The job has begun: from here on it must be asked for again."""
    redis.delete(_PREFIX + job.name)
