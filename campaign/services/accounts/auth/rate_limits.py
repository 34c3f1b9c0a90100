"""Rate limits of proofs: guessing must not pay, and strangers must not lock anybody out for long."""

from typing import NamedTuple

from redis import Redis

from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.store.redis import rate_limit


class RateLimit(NamedTuple):
    """Rate limit: tries in a number of seconds."""

    max_attempts: int
    seconds: int


class TooManyAttemptsError(InvalidInputError):
    """Too many attempts; `str()` is the message for the page, the same whether or not the account exists."""


def count_attempt(runtime: Runtime, purpose: str, subject: str, *limits: RateLimit) -> None:
    """Count one try of somebody (or at somebody). Raises TooManyAttemptsError, RedisUnavailableError."""
    keyed = runtime.tokens.rate_limit_hash(subject)

    def allowed(redis: Redis) -> bool:
        return all(rate_limit.count_attempt(redis, f"{purpose}-{limit.seconds}", keyed, *limit) for limit in limits)

    if not runtime.call_redis(allowed):
        raise TooManyAttemptsError(N_("That was tried too often. Wait a quarter of an hour, or sign in another way."))
