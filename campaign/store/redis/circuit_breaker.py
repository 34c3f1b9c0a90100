"""Circuit breaker of an outside service, in Redis since it is for all processes together: one asks at a time, and none for a
while after it failed.

Where Redis is lost, the service is asked once too often. Nothing else depends on it.
"""

from typing import cast

from redis import Redis

_PREFIX = "countersign:circuit-breaker:"
_FAILURES_LIFETIME_SECONDS = 24 * 3600
"""After which failures are forgotten."""
_RECORD_FAILURE_SCRIPT = """
local failures = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return failures
"""
_RECORD_SUCCESS_SCRIPT = "redis.call('DEL', KEYS[1], KEYS[3]) return redis.call('DEL', KEYS[2])"


def is_open(redis: Redis, service: str) -> bool:
    """Whether a service must not be asked now."""
    return bool(redis.exists(_PREFIX + service))


def try_acquire(redis: Redis, service: str, seconds: float) -> bool:
    """Begin to ask it; False while the circuit is open, or another process asks it. Ends by itself after `seconds`."""
    return cast("bool | None", redis.set(_PREFIX + service, b"1", nx=True, px=int(seconds * 1000))) is True


def record_success(redis: Redis, service: str) -> bool:
    """It has answered, and may be asked again; whether it had failed before."""
    return bool(
        redis.eval(_RECORD_SUCCESS_SCRIPT, 3, _PREFIX + service, f"{_PREFIX}{service}:failures", f"{_PREFIX}{service}:warned")
    )


def record_failure(redis: Redis, service: str) -> int:
    """Note that it failed; how often it has in a row."""
    return int(redis.eval(_RECORD_FAILURE_SCRIPT, 1, f"{_PREFIX}{service}:failures", str(_FAILURES_LIFETIME_SECONDS)))


def open_for(redis: Redis, service: str, seconds: float) -> None:
    """Let no process ask it for so long."""
    redis.set(_PREFIX + service, b"1", px=max(1, int(seconds * 1000)))


def claim_warning(redis: Redis, service: str, seconds: int) -> bool:
    """Whether no process has warned of it for so long; the caller that gets True warns."""
    return cast("bool | None", redis.set(f"{_PREFIX}{service}:warned", b"1", nx=True, ex=seconds)) is True
