"""Migrations: they make what the tables say, on both databases, and once, also where several processes run them."""

import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, inspect, text

from campaign.store.database import migrate as schema
from campaign.store.database import schema_version
from campaign.store.database.engine import StoreUnavailableError, make_engine, transaction
from campaign.store.tables import UNCOUNTED_SQL, UNPLACED_SQL, metadata
from tests.conftest import POSTGRES_URL_VARIABLE
from tests.store.database.test_immutable_rows import TABLES as IMMUTABLE_TABLES
from tests.support.processes import wait_until
from tests.support.servers import postgres_database


@pytest.fixture
def engines(empty_databases: Callable[[], str]) -> Any:
    """Makes engines on databases nobody has migrated."""
    made: list[Engine] = []

    def make() -> Engine:
        made.append(make_engine(empty_databases(), 4))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


def fresh_tables() -> MetaData:
    """Copy of the tables. Where keys go round in a circle, SQLAlchemy adds one of them by `ALTER TABLE` and marks the key as
    made that way, so that no later `create_all` in this process would write it again.
    """
    fresh = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(fresh)
    return fresh


def described(engine: Engine) -> dict[str, Any]:
    """All that a database says about its tables, but Alembic's own."""
    found: dict[str, Any] = {}
    looking = inspect(engine)
    for table in sorted(set(looking.get_table_names()) - {"alembic_version"}):
        found[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column.get("default"), column.get("comment"))
                for column in looking.get_columns(table)
            },
            "primary key": (looking.get_pk_constraint(table)["name"], looking.get_pk_constraint(table)["constrained_columns"]),
            "foreign keys": sorted(
                (
                    key["name"], key["constrained_columns"], key["referred_table"], key["referred_columns"],
                    sorted(key["options"].items()),
                )
                for key in looking.get_foreign_keys(table)
            ),
            "unique": sorted((found["name"], found["column_names"]) for found in looking.get_unique_constraints(table)),
            "checks": sorted((check["name"], check["sqltext"]) for check in looking.get_check_constraints(table)),
            "indexes": sorted(
                (
                    index["name"], index["column_names"], bool(index["unique"]),
                    str(index.get("dialect_options", {}).get(f"{engine.dialect.name}_where")),
                )
                for index in looking.get_indexes(table)
            ),
        }  # fmt: skip
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                found[table]["comment"] = looking.get_table_comment(table)["text"]
                triggers = "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:name AS regclass) AND NOT tgisinternal"
            else:
                sql = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
                found[table]["autoincrement"] = "AUTOINCREMENT" in connection.execute(sql, {"name": table}).scalar_one()
                triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name"
            found[table]["triggers"] = sorted(connection.execute(text(triggers), {"name": table}).scalars())
    return found


@cache
def _described_once(url: str) -> dict[str, Any]:
    engine = make_engine(url, 4)
    try:
        return described(engine)
    finally:
        engine.dispose()


@pytest.fixture
def migrated(database: str) -> dict[str, Any]:
    """What the tests' database, which migrations have made and no test changes, says about its tables."""
    return _described_once(database)


def test_the_migrated_schema_is_that_of_the_tables(migrated: dict[str, Any], engines: Callable[[], Engine]) -> None:
    made_at_once = engines()
    fresh_tables().create_all(made_at_once)
    expected, actual = described(made_at_once), migrated
    assert set(expected) == set(metadata.tables)
    for table, found in expected.items():
        # Triggers are written by migrations alone; they have a test of their own.
        assert actual[table] | {"triggers": []} == found, table
    assert actual.keys() == expected.keys()


def test_alembic_finds_nothing_left_to_migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, fresh_tables()) == []


def test_the_work_lists_are_partial_indexes(engine: Engine) -> None:
    def where(table: str, index: str) -> str:
        [found] = [one for one in inspect(engine).get_indexes(table) if one["name"] == index]
        return "".join(c for c in str(found["dialect_options"][f"{engine.dialect.name}_where"]).lower() if c.isalpha())

    def letters(sql: str) -> str:
        return "".join(c for c in sql.lower() if c.isalpha())

    assert where("outbox", "ix_outbox_owed").replace("charactervarying", "").replace("text", "") == letters("state = 'owed'")
    uncounted = where("signatures", "ix_signatures_uncounted").replace("charactervarying", "").replace("text", "")
    assert uncounted.replace("integerbigint", "") == letters(UNCOUNTED_SQL)
    unplaced = where("signatures", "ix_signatures_unplaced").replace("charactervarying", "").replace("text", "")
    assert unplaced == letters(UNPLACED_SQL)


def test_migrations_have_one_head() -> None:
    script = ScriptDirectory(str(schema_version.MIGRATIONS_FOLDER))
    assert script.get_heads() == [schema_version.head_revision()]
    assert [one.revision for one in reversed([*script.walk_revisions()])] == [*schema_version.known_revisions()]
    assert script.get_bases() == ["0001"]


def test_a_database_nobody_has_migrated_has_no_version(engines: Callable[[], Engine]) -> None:
    assert schema_version.current_revision(engines()) is None


