"""Write probe: proves that the database can store something now, by storing it."""

from datetime import datetime

from sqlalchemy import Connection, text

from campaign.store.database.upsert import insert
from campaign.store.tables import write_probes

_ROW = insert(write_probes)
_UPSERT = _ROW.on_conflict_do_update(index_elements=["name"], set_={"written_at": _ROW.excluded.written_at})
# Text: sorting more than fits into memory makes PostgreSQL write a file of some 400 KB, which needs room that is free now; a
# row may still fit into a page that is there. Core has no words for its settings.
_SMALL_MEMORY = text("SET LOCAL work_mem = '64kB'")
_SPILL = text("SELECT count(*) FROM (SELECT n FROM generate_series(1, 20000) AS n ORDER BY n DESC OFFSET 0) AS sorted")
_LIMITS = text(
    """SELECT set_config('lock_timeout', :milliseconds, true), set_config('statement_timeout', :milliseconds, true)"""
)


def write_row(connection: Connection, name: str, now: datetime, limit_seconds: float) -> None:
    """Write the row of a probe; it is stored once the transaction is committed, and replaces the one before.

    On PostgreSQL each statement may take `limit_seconds`, and the server's disk must have room for a small file.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LIMITS, {"milliseconds": str(int(limit_seconds * 1000))})
        connection.execute(_SMALL_MEMORY)
        connection.execute(_SPILL)
    connection.execute(_UPSERT, {"name": name, "written_at": now})
