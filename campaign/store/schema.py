"""The schema: brought to the newest version by Alembic, from inside the program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from campaign.store.engine import single, writing

_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_LOCK = 0x636F756E  # any number that only our migrations take


def newest() -> str:
    """The version this program needs."""
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert head is not None, "the program ships without migrations"  # noqa: S101
    return head


def current(engine: Engine) -> str | None:
    """The version the database has; None for an empty one. Raises StoreUnavailable."""
    with single(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def usable(engine: Engine) -> bool:
    """Whether this program can work on the database: it has this version, or one that a newer program has brought it to.

    Raises StoreUnavailable.
    """
    found = current(engine)
    if found is None:
        return False
    known = {script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()}
    return found == newest() or found not in known


def migrate(engine: Engine) -> None:
    """Bring the database to the newest version; nothing happens where it has it. Safe to run twice at once.

    Raises StoreUnavailable.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
