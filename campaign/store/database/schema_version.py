"""Version of the schema: the one a database has, and those this program knows.

Read without Alembic, which only `countersign migrate` needs.
"""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from campaign.store.database.engine import autocommit

MIGRATIONS_FOLDER = Path(__file__).parents[2] / "migrations"
_FILE_NAME = re.compile(r"v(?P<revision>\d{4})_\w+\.py")
"""Migrations are named for their versions, in whose order they run."""
# Alembic's own table.
_CURRENT = text("SELECT version_num FROM alembic_version")


@cache
def known_revisions() -> tuple[str, ...]:
    """The versions this program has migrations for, the oldest first."""
    names = (path.name for path in (MIGRATIONS_FOLDER / "versions").iterdir())
    return tuple(sorted(found["revision"] for name in names if (found := _FILE_NAME.fullmatch(name))))


def head_revision() -> str:
    """The version this program needs."""
    return known_revisions()[-1]


def current_revision(engine: Engine) -> str | None:
    """The version a database has; None for an empty one. Raises StoreUnavailableError."""
    with autocommit(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(_CURRENT).scalar_one_or_none()


def is_compatible(engine: Engine) -> bool:
    """Whether this program can work on a database: it has this version, or one that a newer program has brought it to.

    Raises StoreUnavailableError.
    """
    found = current_revision(engine)
    return found is not None and (found == head_revision() or found not in known_revisions())
