"""Queue status: how many workers serve each queue of RQ, how many have died, and how many jobs wait in it."""

from dataclasses import dataclass

from redis import Redis

from campaign.store.redis import process_heartbeats


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """One queue."""

    queue: str
    workers: int
    """Alive."""
    dead: int
    """Killed or cut off in the last ten minutes, without a goodbye."""
    waiting: int
    """Jobs in it."""


def queue_statuses(redis: Redis, queues: tuple[str, ...]) -> tuple[QueueStatus, ...]:
    """How each queue is served, and how many jobs wait in it.

    By our own heartbeats: RQ keeps the entry of a killed worker for as long as its job might have taken.
    """
    heartbeats = process_heartbeats.list_heartbeats(redis)
    return tuple(
        QueueStatus(
            name,
            workers=sum(each.role == name and each.is_alive for each in heartbeats),
            dead=sum(each.role == name and not each.is_alive for each in heartbeats),
            waiting=redis.llen(f"rq:queue:{name}"),
        )
        for name in queues
    )
