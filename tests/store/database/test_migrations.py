"""Migrations: they make what the tables say, on both databases, once, whoever runs them."""

import os
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, bindparam, inspect, text

from campaign import migrations
from campaign.store.campaigns import campaigns, public_listing
from campaign.store.database import migrate as schema
from campaign.store.database import schema_version
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.engine import StoreUnavailableError, autocommit, make_engine, transaction
from campaign.store.database.statements import text_statement
from campaign.store.signatures import signatures
from campaign.store.tables import UNCOUNTED_SQL, UNPLACED_SQL, metadata
from tests.conftest import POSTGRES_URL_VARIABLE
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
        if engine.dialect.name == "postgresql":
            found[table]["comment"] = looking.get_table_comment(table)["text"]
        else:
            with engine.connect() as connection:
                sql = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
                found[table]["autoincrement"] = "AUTOINCREMENT" in connection.execute(sql, {"name": table}).scalar_one()
    return found


def test_the_migrated_schema_is_that_of_the_tables(engines: Callable[[], Engine]) -> None:
    migrated, made_at_once = engines(), engines()
    schema.upgrade_to_head(migrated)
    metadata.create_all(made_at_once)

    expected, actual = described(made_at_once), described(migrated)
    assert set(expected) == set(metadata.tables)
    for table, found in expected.items():
        assert actual[table] == found, table
    assert actual.keys() == expected.keys()


def test_alembic_finds_nothing_left_to_migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


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


def test_migrating_twice_changes_nothing(engines: Callable[[], Engine]) -> None:
    engine = engines()
    schema.upgrade_to_head(engine)
    before = described(engine)
    assert schema_version.current_revision(engine) == schema_version.head_revision()

    schema.upgrade_to_head(engine)
    assert described(engine) == before
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


def test_a_migration_that_must_wait_for_a_table_lets_others_pass(worker_id: str) -> None:
    with postgres_database(os.environ[POSTGRES_URL_VARIABLE], f"countersign_waiting_{worker_id}_{os.getpid()}") as url:
        engine = make_engine(url, 4)
        migrate_to(engine, "0001")
        with engine.connect() as export:
            # Somebody exports, which may take an hour.
            export.execute(text("SELECT count(*) FROM campaigns"))
            migration = threading.Thread(target=schema.upgrade_to_head, args=(engine,))
            migration.start()
            wait_until(lambda: waiting_for_a_table(engine), "the migration waits")
            with transaction(engine) as connection:
                connection.execute(text("UPDATE campaigns SET paused = true"))
            assert schema_version.current_revision(engine) == "0001"
        migration.join()
        assert schema_version.current_revision(engine) == schema_version.head_revision()
        engine.dispose()


def migrate_to(engine: Engine, version: str) -> None:
    """Bring a database to a version that is not the newest."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with transaction(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def waiting_for_a_table(engine: Engine) -> bool:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'campaigns'::regclass"))
        return bool(found.scalar_one())


def test_what_was_there_is_kept_and_can_be_found(empty_databases: Callable[[], str]) -> None:
    engine = make_engine(empty_databases(), 4)
    migrate_to(engine, "0001")
    with transaction(engine) as connection:
        now = {"now": datetime(2026, 11, 23, tzinfo=UTC)}
        for sql in (
            """INSERT INTO campaigns (id, slug, text_hash, opens_at, closes_at, verify_until, time_zone, paused, goals, asked,
                   note, contact, revision, created_at)
               VALUES (1, 'pond', 'h', :now, :now, :now, 'Europe/London', false, '[10]',
                   '{"country": "no", "postcode": "no", "comment": "no"}', 'Old', '', 1, :now)""",
            "INSERT INTO texts VALUES (1, 'h', 'Save Llŷn', 'The council', 'Keep it.', 'It is old.', :now)",
            "INSERT INTO tallies VALUES (1, 0, 0, 1, 1, :now)",
            """INSERT INTO signatures (id, campaign_id, text_hash, state, counted_as, counted_country, name, email, email_key,
                   mailbox, country, postcode, comment, public, updates, updates_wording, source, edition, edition_floor,
                   browser, link_key, signed_at, submitted_at, ended_reason)
               VALUES (1, 1, 'h', 'pending', 'pending', '', 'Ada', 'ada@example.org', 'ada@example.org', 'm', '', '', '', true,
                   false, '', 'leaflet', 1, 1, '', 'k', :now, :now, '')""",
        ):
            times = [bindparam("now", type_=UtcDateTime())] if ":now" in sql else []
            connection.execute(text_statement(sql, *times), now if times else {})
    schema.upgrade_to_head(engine)
    with autocommit(engine) as connection:
        campaign = campaigns.get_by_slug(connection, "pond")
        ada = signatures.get_signature(connection, 1, "k")
        assert public_listing.search_campaign_ids(connection, ["llyn", "council"], now["now"], skip=0, limit=1) == [1]
    assert campaign is not None
    assert (campaign.text.title, campaign.page_texts.note, campaign.language, campaign.pending) == ("Save Llŷn", "Old", "en", 1)
    assert ada is not None
    assert (ada.name, ada.source, ada.language, ada.brought_by, ada.ordinal) == ("Ada", "leaflet", "en", "", None)
    engine.dispose()


def test_every_key_constraint_and_index_has_a_name() -> None:
    for table in metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
        for index in table.indexes:
            assert index.name, f"{table.name}: {index}"


def test_every_key_constraint_and_index_has_a_name_in_the_database(engine: Engine) -> None:
    for table, found in described(engine).items():
        # SQLite counts up only in a column that says itself that it is the key, and leaves such a key without a name.
        names = [] if found.get("autoincrement") else [found["primary key"][0]]
        for kind in ("foreign keys", "unique", "checks", "indexes"):
            names += [one[0] for one in found[kind]]
        assert all(names), f"{table}: {names}"
        assert all(name.split("_")[0] in ("pk", "fk", "uq", "ck", "ix") for name in names), f"{table}: {names}"


def test_every_foreign_key_can_be_followed_back_by_an_index(engine: Engine) -> None:
    """Otherwise forgetting a row reads all that refers to it. Texts, campaigns, campaigners and places are never deleted."""
    for table, found in described(engine).items():
        for name, columns, referred, *_ in found["foreign keys"]:
            if referred in ("campaigns", "texts", "campaigners", "places"):
                continue
            starts = [index[1][: len(columns)] for index in found["indexes"]] + [found["primary key"][1][: len(columns)]]
            assert columns in starts, f"{table}: {name}"
