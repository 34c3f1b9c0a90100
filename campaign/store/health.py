"""What shows whether the site is well: mail that waits, workers that live, and how far proving the counts has come."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from redis import Redis
from sqlalchemy import Connection

from campaign.store.sql import statement

MOST_COUNTED = 10_000
"""Mails owed are counted up to here."""
_SILENCE = timedelta(seconds=45)
"""A worker that has nothing to do gives a sign of life every ten seconds."""
_PROVING = "countersign:proving"
_PROVING_SECONDS = 6 * 3600


@dataclass(frozen=True, slots=True)
class Backlog:
    """Mails owed."""

    owed: int
    """At most MOST_COUNTED."""
    oldest: datetime | None
    """When the one that has waited longest was promised."""


@dataclass(frozen=True, slots=True)
class Line:
    """One queue."""

    queue: str
    workers: int
    """Alive."""
    waiting: int
    """Jobs in it."""


_MAIL, _NOTICES = (
    statement(
        f"""SELECT count(*) AS owed, min(created_at) AS created_at FROM (
                SELECT created_at FROM {table} WHERE state = 'owed' ORDER BY priority, due_at LIMIT :most) AS first"""
    )
    for table in ("outbox", "notices")
)


def mail(connection: Connection) -> Backlog:
    """Mails owed to signatories."""
    return Backlog(*connection.execute(_MAIL, {"most": MOST_COUNTED}).one())


def notices(connection: Connection) -> Backlog:
    """Mails owed to campaigners."""
    return Backlog(*connection.execute(_NOTICES, {"most": MOST_COUNTED}).one())


def lines(redis: Redis, queues: tuple[str, ...]) -> tuple[Line, ...]:
    """How many workers serve each queue, and how many jobs wait in it."""
    seconds, micros = redis.time()
    now = datetime.fromtimestamp(seconds + micros / 1e6, UTC)
    return tuple(Line(name, _alive(redis, name, now), redis.llen(f"rq:queue:{name}")) for name in queues)


def proving(redis: Redis) -> dict[str, Any] | None:
    """How far the nightly proof of all counts has come; None where none is under way."""
    raw = cast("bytes | None", redis.get(_PROVING))
    return None if raw is None else cast("dict[str, Any]", json.loads(raw))


def set_proving(redis: Redis, so_far: dict[str, Any] | None) -> None:
    """Keep how far it has come, or that it is over. Where that is lost it begins anew."""
    if so_far is None:
        redis.delete(_PROVING)
    else:
        redis.set(_PROVING, json.dumps(so_far), ex=_PROVING_SECONDS)


def _alive(redis: Redis, queue: str, now: datetime) -> int:
    keys = cast("set[bytes]", redis.smembers(f"rq:workers:{queue}"))
    signs = [cast("list[bytes | None]", redis.hmget(key.decode(), "last_heartbeat", "state")) for key in keys]
    return sum(_lives(beat, state, now) for beat, state in signs)


def _lives(beat: bytes | None, state: bytes | None, now: datetime) -> bool:
    if beat is None:
        return False
    # In a long job there is no sign of life; the key itself falls when the job must have ended.
    return state == b"busy" or now - datetime.fromisoformat(beat.decode()) < _SILENCE
