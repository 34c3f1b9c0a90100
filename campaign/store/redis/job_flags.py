"""Flags of waiting jobs in Redis: at most one job of a kind is in its queue, however many requests ask for it.

A flag is set while a job waits. A request that finds it set need not enqueue another: the job clears the flag *before* it
reads the database, so it will see what was committed before the flag was found. The flag also expires by itself, in case its
job was lost; and the clock enqueues what is left in any case.
"""

from typing import cast

from redis import Redis

from campaign.jobs import JobSpec

_FLAG_LIFETIME_SECONDS = 5
_PREFIX = "countersign:enqueued:"


def mark_enqueued(redis: Redis, job: JobSpec) -> bool:
    """Set the flag of a job. True where it was not set: the caller must enqueue the job."""
    return cast("bool | None", redis.set(_PREFIX + job.name, b"1", nx=True, ex=_FLAG_LIFETIME_SECONDS)) is True


def mark_started(redis: Redis, job: JobSpec) -> None:
    """Clear the flag of a job that begins: from here on it must be enqueued again."""
    redis.delete(_PREFIX + job.name)
