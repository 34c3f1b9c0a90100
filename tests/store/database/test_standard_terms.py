"""The migration to standard terms: what was stored under the old names is found under the new ones."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, text

from campaign.store.database import migrate, schema_version
from campaign.store.database.engine import make_engine, transaction
from tests.support.factories import START_TIME

INTAKE = {
    "campaign_id": 1, "label": "", "sha256": "", "repeat_number": 0, "rows": 1, "imported": 1, "undone": 0, "excluded": {},
    "reason": "", "created_at": START_TIME,
}  # fmt: skip


def insert(connection: Connection, table: str, **values: Any) -> int:
    """Insert a row into a table as it is now; returns its id."""
    found = Table(table, MetaData(), autoload_with=connection)
    return int(connection.execute(found.insert().values(**values)).inserted_primary_key[0])


def test_intakes_keep_their_sheet_their_creator_and_their_numbers(empty_databases: Callable[[], str], tmp_path: Path) -> None:
    before = tmp_path / "before"
    shutil.copytree(
        schema_version.MIGRATIONS_FOLDER, before, ignore=shutil.ignore_patterns("__pycache__", "v000[2-9]*", "v00[1-9]*")
    )
    engine = make_engine(empty_databases(), 2)
    migrate.upgrade_to_head(engine, before)
    at = START_TIME
    with transaction(engine) as connection:
        insert(connection, "campaigners", id=7, email="m@x.example", email_key="m@x.example", name="Mary", created_at=at)
        insert(
            connection, "campaigns", id=1, slug="pond", text_hash="h", opens_at=at, closes_at=at, verify_until=at,
            time_zone="UTC", paused=False, goals=[], form_fields={}, note="", contact="", revision=1, created_at=at,
        )  # fmt: skip
        insert(connection, "texts", campaign_id=1, hash="h", title="", recipient="", ask="", background="", created_at=at)
        insert(
            connection, "sheets", id=3, campaign_id=1, number=1, print_run=1, text_hash="h", language="en", profile="uk",
            rows=12, made_by=7, created_at=at,
        )  # fmt: skip
        insert(connection, "intakes", **INTAKE, kind="typed", state="taken", sheet_id=3, made_by=7)
        for state in ("held", "undoing", "undone"):
            insert(connection, "intakes", **INTAKE, kind="file", state=state)
        connection.execute(text("DELETE FROM intakes WHERE id = 4"))

    migrate.upgrade_to_head(engine)
    with transaction(engine) as connection:
        found = connection.execute(text("SELECT id, state, sheet_id, created_by FROM intakes ORDER BY id")).all()
        assert [tuple(row) for row in found] == [
            (1, "imported", 3, 7),
            (2, "unconfirmed", None, None),
            (3, "undoing", None, None),
        ]
        assert connection.execute(text("SELECT number, created_by FROM sheets WHERE id = 3")).one() == (1, 7)
        # A number that was given is not given again.
        assert insert(connection, "intakes", **INTAKE, kind="file", state="unconfirmed") == 5
    engine.dispose()
