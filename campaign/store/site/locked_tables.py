"""Locked tables: those of ours that a session holds so that nobody else may write, for longer than a migration should."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from campaign.store.database.statements import rows_as


@dataclass(frozen=True, slots=True)
class LockedTable:
    """A table and the session that holds it."""

    table: str
    pid: int
    application: str
    seconds: float
    """Since the transaction of that session began."""


_MIN_SECONDS = 3.0
"""A lock held for less hinders nobody for long."""
# Text: the system's own tables are not among ours.
_LOCKED = text(
    """SELECT c.relname AS "table", l.pid AS pid, coalesce(a.application_name, '') AS application,
              extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, clock_timestamp()))::float AS seconds
       FROM pg_locks l
       JOIN pg_class c ON c.oid = l.relation
       JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
       LEFT JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.granted AND l.locktype = 'relation' AND c.relkind = 'r'
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
         AND clock_timestamp() - coalesce(a.xact_start, clock_timestamp()) > make_interval(secs => :seconds)
       ORDER BY seconds DESC, c.relname LIMIT 10"""
)


def list_locked_tables(connection: Connection) -> list[LockedTable]:
    """Up to ten of them, the longest held first; none on SQLite, which locks the whole file and says so when it is written."""
    if connection.dialect.name != "postgresql":
        return []
    return rows_as(LockedTable, connection.execute(_LOCKED, {"seconds": _MIN_SECONDS}))
