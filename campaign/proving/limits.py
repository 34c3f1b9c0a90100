"""How often a proof may be tried: guessing must not pay, and strangers must not lock anybody out for long."""

from typing import NamedTuple

from redis import Redis

from campaign.domain.refusal import Refused
from campaign.runtime import Runtime
from campaign.store import attempts


class Limit(NamedTuple):
    """How many tries in how many seconds."""

    most: int
    seconds: int


class TooMany(Refused):
    """Too many tries; `str()` says so to whoever tries, whether or not what they try at is there."""


def bounded(runtime: Runtime, purpose: str, whom: str, *limits: Limit) -> None:
    """Count one try of somebody (or at somebody). Raises TooMany, RedisUnavailable."""
    keyed = runtime.links.attempts_hash(whom)

    def allowed(redis: Redis) -> bool:
        return all(attempts.allow(redis, f"{purpose}-{limit.seconds}", keyed, *limit) for limit in limits)

    if not runtime.ask_redis(allowed):
        raise TooMany("That was tried too often. Wait a quarter of an hour, or sign in another way.")
