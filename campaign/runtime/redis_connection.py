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


_LOG_SECONDS = 60.0
"""How often a process says that Redis still does not answer: each of many would do so every second otherwise."""


class RedisUnavailableError(Exception):
    """Redis did not answer, or did not a moment ago."""


@dataclass
class RedisConnection:
    """A client of Redis with a circuit breaker."""

    client: Redis
    clock: Callable[[], float] = time.monotonic
    _backoff_until: float = 0.0
    _down_since: float | None = None
    _logged_at: float = 0.0

    def call(self, command: Callable[[Redis], T]) -> T:
        """The result of a command. Raises RedisUnavailableError, at once while Redis is known to be down."""
        if self.clock() < self._backoff_until:
            raise RedisUnavailableError
        try:
            answer = command(self.client)
        except (RedisError, OSError) as error:
            self._backoff_until = self.clock() + REDIS_BACKOFF_SECONDS
            self._note_down(error)
            raise RedisUnavailableError from error
        if self._down_since is not None:
            log.info("Redis answers again", seconds=round(self.clock() - self._down_since))
            self._down_since = None
        return answer

    def _note_down(self, error: Exception) -> None:
        now = self.clock()
        if self._down_since is None:
            self._down_since = now
        elif now - self._logged_at < _LOG_SECONDS:
            return
        self._logged_at = now
        seconds = round(now - self._down_since)
        log.warning("Redis is unavailable; going on without it", error=type(error).__name__, seconds=seconds)

    def close(self) -> None:
        """Give the connection back."""
        self.client.close()


def redis_client(settings: Settings, *, timeout_seconds: float | None = REDIS_TIMEOUT_SECONDS) -> Redis:
    """A client that fails fast: one attempt, `timeout_seconds` at most. With None it is as patient as Redis's own client."""
    # Each new connection would look its library's version up on disk (1 ms), and tell it in two commands that nobody reads.
    options: dict[str, Any] = {"driver_info": None}
    if timeout_seconds is not None:
        options |= {
            "socket_timeout": timeout_seconds,
            "socket_connect_timeout": timeout_seconds,
            "retry": Retry(NoBackoff(), 0),
        }
    if settings.redis_url:
        return Redis.from_url(settings.redis_url, **options)
    # Not by an address: the path of a folder may hold what means something there.
    return Redis(unix_socket_path=str(settings.own_redis_socket), **options)
