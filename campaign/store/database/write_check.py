"""Check of a database by doing it: something is written and committed, and room for more is found."""

import os
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from campaign.store.database.engine import StoreUnavailableError, transaction

MIN_FREE_BYTES = 1_000_000
"""Octets that must be free where SQLite's file lies: its log grows with every signature."""

# Refused where the role may not write, and in a database that is read-only, although it changes no row.
_WRITE_NOTHING = text("UPDATE tallies SET verified = verified WHERE campaign_id IS NULL")
# Sorts more than it may do in memory, in files beside the data: with a full disk there is no room for them.
_FILL_DISK = text("SELECT count(*) FROM (SELECT g FROM generate_series(1, 20000) AS g ORDER BY -g OFFSET 0) AS sorted")
# Is in the log, and on disk, when the transaction is committed.
_WRITE_LOG = text("SELECT pg_logical_emit_message(true, 'countersign', 'write check')")


def require_writable(engine: Engine) -> None:
    """Raises StoreUnavailableError where a signature could not be stored now; its cause says why. Takes some 10 ms."""
    try:
        with transaction(engine) as connection:
            connection.execute(_WRITE_NOTHING)
            if connection.dialect.name == "sqlite":
                _write_sqlite(connection)
            else:
                connection.execute(text("SET LOCAL work_mem = '64kB'"))
                connection.execute(_FILL_DISK)
                connection.execute(_WRITE_LOG)
    except DBAPIError as error:
        # Whatever it is, even a table that is not there: nothing can be stored.
        raise StoreUnavailableError from error


def _write_sqlite(connection: Connection) -> None:
    version = connection.execute(text("PRAGMA user_version")).scalar_one()
    # Writes the first page anew, though it says what it said before.
    connection.exec_driver_sql(f"PRAGMA user_version = {int(version)}")
    folder = Path(str(connection.engine.url.database)).parent
    disk = os.statvfs(folder)
    if disk.f_bavail * disk.f_frsize < MIN_FREE_BYTES:
        raise StoreUnavailableError from OSError(f"no room is left in {folder}")
