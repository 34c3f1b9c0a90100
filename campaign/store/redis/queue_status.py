"""Queue status: how many workers serve each queue of RQ, and how many jobs wait in it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from redis import Redis

_HEARTBEAT_TIMEOUT = timedelta(seconds=45)
"""An idle worker records a heartbeat every ten seconds."""


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """One queue."""

    queue: str
    workers: int
    """Alive."""
    waiting: int
    """Jobs in it."""


def queue_statuses(redis: Redis, queues: tuple[str, ...]) -> tuple[QueueStatus, ...]:
    """How many workers serve each queue, and how many jobs wait in it."""
    seconds, micros = redis.time()
    now = datetime.fromtimestamp(seconds + micros / 1e6, UTC)
    return tuple(QueueStatus(name, _count_alive_workers(redis, name, now), redis.llen(f"rq:queue:{name}")) for name in queues)


def _count_alive_workers(redis: Redis, queue: str, now: datetime) -> int:
    keys = cast("set[bytes]", redis.smembers(f"rq:workers:{queue}"))
    found = [cast("list[bytes | None]", redis.hmget(key.decode(), "last_heartbeat", "state")) for key in keys]
    return sum(_is_alive(heartbeat, state, now) for heartbeat, state in found)


def _is_alive(heartbeat: bytes | None, state: bytes | None, now: datetime) -> bool:
    if heartbeat is None:
        return False
    # A worker records no heartbeat during a long job; the key itself expires when the job must have ended.
    return state == b"busy" or now - datetime.fromisoformat(heartbeat.decode()) < _HEARTBEAT_TIMEOUT
