"""INSERT … ON CONFLICT as one Core construct for both databases."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql


def insert(table: Table) -> postgresql.Insert:
    """INSERT that can be given `on_conflict_do_nothing` or `on_conflict_do_update`, and whose result has a `rowcount`.

    SQLAlchemy has ON CONFLICT once per dialect; the databases write it the same, and PostgreSQL's is compiled for SQLite too.
    """
    return postgresql.insert(table).execution_options(preserve_rowcount=True)
