"""Owned tables: what a database holds, and what of it is Countersign's."""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect

from campaign.store.database.engine import autocommit
from campaign.store.database.schema_version import current_revision, head_revision
from campaign.store.tables import metadata

_VERSION_TABLE = "alembic_version"
_OWN_REVISION = re.compile(r"\d{4}")
"""Alembic's own names of versions are twelve hexadecimal digits, which other programs keep in a table of the same name."""


@dataclass(frozen=True, slots=True)
class DatabaseContent:
    """Content of a database."""

    is_empty: bool
    foreign: frozenset[str]
    """Tables that are not ours. Of a version that is not this program's nobody can say which those are."""


def database_content(engine: Engine) -> DatabaseContent:
    """The content of a database; a file of SQLite that is not there is not made. Raises StoreUnavailableError."""
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        return DatabaseContent(is_empty=True, foreign=frozenset())
    with autocommit(engine) as connection:
        tables = frozenset(inspect(connection).get_table_names())
    found = current_revision(engine)
    is_of_another_version = found is not None and _OWN_REVISION.fullmatch(found) and found != head_revision()
    foreign = frozenset() if is_of_another_version else tables - metadata.tables.keys() - {_VERSION_TABLE}
    return DatabaseContent(is_empty=not tables, foreign=foreign)
