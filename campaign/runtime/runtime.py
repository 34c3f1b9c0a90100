"""Runtime of a process: the small objects that touch the world, put together."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from redis import Redis
from sqlalchemy import Connection, Engine

from campaign.config import Settings
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.email_address import use_address_rules
from campaign.domain.log.note import SignerKey
from campaign.jobs import JobSpec
from campaign.mail.transport import Transport, open_transport
from campaign.runtime.database import Database
from campaign.runtime.job_queue import JobQueue
from campaign.runtime.redis_connection import RedisConnection, RedisUnavailableError, redis_client
from campaign.runtime.secret_values import Secrets
from campaign.security.encryption import FileCipher, TextCipher
from campaign.security.tokens import SignedTokens
from campaign.store.database.engine import WORKER_WAIT_LIMITS, WaitLimits, make_engine
from campaign.store.log.tile_cache import TileCache
from campaign.store.mail.signatory_mails import MailboxLimit
from campaign.store.redis import campaign_cache

if TYPE_CHECKING:
    from campaign.clients.postcodes_io import PostcodeClient

T = TypeVar("T")


@dataclass
class Runtime:
    """One process's connections to the world. `now` and `rng` are handed in so that tests can hold them still."""

    settings: Settings
    database: Database
    redis_connection: RedisConnection
    queue: JobQueue
    secrets: Secrets
    now: Callable[[], datetime]
    """The clock: the present moment, aware, in UTC."""
    rng: random.Random = field(default_factory=random.SystemRandom)
    log_tiles: TileCache = field(default_factory=TileCache)
    """Tiles of the public log that this process has read."""
    _close_first: list[Callable[[], None]] = field(default_factory=list)

    def new_transport(self) -> Transport:
        """A connection for mail, of the caller's own; it connects at the first mail."""
        return open_transport(self.settings, self.now)

    @cached_property
    def postcode_service(self) -> "PostcodeClient | None":
        """The service that knows where postcodes lie; None where nothing is to be looked up. Asked in workers only."""
        # Imported where it is used: what it needs is large, and the web never does.
        from campaign.clients.postcodes_io import open_postcode_client  # noqa: PLC0415

        return open_postcode_client(self.settings, self.rng, self.now)

    @property
    def mailbox_limit(self) -> MailboxLimit:
        """How many mails strangers can cause to one mailbox."""
        settings = self.settings
        window = timedelta(hours=settings.mailbox_window_hours)
        return MailboxLimit(settings.mailbox_limit, window, settings.mailbox_limit_per_campaign)

    def cache_campaign(self, campaign: Campaign) -> bool:
        """Copy a campaign to Redis. False where a newer copy is there, or Redis is down: the clock will do it."""
        try:
            return self.call_redis(lambda redis: campaign_cache.cache_campaign(redis, campaign, self.now()))
        except RedisUnavailableError:
            return False

    def close_first(self, close: Callable[[], None]) -> None:
        """Have something closed as the first thing in `close`, while the connections are still there."""
        self._close_first.append(close)

    def close(self) -> None:
        """Give every connection back."""
        while self._close_first:
            self._close_first.pop()()
        if (service := self.__dict__.get("postcode_service")) is not None:
            service.close()
        self.redis_connection.close()
        self.database.close()

    # The parts by the names most use cases know them by.

    @property
    def engine(self) -> Engine:
        """`Database.engine`."""
        return self.database.engine

    @property
    def autocommit_engine(self) -> Engine:
        """`Database.autocommit_engine`."""
        return self.database.autocommit_engine

    def transaction(self) -> AbstractContextManager[Connection]:
        """`Database.transaction`."""
        return self.database.transaction()

    def reading(self) -> AbstractContextManager[Connection]:
        """`Database.reading`."""
        return self.database.reading()

    def single_statement(self) -> AbstractContextManager[Connection]:
        """`Database.single_statement`."""
        return self.database.single_statement()

    def snapshot(self) -> AbstractContextManager[Connection]:
        """`Database.snapshot`."""
        return self.database.snapshot()

    def sign_transaction(self) -> AbstractContextManager[Connection]:
        """`Database.sign_transaction`."""
        return self.database.sign_transaction()

    @property
    def redis(self) -> Redis:
        """`RedisConnection.client`."""
        return self.redis_connection.client

    def call_redis(self, command: Callable[[Redis], T]) -> T:
        """`RedisConnection.call`."""
        return self.redis_connection.call(command)

    def enqueue_once(self, *jobs: JobSpec) -> bool:
        """`JobQueue.enqueue_once`."""
        return self.queue.enqueue_once(*jobs)

    def mark_started(self, job: JobSpec) -> None:
        """`JobQueue.mark_started`."""
        self.queue.mark_started(job)

    @property
    def tokens(self) -> SignedTokens:
        """`Secrets.tokens`."""
        return self.secrets.tokens

    @property
    def text_cipher(self) -> TextCipher:
        """`Secrets.text_cipher`."""
        return self.secrets.text_cipher

    @property
    def file_cipher(self) -> FileCipher:
        """`Secrets.file_cipher`."""
        return self.secrets.file_cipher

    @property
    def log_key(self) -> SignerKey:
        """`Secrets.log_key`."""
        return self.secrets.log_key

    def random_token(self) -> str:
        """`Secrets.random_token`."""
        return self.secrets.random_token()

    def random_link_key(self) -> str:
        """`Secrets.random_link_key`."""
        return self.secrets.random_link_key()

    def random_bytes(self, count: int) -> bytes:
        """`Secrets.random_bytes`."""
        return self.secrets.random_bytes(count)


def make_runtime(settings: Settings, *, max_connections: int = 4, limits: WaitLimits = WORKER_WAIT_LIMITS) -> Runtime:
    """A runtime as the settings say, with at most `max_connections` to the database. Connects to nothing yet."""
    use_address_rules(settings.address_rules)
    redis_connection = RedisConnection(redis_client(settings))
    return Runtime(
        settings=settings,
        database=Database(
            settings.database_url,
            make_engine(settings.database_url, max_connections, limits=limits),
            max_connections,
            limits,
        ),
        redis_connection=redis_connection,
        queue=JobQueue(redis_connection),
        secrets=Secrets(settings),
        now=lambda: datetime.now(UTC),
    )
