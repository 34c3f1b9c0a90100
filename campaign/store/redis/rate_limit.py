"""Rate limits: attempts counted in Redis, under keyed hashes only, so that no address is there."""

from redis import Redis

_PREFIX = "countersign:attempts:"
# One step, so that a count can never be left without its end.
_COUNT_SCRIPT = """
local made = redis.call('INCR', KEYS[1])
if made == 1 or redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return made
"""


def count_attempt(redis: Redis, purpose: str, keyed_hash: str, limit: int, seconds: int) -> bool:
    """Count one attempt at `purpose`; whether it is among the `limit` that are allowed in `seconds` from the first.

    `keyed_hash` stands for the person or thing that is limited. Attempts that are refused do not make the wait longer.
    """
    return int(redis.eval(_COUNT_SCRIPT, 1, _key(purpose, keyed_hash), str(seconds))) <= limit


def retry_after_seconds(redis: Redis, purpose: str, keyed_hash: str) -> int:
    """Seconds until attempts are allowed again, for Retry-After; 1 at least."""
    return max(1, redis.ttl(_key(purpose, keyed_hash)))


def _key(purpose: str, keyed_hash: str) -> str:
    return f"{_PREFIX}{purpose}:{keyed_hash}"
