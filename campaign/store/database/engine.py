"""Database engine for SQLite or PostgreSQL, and its transactions: what is committed is on disk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError as SqliteOperationalError
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from campaign.store.database.faults import discard_connections_after_error, is_unavailable, refuse_dead_connection


@dataclass(frozen=True, slots=True)
class WaitLimits:
    """Seconds that a process waits at most, before it gives up with StoreUnavailableError."""

    lock: float
    """For a lock that somebody else holds."""
    connection: float
    """For a connection of the pool, and for the database to answer a new one."""


WORKER_WAIT_LIMITS = WaitLimits(lock=20, connection=20)
"""Nobody waits for a worker or a command, so they wait for others."""
MAX_POSTGRES_LOCK_SECONDS = 5
"""There only rows are locked, by transactions that take milliseconds; SQLite has one lock for all that is written."""
WEB_WAIT_LIMITS = WaitLimits(lock=2, connection=2)
"""A visitor waits three seconds at most, of which one is for a thread: see `campaign.web.overload`."""
STATEMENT_TIMEOUT_OPTIONS = "-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
"""No request may hold a connection longer; see `domain.campaigns.window.SETTLING`."""
_TCP_OPTIONS = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}
"""A server that has vanished without a word is given up after 15 seconds (the last is in milliseconds), not after a quarter of
an hour."""

_NOW = {
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400.0"),
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())"),
}


class StoreUnavailableError(Exception):
    """The database cannot be reached, or is too busy to answer in time. Nothing was stored."""


def make_engine(url: str, connections: int, *, is_autocommit: bool = False, limits: WaitLimits = WORKER_WAIT_LIMITS) -> Engine:
    """An engine with at most `connections` open at once. Raises StoreUnavailableError where SQLite's folder cannot be made.

    With `is_autocommit`, for `autocommit`: its connections stay in the mode where each statement is a transaction of its own,
    since going in and out of it costs more round trips than the statement.
    """
    # Each use of a connection ends its own transaction, so none needs a rollback when it is given back.
    more: dict[str, Any] = {"pool_reset_on_return": None}
    if is_autocommit:
        more |= {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    if url.startswith("sqlite"):
        try:
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailableError from error
        # Not read as an address: the path of a folder may hold a "?" or a "%".
        engine = create_engine(
            URL.create("sqlite", database=url.removeprefix("sqlite:///")),
            hide_parameters=True, pool_size=connections, max_overflow=0, pool_timeout=limits.connection,
            connect_args={"timeout": limits.lock, "check_same_thread": False}, **more,
        )  # fmt: skip
        event.listen(engine, "connect", partial(_prepare_sqlite, limits.lock))
        if not is_autocommit:
            event.listen(engine, "begin", _begin_sqlite)
        return engine
    lock_seconds = min(limits.lock, MAX_POSTGRES_LOCK_SECONDS)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=limits.connection,
        pool_use_lifo=True,
        pool_recycle=1800,
        paramstyle="numeric_dollar",
        connect_args={
            "options": f"{STATEMENT_TIMEOUT_OPTIONS} -c lock_timeout={int(lock_seconds * 1000)}ms",
            "connect_timeout": max(2, int(limits.connection)),
            "application_name": "countersign",
            **_TCP_OPTIONS,
        },
        **more,
    )
    event.listen(engine, "connect", partial(_prepare_postgresql, engine.dialect.dbapi))
    event.listen(engine, "checkout", refuse_dead_connection)
    event.listen(engine, "handle_error", discard_connections_after_error)
    return engine


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
        if is_unavailable(error):
            raise StoreUnavailableError from error
        raise


def _prepare_postgresql(psycopg: Any, connection: Any, _record: Any) -> None:
    # Statements go out as they are written, with $1 for a parameter. The driver's usual cursors read each for parameters of the
    # other form, and remember what they found for none as long as that by which people sign.
    connection.cursor_factory, connection.server_cursor_factory = psycopg.RawCursor, psycopg.RawServerCursor


def _prepare_sqlite(lock_seconds: float, connection: SqliteConnection, _record: Any) -> None:
    # We begin transactions ourselves: the driver would begin a writing one only at its first write, too late to be safe.
    connection.isolation_level = None
    _enable_wal(connection, lock_seconds)
    for pragma in (
        "synchronous = FULL",  # what was committed survives a power cut
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted is overwritten: see `residue`
        f"busy_timeout = {int(lock_seconds * 1000)}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _enable_wal(connection: SqliteConnection, lock_seconds: float) -> None:
    """Readers never wait for a writer. In a new database SQLite turns several that ask for it at once away without waiting."""
    until = time.monotonic() + lock_seconds
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
