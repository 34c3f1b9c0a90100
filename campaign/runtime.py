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
from campaign.domain.standing import Standing
from campaign.domain.switch import Switches
from campaign.jobs import JobName
from campaign.links import Links
from campaign.mail.transport import Transport, open_transport
from campaign.sealing import PartSealer, Sealer
from campaign.store import counters, hints, sessions
from campaign.store import engine as store_engine
from campaign.store.outbox import MailboxBound

if TYPE_CHECKING:
    from campaign.postcodes import PostcodeService

T = TypeVar("T")

log = structlog.get_logger(__name__)

REDIS_PATIENCE = 1.0
"""Seconds a request waits for Redis. It only holds copies and hints, so nobody should wait long for it."""
REDIS_REST = 1.0
"""Seconds Redis is left alone after it failed, so that an outage costs one slow request a second and not all of them."""
HINT_EVERY = 0.05
"""Seconds between two hints of one process for one job. In a spike the last one may be given a moment too early to cover
what came after it; then the clock's sweep covers that, within a second."""
FAILED_JOB_SECONDS = 3600
"""How long a job that failed stays in Redis to be looked at."""


class RedisUnavailable(Exception):  # noqa: N818 - a state of the world, not a mistake
    """Redis did not answer, or did not a moment ago."""


@dataclass
class Switched:
    """Which switches a process has read a moment ago, with when to read them again; see `campaign.switching`."""

    read: tuple[float, Switches] = (0.0, Switches())
    asking: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Runtime:
    """One process's connections to the world. `now` and `chance` are handed in so that tests can hold them still."""

    settings: Settings
    engine: Engine
    connections: int
    """The most connections to the database for transactions, and as many again for statements that stand alone."""
    redis: Redis
    now: Callable[[], datetime]
    chance: random.Random = field(default_factory=random.SystemRandom)
    remembered: dict[str, tuple[float, Standing | None]] = field(default_factory=dict)
    """Standings this process has read a moment ago, with when to read them again; see `campaign.standing`."""
    switched: Switched = field(default_factory=Switched)
    _redis_rests_until: float = 0.0
    hint_every: float = HINT_EVERY
    _hinted: dict[str, float] = field(default_factory=dict)

    @cached_property
    def links(self) -> Links:
        """The links of this site. Raises SettingsRefused where there is no secret key."""
        require_secret(self.settings)
        fallbacks = [key.get_secret_value() for key in self.settings.secret_key_fallbacks]
        return Links(self.settings.secret_key.get_secret_value(), fallbacks, self.settings.base_url)

    @cached_property
    def sealer(self) -> Sealer:
        """Seals what the database alone must not give away. Raises SettingsRefused where there is no secret key."""
        require_secret(self.settings)
        fallbacks = [key.get_secret_value() for key in self.settings.secret_key_fallbacks]
        return Sealer(self.settings.secret_key.get_secret_value(), fallbacks)

    @cached_property
    def part_sealer(self) -> PartSealer:
        """Seals files that neither database nor disk alone must give away. Raises SettingsRefused without a secret key."""
        require_secret(self.settings)
        fallbacks = [key.get_secret_value() for key in self.settings.secret_key_fallbacks]
        return PartSealer(self.settings.secret_key.get_secret_value(), fallbacks)

    @cached_property
    def transport(self) -> Transport:
        """How mail leaves; opened at the first mail."""
        return open_transport(self.settings)

    @cached_property
    def postcodes(self) -> "PostcodeService | None":
        """Who knows where postcodes lie; None where nothing is to be looked up. Asked in workers only."""
        # Imported where it is used: what it needs is large, and the web never does.
        from campaign.postcodes import open_service  # noqa: PLC0415

        return open_service(self.settings, self.chance, self.now)

    @cached_property
    def alone(self) -> Engine:
        """The database for statements that stand alone."""
        return store_engine.make_engine(self.settings.database_url, self.connections, alone=True)

    @property
    def mailbox_bound(self) -> MailboxBound:
        """How many mails strangers can cause to one mailbox."""
        return MailboxBound(self.settings.mailbox_limit, timedelta(hours=self.settings.mailbox_window_hours))

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One durable transaction. Raises StoreUnavailable."""
        with store_engine.writing(self.engine) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Short reads. Raises StoreUnavailable."""
        with store_engine.single(self.alone) as connection:
            yield connection

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """One statement that is a durable transaction of its own. Raises StoreUnavailable."""
        with store_engine.single(self.alone) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Long reads of one moment. Raises StoreUnavailable."""
        with store_engine.snapshot(self.engine) as connection:
            yield connection

    @contextmanager
    def moving(self) -> Iterator[Connection]:
        """For one of `store.moves`: one statement on PostgreSQL, one transaction on SQLite. Raises StoreUnavailable."""
        with self.transaction() if self.settings.is_sqlite else self.single() as connection:
            yield connection

    def ask_redis(self, question: Callable[[Redis], T]) -> T:
        """Put a question to Redis. Raises RedisUnavailable, at once while Redis is known to be down."""
        if time.monotonic() < self._redis_rests_until:
            raise RedisUnavailable
        try:
            return question(self.redis)
        except (RedisError, OSError) as error:
            self._redis_rests_until = time.monotonic() + REDIS_REST
            log.warning("Redis is unavailable; going on without it", error=type(error).__name__)
            raise RedisUnavailable from error

    def hint(self, *jobs: JobName) -> bool:
        """Ask for jobs, after the commit that gave them something to do. False where Redis is down: the clock will ask."""
        try:
            for job in jobs:
                self._hint(job)
        except RedisUnavailable:
            return False
        return True

    def _hint(self, job: JobName) -> None:
        now = time.monotonic()
        if now < self._hinted.get(job.name, 0.0):
            return
        self._hinted[job.name] = now + self.hint_every
        if self.ask_redis(lambda redis: hints.raise_flag(redis, job)):
            self.ask_redis(lambda redis: _enqueue(redis, job))

    def began(self, job: JobName) -> None:
        """A job has begun: from here on it must be asked for again."""
        try:
            self.ask_redis(lambda redis: hints.lower_flag(redis, job))
        except RedisUnavailable:
            return

    def publish(self, standing: Standing) -> bool:
        """Copy how a campaign stands to Redis. False where a newer copy is there, or Redis is down: the clock will do it."""
        try:
            return self.ask_redis(lambda redis: counters.publish(redis, standing, self.now()))
        except RedisUnavailable:
            return False

    def token(self) -> str:
        """A random value of 128 bits, in 22 characters."""
        return secrets.token_urlsafe(16)

    def link_key(self) -> str:
        """A random value that tells one row from any other that ever had its number: 64 bits, in 16 hexadecimal digits."""
        return secrets.token_hex(8)

    def begin_session(self, campaigner_id: int, device: str, *, second_factor: bool) -> str:
        """Sign a browser in to the desk; the value of its cookie. Raises RedisUnavailable.

        `device` is `domain.device.device_of` what it says it is; `second_factor` whether more than a mailbox or a password
        was proved.
        """
        cookie, csrf, now = self.token(), self.token(), self.now()
        self.ask_redis(
            lambda redis: sessions.begin(redis, cookie, csrf, campaigner_id, device, now, second_factor=second_factor)
        )
        return cookie

    def octets(self, number: int) -> bytes:
        """Chance, for secrets."""
        return secrets.token_bytes(number)

    def close(self) -> None:
        """Give every connection back."""
        if "transport" in self.__dict__:
            self.transport.close()
        if (service := self.__dict__.get("postcodes")) is not None:
            service.close()
        if "alone" in self.__dict__:
            self.alone.dispose()
        self.redis.close()
        self.engine.dispose()


def make_runtime(settings: Settings, *, connections: int = 4) -> Runtime:
    """A runtime as the settings say, with at most `connections` to the database. Connects to nothing yet."""
    return Runtime(
        settings=settings,
        engine=store_engine.make_engine(settings.database_url, connections),
        connections=connections,
        redis=redis_client(settings),
        now=lambda: datetime.now(UTC),
    )


def redis_client(settings: Settings) -> Redis:
    """A client that fails fast: one attempt, a second at most."""
    url = settings.redis_url or f"unix://{settings.own_redis_socket}"
    return Redis.from_url(
        url, socket_timeout=REDIS_PATIENCE, socket_connect_timeout=REDIS_PATIENCE, retry=Retry(NoBackoff(), 0)
    )


def queue(redis: Redis, name: str) -> Queue:
    """One of our queues. JSON, so that nothing read from Redis is ever executed as a pickle."""
    return Queue(name, connection=redis, serializer=JSONSerializer)


def _enqueue(redis: Redis, job: JobName) -> None:
    queue(redis, job.queue).enqueue_call(
        func=job.name, timeout=job.timeout, result_ttl=0, failure_ttl=FAILED_JOB_SECONDS, description=job.name
    )
