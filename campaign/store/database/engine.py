"""Database engine for SQLite or PostgreSQL, and its transactions: what is committed is on disk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from sqlite3 import Connection as SqliteConnection
from sqlite3 import DatabaseError as SqliteDatabaseError
from sqlite3 import OperationalError as SqliteOperationalError
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

SQLITE_BUSY_TIMEOUT_SECONDS = 20
"""Seconds a writer waits for another before giving up with "busy"."""
POSTGRES_TIMEOUT_OPTIONS = "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
"""No request may hold a connection longer; see `domain.campaigns.window.SETTLING`."""
POOL_TIMEOUT_SECONDS = 5
"""Seconds a request waits for a connection."""

_NOW = {
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400.0"),
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())"),
}


class StoreUnavailableError(Exception):
    """The database cannot be reached, or is too busy to answer in time. Nothing was stored."""


def make_engine(url: str, connections: int, *, is_autocommit: bool = False) -> Engine:
    """An engine with at most `connections` open at once. Raises StoreUnavailableError where SQLite's folder cannot be made.

    With `is_autocommit`, for `autocommit`: its connections stay in the mode where each statement is a transaction of its own,
    since going in and out of it costs more round trips than the statement.
    """
    # Each use of a connection ends its own transaction, so none needs a rollback when it is given back.
    more: dict[str, Any] = {"pool_reset_on_return": None} | ({"isolation_level": "AUTOCOMMIT"} if is_autocommit else {})
    if url.startswith("sqlite"):
        try:
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailableError from error
        # Not read as an address: the path of a folder may hold a "?" or a "%".
        engine = create_engine(
            URL.create("sqlite", database=url.removeprefix("sqlite:///")),
            hide_parameters=True, pool_size=connections, max_overflow=0, pool_timeout=SQLITE_BUSY_TIMEOUT_SECONDS,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}, **more,
        )  # fmt: skip
        event.listen(engine, "connect", _prepare_sqlite)
        if not is_autocommit:
            event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_use_lifo=True,
        pool_recycle=1800,
        connect_args={
            "options": POSTGRES_TIMEOUT_OPTIONS,
            "connect_timeout": POOL_TIMEOUT_SECONDS,
            "application_name": "countersign",
        },
        **more,
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction, committed to disk when the block ends, rolled back when it raises. Raises StoreUnavailableError."""
    with _unavailable_errors(), engine.begin() as connection:
        yield connection


@contextmanager
def autocommit(engine: Engine) -> Iterator[Connection]:
    """Statements that each stand alone: one round trip each, and each a durable transaction of its own.

    For reads that need not agree with each other, and for a write that is complete in itself. `engine` must have been made
    for it (`is_autocommit`). Raises StoreUnavailableError.
    """
    with _unavailable_errors(), engine.connect() as connection:
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Long reads that all see one moment, with no time limit: exports and reconciling. Raises StoreUnavailableError."""
    with _unavailable_errors(), engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with connection.execution_options(sqlite_begin="DEFERRED").begin():
                yield connection
        else:
            with connection.execution_options(isolation_level="REPEATABLE READ").begin():
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                yield connection


def database_now(connection: Connection) -> datetime:
    """The time by the database's clock."""
    return datetime.fromtimestamp(float(connection.execute(_NOW[connection.dialect.name]).scalar_one()), UTC)


@contextmanager
def _unavailable_errors() -> Iterator[None]:
    """Tells a database that cannot answer from a mistake of ours. Raises StoreUnavailableError for the first."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailableError from error
    except DBAPIError as error:
        if _is_unavailable(error):
            raise StoreUnavailableError from error
        raise


def _is_unavailable(error: DBAPIError) -> bool:
    # SQLite's own DatabaseError, not one of its kinds, is a file that is damaged or no database at all.
    damaged = type(error.orig) is SqliteDatabaseError
    # SQLite calls a table or column that is not there by the same name as a lock held too long; that one is our mistake.
    missing = isinstance(error.orig, SqliteOperationalError) and str(error.orig).startswith(("no such", "table "))
    # Read-only after a failover, no room, no memory: the driver gives some of these other names.
    state = getattr(error.orig, "sqlstate", None) or ""
    cannot = state == "25006" or state.startswith("53")
    return damaged or cannot or error.connection_invalidated or (isinstance(error, OperationalError) and not missing)


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:
    # We begin transactions ourselves: the driver would begin a writing one only at its first write, too late to be safe.
    connection.isolation_level = None
    _enable_wal(connection)
    for pragma in (
        "synchronous = FULL",  # what was committed survives a power cut
        "foreign_keys = ON",
        f"busy_timeout = {SQLITE_BUSY_TIMEOUT_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _enable_wal(connection: SqliteConnection) -> None:
    """Readers never wait for a writer. In a new database SQLite turns several that ask for it at once away without waiting."""
    until = time.monotonic() + SQLITE_BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except SqliteOperationalError as error:
            if error.sqlite_errorcode & 0xFF != SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    # IMMEDIATE takes the write lock before the first read, so that two writers queue instead of failing half way.
    connection.exec_driver_sql(f"BEGIN {options.get('sqlite_begin', 'IMMEDIATE')}")
