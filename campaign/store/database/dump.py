"""Dump of a whole database: every table as of one moment while everything runs, and back into an empty one.

PostgreSQL: COPY of each table in one REPEATABLE READ transaction, sequences beside them; no program of its own is needed.
SQLite: its own backup, which is a database file. Text SQL throughout: this is about the catalogue, of which Core knows nothing.
"""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from psycopg import Error as PostgresError
from psycopg import sql
from sqlalchemy import Connection, Engine

from campaign.store.database.engine import StoreUnavailableError, snapshot, transaction
from campaign.store.database.schema_version import MIGRATIONS_FOLDER

_TABLES = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
             ORDER BY c.relname"""
_COLUMNS = """SELECT a.attname FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
              AND a.attgenerated = '' ORDER BY a.attnum"""
_SEQUENCES = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'S'
                ORDER BY c.relname"""
_FOREIGN_KEYS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                   WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname"""
_TRIGGER_FUNCTIONS = """SELECT p.oid::regprocedure::text FROM pg_proc p
                        WHERE p.pronamespace = current_schema()::regnamespace AND p.prorettype = 'trigger'::regtype"""
_FILE_PART_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class DumpedTable:
    """A table of a dump: its columns in the order of the copied text."""

    name: str
    columns: list[str]


def dump_postgresql(
    engine: Engine, write_head: Callable[[list[DumpedTable], dict[str, list[Any]]], None], write: Callable[[str, bytes], None]
) -> None:
    """Copy all tables: first `write_head` with all of them and the sequences, then `write` with name and text, many times."""
    with _driver_errors(), snapshot(engine) as connection:
        cursor = _driver(connection).cursor()
        names = [name for (name,) in cursor.execute(_TABLES).fetchall()]
        tables = [
            DumpedTable(name, [column for (column,) in cursor.execute(_COLUMNS, (_quoted(name),)).fetchall()]) for name in names
        ]
        sequences = {
            name: list(
                cursor.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))).fetchone() or ()
            )
            for (name,) in cursor.execute(_SEQUENCES).fetchall()
        }
        write_head(tables, sequences)
        for table in tables:
            with cursor.copy(_copy(table, "TO STDOUT")) as copied:
                for part in copied:
                    write(table.name, bytes(part))


def restore_postgresql(
    engine: Engine,
    revision: str,
    tables: Sequence[DumpedTable],
    sequences: dict[str, list[Any]],
    parts: Callable[[str], Iterator[bytes]],
) -> None:
    """Fill a database with a dump of a version, in one transaction; what is there of ours is dropped first.

    `parts` is asked for the text of each table, in order.
    """
    with _driver_errors(), transaction(engine) as connection:
        cursor = _driver(connection).cursor()
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(sql.SQL("SET LOCAL {} = 0").format(sql.Identifier(setting)))
        for (name,) in cursor.execute(_TABLES).fetchall():
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(name)))
        for (name,) in cursor.execute(_TRIGGER_FUNCTIONS).fetchall():
            cursor.execute(sql.SQL("DROP FUNCTION IF EXISTS {} CASCADE").format(sql.SQL(name)))
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        # Keys go round in a circle: they are put back, and checked, once all rows are there.
        keys = cursor.execute(_FOREIGN_KEYS).fetchall()
        for table, name, _ in keys:
            cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(table), sql.Identifier(name)))
        for each in tables:
            # What the migrations have put there is in the dump; the tables that refuse to be emptied are empty.
            if cursor.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(each.name))).fetchone():
                cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(each.name)))
            with cursor.copy(_copy(each, "FROM STDIN")) as copied:
                for part in parts(each.name):
                    copied.write(part)
        for table, name, definition in keys:
            cursor.execute(
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(sql.SQL(table), sql.Identifier(name), sql.SQL(definition))
            )
        for name, (value, is_called) in sequences.items():
            cursor.execute("SELECT setval($1::regclass, $2, $3)", (_quoted(name), value, is_called))


def copy_sqlite(path: Path, copy: Path) -> None:
    """Copy a database that is in use into a new file, as of one moment.

    Raises StoreUnavailableError, and OSError where there is no room for the copy.
    """
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _driver_errors():
        source, target = sqlite3.connect(path), sqlite3.connect(copy)
        try:
            source.backup(target)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise
        finally:
            target.close()
            source.close()


def file_parts(path: Path) -> Iterator[bytes]:
    """A file in parts."""
    with path.open("rb") as file:
        while part := file.read(_FILE_PART_BYTES):
            yield part


def replace_sqlite(path: Path, parts: Iterator[bytes]) -> None:
    """Put a database file in place of another, once it is whole and sound. The old one's -wal and -shm go with it: they would
    be read as part of the new one. Raises ValueError where the new one is damaged, OSError where it cannot be written.
    """
    new = path.with_name(f".{path.name}.restored")
    new.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        check = sqlite3.connect(new)
        try:
            found = check.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise ValueError(str(error)) from error
        finally:
            check.close()
        if found != ("ok",):
            raise ValueError(str(found))
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
            new.with_name(new.name + suffix).unlink(missing_ok=True)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _copy(table: DumpedTable, direction: str) -> sql.Composed:
    return sql.SQL("COPY {} ({}) {}").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns)), sql.SQL(direction)
    )


@contextmanager
def _driver_errors() -> Iterator[None]:
    """Errors of the drivers, which are asked here without SQLAlchemy. Raises StoreUnavailableError for them."""
    try:
        yield
    except (PostgresError, sqlite3.Error) as error:
        raise StoreUnavailableError from error


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
