"""Migrations: Alembic brings the schema to the newest version, from inside the program."""

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from campaign.store.database.engine import StoreUnavailableError, autocommit, transaction

_MIGRATIONS = Path(__file__).parents[2] / "migrations"
_ADVISORY_LOCK_ID = 0x636F756E  # any number that only our migrations take
_LOCK_TIMEOUT_SECONDS = 2
"""Seconds a migration waits for the lock of a table: every request that needs the table waits behind it."""
_MIGRATION_TIMEOUT_SECONDS = 120
"""Seconds for which it gives up the lock and tries again, while an export or a reconciliation runs, say."""
_LOCK_NOT_AVAILABLE = "55P03"


def head_revision() -> str:
    """The version this program needs."""
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert head is not None, "the program ships without migrations"  # noqa: S101
    return head


def current_revision(engine: Engine) -> str | None:
    """The version the database has; None for an empty one. Raises StoreUnavailableError."""
    with autocommit(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_compatible(engine: Engine) -> bool:
    """Whether this program can work on the database: it has this version, or one that a newer program has brought it to.

    Raises StoreUnavailableError.
    """
    found = current_revision(engine)
    if found is None:
        return False
    known = {script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()}
    return found == head_revision() or found not in known


def upgrade_to_head(engine: Engine) -> None:
    """Bring the database to the newest version; nothing happens where it has it. Safe to run twice at once.

    Raises StoreUnavailableError.
    """
    until = time.monotonic() + _MIGRATION_TIMEOUT_SECONDS
    while True:
        try:
            return _upgrade(engine)
        except StoreUnavailableError as error:
            in_use = getattr(getattr(error.__cause__, "orig", None), "sqlstate", "") == _LOCK_NOT_AVAILABLE
            if not in_use or time.monotonic() > until:
                raise
        # Meanwhile those who had to wait are served.
        time.sleep(_LOCK_TIMEOUT_SECONDS)


def _upgrade(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with transaction(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            # For another migration one waits until it is done; it holds no table that this one does not want too.
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK_ID})")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT_SECONDS}s'")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
