"""Database of a process: its engines, and the kinds of transactions on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, Engine

from campaign.store.database.engine import autocommit, make_engine, snapshot, transaction


@dataclass
class Database:
    """Connections to the database. Every method raises StoreUnavailableError."""

    url: str
    engine: Engine
    max_connections: int
    """The most connections for transactions, and as many again for statements that stand alone."""

    @cached_property
    def autocommit_engine(self) -> Engine:
        """The engine for statements that stand alone."""
        return make_engine(self.url, self.max_connections, is_autocommit=True)

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
        with self.transaction() if is_sqlite else self.single_statement() as connection:
            yield connection

    def close(self) -> None:
        """Give every connection back."""
        if "autocommit_engine" in self.__dict__:
            self.autocommit_engine.dispose()
        self.engine.dispose()
