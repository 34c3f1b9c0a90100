"""Everything that touches the world, made once and handed in: database, Redis, queues, mail, links, time and chance."""

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, Engine

from campaign.config import Settings, require_secret
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.site.switch import Switches
from campaign.jobs import JobSpec
from campaign.mail.transport import Transport, open_transport
from campaign.security.encryption import FileCipher, TextCipher
from campaign.security.tokens import SignedTokens
from campaign.store.database import engine as store_engine
from campaign.store.mail.outbox import MailboxLimit
from campaign.store.redis import campaign_cache as counters
from campaign.store.redis import job_flags

if TYPE_CHECKING:
    from campaign.clients.postcodes_io import PostcodeClient

T = TypeVar("T")

log = structlog.get_logger(__name__)

REDIS_TIMEOUT_SECONDS = 1.0
"""Seconds a request waits for Redis. It only holds copies and hints, so nobody should wait long for it."""
REDIS_BACKOFF_SECONDS = 1.0
"""Seconds Redis is left alone after it failed, so that an outage costs one slow request a second and not all of them."""
ENQUEUE_INTERVAL_SECONDS = 0.05
"""Seconds between two hints of one process for one job. In a spike the last one may be given a moment too early to cover
what came after it; then the clock's sweep covers that, within a second."""
FAILED_JOB_TTL_SECONDS = 3600
"""How long a job that failed stays in Redis to be looked at."""


class RedisUnavailableError(Exception):
    """Redis did not answer, or did not a moment ago."""


