"""Limits on what somebody has done for them: counted in Redis under a keyed hash, never under a name or an address."""

from campaign.runtime.redis_connection import RedisUnavailableError
from campaign.runtime.runtime import Runtime
from campaign.store.redis import rate_limit


def is_within_limit(runtime: Runtime, purpose: str, subject: str, limit: int, seconds: int) -> bool:
    """Count one more; whether it is among the `limit` in so many seconds. Without Redis it is: what needs a firm bound has one
    in the database, or does not use this."""
    keyed = runtime.tokens.rate_limit_hash(subject)
    try:
        return runtime.call_redis(lambda redis: rate_limit.count_attempt(redis, purpose, keyed, limit, seconds))
    except RedisUnavailableError:
        return True