def test_migrating_twice_changes_nothing(engine: Engine, migrated: dict[str, Any]) -> None:
    assert schema_version.current_revision(engine) == schema_version.head_revision()
    schema.upgrade_to_head(engine)
    assert described(engine) == migrated
    assert schema_version.current_revision(engine) == schema_version.head_revision()


def test_migrating_many_times_at_once_migrates_once(empty_databases: Callable[[], str]) -> None:
    url, begin, failed = empty_databases(), threading.Barrier(4), []

    def migrate() -> None:
        engine = make_engine(url, 1)
        try:
            begin.wait()
            schema.upgrade_to_head(engine)
        except BaseException as error:
            failed.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    engine = make_engine(url, 1)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [
            schema_version.head_revision()
        ]
    engine.dispose()


def test_a_new_sqlite_database_is_waited_for_while_another_process_writes_to_it(tmp_path: Path) -> None:
    path, failed = tmp_path / "new.sqlite3", []
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def migrate() -> None:
        engine = make_engine(f"sqlite:///{path}", 1)
        try:
            schema.upgrade_to_head(engine)
        except StoreUnavailableError as error:
            failed.append(error)
        finally:
            engine.dispose()

    thread = threading.Thread(target=migrate)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive(), failed
    other.execute("ROLLBACK")
    other.close()
    thread.join()
    assert failed == []


def test_a_migration_that_must_wait_for_a_table_lets_others_pass(worker_id: str, tmp_path: Path) -> None:
    # One more migration than there is, which wants a table.
    later = tmp_path / "migrations"
    shutil.copytree(schema_version.MIGRATIONS_FOLDER, later, ignore=shutil.ignore_patterns("__pycache__"))
    (later / "versions" / "v9999_later.py").write_text(
        f"""import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{schema_version.head_revision()}"


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("later", sa.Integer()))
"""
    )
    with postgres_database(os.environ[POSTGRES_URL_VARIABLE], f"countersign_waiting_{worker_id}_{os.getpid()}") as url:
        engine = make_engine(url, 4)
        schema.upgrade_to_head(engine)
        with engine.connect() as export:
            # Somebody exports, which may take an hour.
            export.execute(text("SELECT count(*) FROM campaigns"))
            migration = threading.Thread(target=schema.upgrade_to_head, args=(engine, later))
            migration.start()
            wait_until(lambda: waiting_for_a_table(engine), "the migration waits")
            with transaction(engine) as connection:
                connection.execute(text("UPDATE campaigns SET paused = true"))
            assert schema_version.current_revision(engine) == schema_version.head_revision()
        migration.join()
        assert schema_version.current_revision(engine) == "9999"
        engine.dispose()


def waiting_for_a_table(engine: Engine) -> bool:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'campaigns'::regclass"))
        return bool(found.scalar_one())


def test_no_migration_imports_anything_of_ours() -> None:
    # One that did would mean something else as soon as rules or tables change.
    for path in sorted(schema_version.MIGRATIONS_FOLDER.rglob("*.py")):
        imported = re.findall(r"^\s*(?:from|import) (campaign|workers|tests)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert imported == [], path.name


def test_what_must_not_change_is_protected_by_triggers(database: str, migrated: dict[str, Any]) -> None:
    found = {table: what["triggers"] for table, what in migrated.items() if what["triggers"]}
    if database.startswith("postgresql"):
        expected = {table: [f"{table}_is_immutable", f"{table}_is_never_emptied"] for table in IMMUTABLE_TABLES}
    else:
        events = ("delete", "insert", "update")
        expected = {table: [f"{table}_is_immutable_on_{event}" for event in events] for table in IMMUTABLE_TABLES}
    assert found == expected


def test_every_key_constraint_and_index_has_a_name() -> None:
    for table in metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
        for index in table.indexes:
            assert index.name, f"{table.name}: {index}"


def test_every_key_constraint_and_index_has_a_name_in_the_database(migrated: dict[str, Any]) -> None:
    for table, found in migrated.items():
        # SQLite counts up only in a column that says itself that it is the key, and leaves such a key without a name.
        names = [] if found.get("autoincrement") else [found["primary key"][0]]
        for kind in ("foreign keys", "unique", "checks", "indexes"):
            names += [one[0] for one in found[kind]]
        assert all(names), f"{table}: {names}"
        assert all(name.split("_")[0] in ("pk", "fk", "uq", "ck", "ix") for name in names), f"{table}: {names}"


def test_every_foreign_key_can_be_followed_back_by_an_index(migrated: dict[str, Any]) -> None:
    """Otherwise forgetting a row reads all that refers to it. Texts, campaigns, campaigners and places are never deleted."""
    for table, found in migrated.items():
        for name, columns, referred, *_ in found["foreign keys"]:
            if referred in ("campaigns", "texts", "campaigners", "places"):
                continue
            starts = [index[1][: len(columns)] for index in found["indexes"]] + [found["primary key"][1][: len(columns)]]
            assert columns in starts, f"{table}: {name}"