@dataclass
class SwitchesCache:
    """Which switches a process has read a moment ago, with when to read them again; see `campaign.services.site.switches`."""

    cached: tuple[float, Switches] = (0.0, Switches())
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Runtime:
    """One process's connections to the world. `now` and `chance` are handed in so that tests can hold them still."""

    settings: Settings
    engine: Engine
    max_connections: int
    """The most connections to the database for transactions, and as many again for statements that stand alone."""
    redis: Redis
    now: Callable[[], datetime]
    rng: random.Random = field(default_factory=random.SystemRandom)
    campaign_cache: dict[str, tuple[float, Campaign | None]] = field(default_factory=dict)
    """Standings this process has read a moment ago, with when to read them again; see
    `campaign.services.campaigns.published`."""
    switches_cache: SwitchesCache = field(default_factory=SwitchesCache)
    _redis_backoff_until: float = 0.0
    enqueue_interval_seconds: float = ENQUEUE_INTERVAL_SECONDS
    _next_enqueue_at: dict[str, float] = field(default_factory=dict)
    _close_first: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def tokens(self) -> SignedTokens:
        """The links of this site. Raises SettingsRefused where there is no secret key."""
        require_secret(self.settings)
        fallbacks = [key.get_secret_value() for key in self.settings.secret_key_fallbacks]
        return SignedTokens(self.settings.secret_key.get_secret_value(), fallbacks, self.settings.base_url)

    @cached_property
    def text_cipher(self) -> TextCipher:
        """Seals what the database alone must not give away. Raises SettingsRefused where there is no secret key."""
        require_secret(self.settings)
        fallbacks = [key.get_secret_value() for key in self.settings.secret_key_fallbacks]
        return TextCipher(self.settings.secret_key.get_secret_value(), fallbacks)

    @cached_property
    def file_cipher(self) -> FileCipher:
        """Seals files that neither database nor disk alone must give away. Raises SettingsRefused without a secret key."""
        require_secret(self.settings)
        fallbacks = [key.get_secret_value() for key in self.settings.secret_key_fallbacks]
        return FileCipher(self.settings.secret_key.get_secret_value(), fallbacks)

    def new_transport(self) -> Transport:
        """A connection for mail, of the caller's own; it connects at the first mail."""
        return open_transport(self.settings)

    @cached_property
    def postcode_service(self) -> "PostcodeClient | None":
        """Who knows where postcodes lie; None where nothing is to be looked up. Asked in workers only."""
        # Imported where it is used: what it needs is large, and the web never does.
        from campaign.clients.postcodes_io import open_postcode_client  # noqa: PLC0415

        return open_postcode_client(self.settings, self.rng, self.now)

    @cached_property
    def autocommit_engine(self) -> Engine:
        """The database for statements that stand alone."""
        return store_engine.make_engine(self.settings.database_url, self.max_connections, is_autocommit=True)

    @property
    def mailbox_limit(self) -> MailboxLimit:
        """How many mails strangers can cause to one mailbox."""
        return MailboxLimit(self.settings.mailbox_limit, timedelta(hours=self.settings.mailbox_window_hours))

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One durable transaction. Raises StoreUnavailable."""
        with store_engine.transaction(self.engine) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Short reads. Raises StoreUnavailable."""
        with store_engine.autocommit(self.autocommit_engine) as connection:
            yield connection

    @contextmanager
    def single_statement(self) -> Iterator[Connection]:
        """One statement that is a durable transaction of its own. Raises StoreUnavailable."""
        with store_engine.autocommit(self.autocommit_engine) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Long reads of one moment. Raises StoreUnavailable."""
        with store_engine.snapshot(self.engine) as connection:
            yield connection

    @contextmanager
    def sign_transaction(self) -> Iterator[Connection]:
        """For one of `store.signatures.sign_and_verify`: one statement on PostgreSQL, one transaction on SQLite. Raises
        StoreUnavailable."""
        with self.transaction() if self.settings.is_sqlite else self.single_statement() as connection:
            yield connection

    def call_redis(self, command: Callable[[Redis], T]) -> T:
        """Put a question to Redis. Raises RedisUnavailable, at once while Redis is known to be down."""
        if time.monotonic() < self._redis_backoff_until:
            raise RedisUnavailableError
        try:
            return command(self.redis)
        except (RedisError, OSError) as error:
            self._redis_backoff_until = time.monotonic() + REDIS_BACKOFF_SECONDS
            log.warning("Redis is unavailable; going on without it", error=type(error).__name__)
            raise RedisUnavailableError from error

    def enqueue_once(self, *jobs: JobSpec) -> bool:
        """Ask for jobs, after the commit that gave them something to do. False where Redis is down: the clock will ask."""
        try:
            for job in jobs:
                self._enqueue_once(job)
        except RedisUnavailableError:
            return False
        return True

    def _enqueue_once(self, job: JobSpec) -> None:
        now = time.monotonic()
        if now < self._next_enqueue_at.get(job.name, 0.0):
            return
        self._next_enqueue_at[job.name] = now + self.enqueue_interval_seconds
        if self.call_redis(lambda redis: job_flags.mark_enqueued(redis, job)):
            self.call_redis(lambda redis: _enqueue(redis, job))

    def mark_started(self, job: JobSpec) -> None:
        """A job has begun: from here on it must be asked for again."""
        try:
            self.call_redis(lambda redis: job_flags.mark_started(redis, job))
        except RedisUnavailableError:
            return

    def cache_campaign(self, campaign: Campaign) -> bool:
        """Copy how a campaign stands to Redis. False where a newer copy is there, or Redis is down: the clock will do it."""
        try:
            return self.call_redis(lambda redis: counters.cache_campaign(redis, campaign, self.now()))
        except RedisUnavailableError:
            return False

    def random_token(self) -> str:
        """A random value of 128 bits, in 22 characters."""
        return secrets.token_urlsafe(16)

    def random_link_key(self) -> str:
        """A random value that tells one row from any other that ever had its number: 64 bits, in 16 hexadecimal digits."""
        return secrets.token_hex(8)

    def random_bytes(self, count: int) -> bytes:
        """Chance, for secrets."""
        return secrets.token_bytes(count)

    def close_first(self, close: Callable[[], None]) -> None:
        """Have something closed as the first thing in `close`, while the connections are still there."""
        self._close_first.append(close)

    def close(self) -> None:
        """Give every connection back."""
        while self._close_first:
            self._close_first.pop()()
        if (service := self.__dict__.get("postcode_service")) is not None:
            service.close()
        if "autocommit_engine" in self.__dict__:
            self.autocommit_engine.dispose()
        self.redis.close()
        self.engine.dispose()


def make_runtime(settings: Settings, *, max_connections: int = 4) -> Runtime:
    """A runtime as the settings say, with at most `connections` to the database. Connects to nothing yet."""
    return Runtime(
        settings=settings,
        engine=store_engine.make_engine(settings.database_url, max_connections),
        max_connections=max_connections,
        redis=redis_client(settings),
        now=lambda: datetime.now(UTC),
    )


def redis_client(settings: Settings) -> Redis:
    """A client that fails fast: one attempt, a second at most."""
    url = settings.redis_url or f"unix://{settings.own_redis_socket}"
    return Redis.from_url(
        url, socket_timeout=REDIS_TIMEOUT_SECONDS, socket_connect_timeout=REDIS_TIMEOUT_SECONDS, retry=Retry(NoBackoff(), 0)
    )


def job_queue(redis: Redis, name: str) -> Queue:
    """One of our queues. JSON, so that nothing read from Redis is ever executed as a pickle."""
    return Queue(name, connection=redis, serializer=JSONSerializer)


def _enqueue(redis: Redis, job: JobSpec) -> None:
    job_queue(redis, job.queue).enqueue_call(
        func=job.name, timeout=job.timeout_seconds, result_ttl=0, failure_ttl=FAILED_JOB_TTL_SECONDS, description=job.name
    )
