"""Connection of a process to Redis, which is left alone for a moment after it failed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from campaign.config import Settings

T = TypeVar("T")

log = structlog.get_logger(__name__)

REDIS_TIMEOUT_SECONDS = 1.0
"""Longest wait of a request for Redis. It only holds copies and hints, so nobody should wait long for it."""
REDIS_BACKOFF_SECONDS = 1.0
"""How long Redis is left alone after it failed, so that an outage costs one slow request a second and not all of them."""


class RedisUnavailableError(Exception):
    """Redis did not answer, or did not a moment ago."""


@dataclass
class RedisConnection:
    """A client of Redis with a circuit breaker."""

    client: Redis
    _backoff_until: float = 0.0

    def call(self, command: Callable[[Redis], T]) -> T:
        """The result of a command. Raises RedisUnavailableError, at once while Redis is known to be down."""
        if time.monotonic() < self._backoff_until:
            raise RedisUnavailableError
        try:
            return command(self.client)
        except (RedisError, OSError) as error:
            self._backoff_until = time.monotonic() + REDIS_BACKOFF_SECONDS
            log.warning("Redis is unavailable; going on without it", error=type(error).__name__)
            raise RedisUnavailableError from error

    def close(self) -> None:
        """Give the connection back."""
        self.client.close()


def redis_client(settings: Settings, *, timeout_seconds: float | None = REDIS_TIMEOUT_SECONDS) -> Redis:
    """A client that fails fast: one attempt, `timeout_seconds` at most. With None it is as patient as Redis's own client."""
    options: dict[str, Any] = (
        {}
        if timeout_seconds is None
        else {
            "socket_timeout": timeout_seconds, "socket_connect_timeout": timeout_seconds, "retry": Retry(NoBackoff(), 0),
        }
    )  # fmt: skip
    if settings.redis_url:
        return Redis.from_url(settings.redis_url, **options)
    # Not by an address: the path of a folder may hold what means something there.
    return Redis(unix_socket_path=str(settings.own_redis_socket), **options)
