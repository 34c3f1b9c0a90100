"""Heartbeats of all processes in one Redis hash: a field for each process, which goes when the process says goodbye.

A process that was killed says nothing, so its field stays for a while and shows it as dead. Times are those of Redis.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import cast

from redis import Redis

from campaign.domain.site.process_heartbeat import ProcessHeartbeat

_KEY = "countersign:processes"
_LIFETIME_SECONDS = 600
"""After which a dead process is forgotten."""
_MAX_PROCESSES = 2000
"""Processes kept; more than anybody runs, so that a process that restarts for ever fills nothing."""
_RECORD_SCRIPT = """
local time = redis.call('TIME')
local fact = cjson.decode(ARGV[2])
fact.seen_at = tonumber(time[1]) + tonumber(time[2]) / 1000000
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 or redis.call('HLEN', KEYS[1]) < tonumber(ARGV[4]) then
    redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(fact))
    redis.call('EXPIRE', KEYS[1], ARGV[3])
end
"""


def record_heartbeat(
    redis: Redis,
    role: str,
    machine: str,
    pid: int,
    *,
    version: str,
    started_at: datetime,
    clock_skew_seconds: float | None,
) -> None:
    """Record that a process lives."""
    fact = {
        "role": role, "machine": machine, "pid": pid, "version": version, "started_at": started_at.isoformat(),
        "skew": clock_skew_seconds,
    }  # fmt: skip
    redis.eval(
        _RECORD_SCRIPT, 1, _KEY, _field(role, machine, pid), json.dumps(fact), str(_LIFETIME_SECONDS), str(_MAX_PROCESSES)
    )


def forget(redis: Redis, role: str, machine: str, pid: int) -> None:
    """Forget a process that ends as it should."""
    redis.hdel(_KEY, _field(role, machine, pid))


def list_heartbeats(redis: Redis) -> list[ProcessHeartbeat]:
    """All processes heard of in the last ten minutes, by role, machine and pid; older ones are forgotten here."""
    seconds, micros = redis.time()
    now = datetime.fromtimestamp(seconds + micros / 1e6, UTC)
    found, expired = [], []
    for field, value in cast("dict[bytes, bytes]", redis.hgetall(_KEY)).items():
        heartbeat = _heartbeat(value, now)
        if heartbeat is None or heartbeat.age > timedelta(seconds=_LIFETIME_SECONDS):
            expired.append(field.decode())
        else:
            found.append(heartbeat)
    if expired:
        redis.hdel(_KEY, *expired)
    return sorted(found, key=lambda each: (each.role, each.machine, each.pid))


def _heartbeat(value: bytes, now: datetime) -> ProcessHeartbeat | None:
    fact = json.loads(value)
    try:
        seen_at = datetime.fromtimestamp(fact["seen_at"], UTC)
        return ProcessHeartbeat(
            role=fact["role"],
            machine=fact["machine"],
            pid=fact["pid"],
            version=fact["version"],
            started_at=datetime.fromisoformat(fact["started_at"]),
            seen_at=seen_at,
            age=max(timedelta(0), now - seen_at),
            clock_skew_seconds=fact.get("skew"),
        )
    except (KeyError, TypeError, ValueError):
        # From a program of another version.
        return None


def _field(role: str, machine: str, pid: int) -> str:
    return f"{role}:{machine}:{pid}"
