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


class WrongSchemaError(Exception):
    """The database is not at this program's version; `str()` says in a line what to do."""


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


def is_newer(found: str | None) -> bool:
    """Whether a version was made by a newer program than this."""
    return found is not None and found not in known_revisions()


def advice(found: str | None) -> str:
    """What to do about a database of a version that is not this program's."""
    if is_newer(found):
        return "a newer program has migrated it: install that version here too"
    return "run `countersign migrate`"


def require_current(engine: Engine) -> None:
    """Refuse a database of any other version. Raises WrongSchemaError and StoreUnavailableError."""
    found = current_revision(engine)
    if found != head_revision():
        raise WrongSchemaError(f"the database is not at this version's schema; {advice(found)}")


def is_compatible(engine: Engine) -> bool:
    """Whether this program, which runs, can go on: the database has its version, or one a newer program has brought it to.

    Raises StoreUnavailableError.
    """
    found = current_revision(engine)
    return found == head_revision() or is_newer(found)
