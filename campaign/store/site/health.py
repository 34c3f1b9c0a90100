"""What shows whether the site is well: mail that waits, workers that live, and how far proving the counts has come."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from redis import Redis
from sqlalchemy import Connection

from campaign.store.database.statements import statement

MAX_COUNTED = 10_000
"""Mails owed are counted up to here."""
_HEARTBEAT_TIMEOUT = timedelta(seconds=45)
"""A worker that has nothing to do gives a sign of life every ten seconds."""
_RECONCILE_PROGRESS_KEY = "countersign:reconcile-progress"
_RECONCILE_PROGRESS_SECONDS = 6 * 3600


@dataclass(frozen=True, slots=True)
class MailBacklog:
    """Mails owed."""

    owed: int
    """At most MOST_COUNTED."""
    oldest: datetime | None
    """When the one that has waited longest was promised."""


@dataclass(frozen=True, slots=True)
class QueueStatus:
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


def signatory_mail_backlog(connection: Connection) -> MailBacklog:
    """Mails owed to signatories."""
    return MailBacklog(*connection.execute(_MAIL, {"most": MAX_COUNTED}).one())


def campaigner_mail_backlog(connection: Connection) -> MailBacklog:
    """Mails owed to campaigners."""
    return MailBacklog(*connection.execute(_NOTICES, {"most": MAX_COUNTED}).one())


def queue_statuses(redis: Redis, queues: tuple[str, ...]) -> tuple[QueueStatus, ...]:
    """How many workers serve each queue, and how many jobs wait in it."""
    seconds, micros = redis.time()
    now = datetime.fromtimestamp(seconds + micros / 1e6, UTC)
    return tuple(QueueStatus(name, _count_alive_workers(redis, name, now), redis.llen(f"rq:queue:{name}")) for name in queues)


def reconcile_progress(redis: Redis) -> dict[str, Any] | None:
    """How far the nightly proof of all counts has come; None where none is under way."""
    raw = cast("bytes | None", redis.get(_RECONCILE_PROGRESS_KEY))
    return None if raw is None else cast("dict[str, Any]", json.loads(raw))


def set_reconcile_progress(redis: Redis, progress: dict[str, Any] | None) -> None:
    """Keep how far it has come, or that it is over. Where that is lost it begins anew."""
    if progress is None:
        redis.delete(_RECONCILE_PROGRESS_KEY)
    else:
        redis.set(_RECONCILE_PROGRESS_KEY, json.dumps(progress), ex=_RECONCILE_PROGRESS_SECONDS)


def _count_alive_workers(redis: Redis, queue: str, now: datetime) -> int:
    keys = cast("set[bytes]", redis.smembers(f"rq:workers:{queue}"))
    signs = [cast("list[bytes | None]", redis.hmget(key.decode(), "last_heartbeat", "state")) for key in keys]
    return sum(_is_alive(beat, state, now) for beat, state in signs)


def _is_alive(heartbeat: bytes | None, state: bytes | None, now: datetime) -> bool:
    if heartbeat is None:
        return False
    # In a long job there is no sign of life; the key itself falls when the job must have ended.
    return state == b"busy" or now - datetime.fromisoformat(heartbeat.decode()) < _HEARTBEAT_TIMEOUT
