"""Rows of the ledger, texts, certificates and of what was done are never changed: the database itself refuses."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from campaign.domain.accounts.actor import Actor
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.ledger import count, finalise
from campaign.services.log import append
from campaign.services.signatures import sign
from campaign.store.tables import metadata
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import query_rows, query_scalar

TABLES = ("ledger", "texts", "certificates", "audit_log", "text_versions", "announcements", "log_leaves", "log_checkpoints",
          "statements")  # fmt: skip


@pytest.fixture
def finished(runtime: Runtime, now: ManualClock) -> None:
    """A campaign with a text, an entry in its ledger, a certificate, and a public announcement; all of it was written down."""
    campaign = new_campaign(runtime, grace=timedelta(0), eligibility="residence", statement="I live here.")
    actor = Actor("Mary Seacole", 1, "203.0.113.0/24")
    lifecycle.pause_campaign(runtime, campaign, actor, "The text is being corrected.")
    lifecycle.resume_campaign(runtime, campaign, actor)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    count.advance_ledgers(runtime)
    append.advance_log(runtime)
    now.advance(days=31)
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]


CHANGES = (
    "UPDATE ledger SET total = total + 1",
    "UPDATE ledger SET at = at",
    "DELETE FROM ledger",
    "UPDATE texts SET ask = 'Drain the pond.'",
    "UPDATE texts SET title = title",
    "DELETE FROM texts",
    "UPDATE certificates SET total = 1000000",
    "DELETE FROM certificates",
    "DELETE FROM certificates WHERE campaign_id = 1",
    "UPDATE audit_log SET actor_name = 'somebody else'",
    "UPDATE audit_log SET network = '' WHERE network <> ''",
    "DELETE FROM audit_log",
    "DELETE FROM audit_log WHERE action = 'create campaign'",
    "UPDATE text_versions SET reason = 'Another one.'",
    "DELETE FROM text_versions",
    "UPDATE statements SET words = 'I live nowhere.'",
    "DELETE FROM statements",
    "UPDATE announcements SET reason = 'Another one.'",
    "DELETE FROM announcements",
    "UPDATE log_leaves SET entry = entry",
    "UPDATE log_leaves SET log_index = log_index + 1, salt = NULL",
    "DELETE FROM log_leaves",
    "UPDATE log_checkpoints SET note = note",
    "DELETE FROM log_checkpoints",
)


@pytest.mark.usefixtures("finished")
def test_history_cannot_be_changed(runtime: Runtime) -> None:
    def history() -> list[object]:
        return [query_rows(runtime, f"SELECT * FROM {table}") for table in TABLES]

    before = history()
    assert all(before)
    for change in CHANGES:
        with (
            pytest.raises(DBAPIError, match=rf"rows of ({'|'.join(TABLES)}) are never changed"),
            runtime.transaction() as connection,
        ):
            connection.execute(text(change))
        assert history() == before, change


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_row_takes_the_place_of_another_on_sqlite(runtime: Runtime) -> None:
    """`INSERT OR REPLACE` deletes the row it replaces without asking the triggers for deleting."""
    for table in TABLES:
        _try_to_replace_rows(runtime, table)


def _try_to_replace_rows(runtime: Runtime, table: str) -> None:
    def rows() -> list[Any]:
        with runtime.reading() as connection:
            return list(connection.execute(text(f"SELECT rowid, * FROM {table} ORDER BY rowid")))

    before = rows()
    assert before
    changed = next(column.name for column in metadata.tables[table].columns if not column.primary_key and not column.unique)
    columns = [column.name for column in metadata.tables[table].columns]
    replaced = ", ".join("'1'" if name == changed else name for name in columns)
    for names, values in (
        (columns, replaced),
        # By the hidden number of the row alone: every key of its own is another.
        (["rowid", *columns] if "id" not in columns else columns, f"rowid, {replaced}" if "id" not in columns else replaced),
    ):
        for statement in ("INSERT OR REPLACE", "REPLACE"):
            with contextlib.suppress(DBAPIError), runtime.transaction() as connection:
                connection.execute(text(f"{statement} INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}"))
            assert rows() == before, f"{statement} INTO {table} ({', '.join(names)})"


@pytest.mark.usefixtures("finished")
def test_a_refused_change_undoes_its_whole_transaction(runtime: Runtime) -> None:
    def tamper() -> None:
        with runtime.transaction() as connection:
            connection.execute(text("UPDATE tallies SET verified = 0"))
            connection.execute(text("DELETE FROM ledger"))

    with pytest.raises(DBAPIError):
        tamper()
    assert query_scalar(runtime, "SELECT verified FROM tallies") == 1
