"""Migrations: Alembic brings the schema to the newest version, from inside the program."""

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from campaign.store.database.engine import StoreUnavailableError, transaction
from campaign.store.database.schema_version import MIGRATIONS_FOLDER, WrongSchemaError, advice, current_revision, is_newer

_ADVISORY_LOCK_ID = 0x636F756E  # any number that only our migrations take
_LOCK_TIMEOUT_SECONDS = 2
"""Seconds a migration waits for the lock of a table: every request that needs the table waits behind it."""
_MIGRATION_TIMEOUT_SECONDS = 120
"""Seconds for which it gives up the lock and tries again, while an export or a reconciliation runs, say."""
_LOCK_NOT_AVAILABLE = "55P03"


def upgrade_to_head(engine: Engine, migrations: Path = MIGRATIONS_FOLDER) -> None:
    """Bring the database to the newest version in the folder `migrations`; nothing happens where it has it.

    Safe to run twice at once. Raises StoreUnavailableError, and WrongSchemaError where it is a newer program's.
    """
    if migrations is MIGRATIONS_FOLDER and is_newer(found := current_revision(engine)):
        raise WrongSchemaError(f"the database is at version {found}; {advice(found)}")
    until = time.monotonic() + _MIGRATION_TIMEOUT_SECONDS
    while True:
        try:
            return _upgrade(engine, migrations)
        except StoreUnavailableError as error:
            in_use = getattr(getattr(error.__cause__, "orig", None), "sqlstate", "") == _LOCK_NOT_AVAILABLE
            if not in_use or time.monotonic() > until:
                raise
        # Meanwhile those who had to wait are served.
        time.sleep(_LOCK_TIMEOUT_SECONDS)


def _upgrade(engine: Engine, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    with transaction(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            # For another migration one waits until it is done; it holds no table that this one does not want too.
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK_ID})")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT_SECONDS}s'")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
