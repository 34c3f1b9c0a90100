"""Database of a process: its engines, and the kinds of transactions on them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from math import inf

from sqlalchemy import Connection, Engine

from campaign.store.database.engine import (
    WEB_WAIT_LIMITS,
    WORKER_WAIT_LIMITS,
    StoreUnavailableError,
    WaitLimits,
    autocommit,
    make_engine,
    snapshot,
    transaction,
)  # fmt: skip

__all__ = ["WEB_WAIT_LIMITS", "Database"]

FAILING_SECONDS = 5.0
"""Seconds after a failed attempt in which the database is taken to fail still, if nothing has succeeded since."""


@dataclass
class Database:
    """Connections to the database. Every method raises StoreUnavailableError."""

    url: str
    engine: Engine
    max_connections: int
    """The most connections for transactions, and as many again for statements that stand alone."""
    limits: WaitLimits = WORKER_WAIT_LIMITS
    _failed_at: float = -inf

    @cached_property
    def autocommit_engine(self) -> Engine:
        """The engine for statements that stand alone."""
        return make_engine(self.url, self.max_connections, is_autocommit=True, limits=self.limits)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One durable transaction."""
        with transaction(self.engine) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Short reads."""
        with autocommit(self.autocommit_engine) as connection:
            yield connection

    @contextmanager
    def single_statement(self) -> Iterator[Connection]:
        """One statement that is a durable transaction of its own."""
        with autocommit(self.autocommit_engine) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Long reads of one moment."""
        with snapshot(self.engine) as connection:
            yield connection

    @contextmanager
    def sign_transaction(self) -> Iterator[Connection]:
        """For one of `store.signatures.sign_and_verify`: one statement on PostgreSQL, one transaction on SQLite."""
        is_sqlite = self.engine.dialect.name == "sqlite"
        try:
            with self.transaction() if is_sqlite else self.single_statement() as connection:
                yield connection
        except StoreUnavailableError:
            self._failed_at = time.monotonic()
            raise
        self._failed_at = -inf

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt to sign found no database, and that was a moment ago."""
        return time.monotonic() - self._failed_at < FAILING_SECONDS

    def close(self) -> None:
        """Give every connection back."""
        if "autocommit_engine" in self.__dict__:
            self.autocommit_engine.dispose()
        self.engine.dispose()
