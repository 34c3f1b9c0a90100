"""Rows of the ledger, texts and certificates are never changed: the database itself refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from campaign import closing, counting, signing
from campaign.runtime import Runtime
from tests.factories import Now, link_to, new_campaign, submission


@pytest.fixture
def finished(runtime: Runtime, now: Now) -> None:
    """A campaign with a text, an entry in its ledger, and a certificate."""
    campaign = new_campaign(runtime, grace=timedelta(0))
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    signing.verify(runtime, link_to(runtime, 1))
    counting.advance_all(runtime)
    now.forward(days=31)
    assert closing.finalise_due(runtime) == [campaign.id]


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger SET total = total + 1",
        "UPDATE ledger SET at = at",
        "DELETE FROM ledger",
        "UPDATE texts SET ask = 'Drain the pond.'",
        "UPDATE texts SET title = title",
        "DELETE FROM texts",
        "UPDATE certificates SET total = 1000000",
        "DELETE FROM certificates",
        "DELETE FROM certificates WHERE campaign_id = 1",
    ],
)
def test_history_cannot_be_changed(runtime: Runtime, change: str) -> None:
    def history() -> list[object]:
        with runtime.reading() as connection:
            return [connection.execute(text(f"SELECT * FROM {table}")).all() for table in ("ledger", "texts", "certificates")]

    before = history()
    assert all(before)
    with (
        pytest.raises(DBAPIError, match=r"rows of (ledger|texts|certificates) are never changed"),
        runtime.transaction() as connection,
    ):
        connection.execute(text(change))
    assert history() == before


@pytest.mark.usefixtures("finished")
def test_a_refused_change_undoes_its_whole_transaction(runtime: Runtime) -> None:
    def tamper() -> None:
        with runtime.transaction() as connection:
            connection.execute(text("UPDATE tallies SET verified = 0"))
            connection.execute(text("DELETE FROM ledger"))

    with pytest.raises(DBAPIError):
        tamper()
    with runtime.reading() as connection:
        assert connection.execute(text("SELECT verified FROM tallies")).scalar_one() == 1
