"""Heartbeat of the clock in Redis: when it last ran. Gone after a minute without one."""

from datetime import datetime
from typing import cast

from redis import Redis

_KEY = "countersign:clock-heartbeat"
_LIFETIME_SECONDS = 60


def record_heartbeat(redis: Redis, now: datetime) -> None:
    """Record that the clock runs."""
    redis.set(_KEY, now.isoformat(), ex=_LIFETIME_SECONDS)


def last_heartbeat(redis: Redis) -> datetime | None:
    """When a clock last ran; None where none did for a minute."""
    value = cast("bytes | None", redis.get(_KEY))
    return None if value is None else datetime.fromisoformat(value.decode())
