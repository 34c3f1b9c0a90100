"""Cohorts at the end of personal data: folded into one for each hour, whatever is tallied while it goes on."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.delivery import Delivery
from campaign.domain.privacy.retention import ANNOUNCED_BEFORE, add_months
from campaign.runtime import Runtime
from campaign.services.ledger import count, finalise
from campaign.services.privacy import retention
from campaign.services.signatures.sign import sign_campaign, verify_signature
from campaign.store.database.statements import adding_upsert
from campaign.store.ledger import rollups
from campaign.store.mail import deliveries, outbox
from campaign.store.privacy import retention as stored_retention
from campaign.store.tables import cohort_tallies
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import execute_sql

ADDRESSES = ("ada@lovelace.example", "joan@clarke.example", "mary@somerville.example")


@pytest.fixture
def campaign(runtime: Runtime, now: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A final campaign whose personal data is due to be destroyed, a signature a step."""
    monkeypatch.setattr(retention, "MAX_SIGNATURES_PER_STEP", 1)
    made = new_campaign(runtime)
    for address in ADDRESSES:
        sign_campaign(runtime, made.id, made.text.hash, sign_form_data(address))
    with runtime.transaction() as connection:
        outbox.mark_sent(connection, outbox.claim_mails(connection, now(), timedelta(seconds=60), 10), now())
    for number in range(1, len(ADDRESSES) + 1):
        verify_signature(runtime, verify_link_of(runtime, number))
    count.advance_ledgers(runtime)
    count.count_verification_mails(runtime)
    now.advance(days=32)
    assert finalise.finalise_due_campaigns(runtime) == [made.id]
    now.at = add_months(made.window.closes_at, runtime.settings.retention_months)
    assert retention.run_due_retention(runtime).announced == 1
    now.advance(days=ANNOUNCED_BEFORE.days)
    return made


def begin_destruction(runtime: Runtime, campaign: Campaign) -> None:
    assert retention._erase_some(runtime, retention.get_plan(runtime, campaign.id)) == 0


def cohorts(runtime: Runtime) -> list[tuple[str, int, int]]:
    """Domain, mails sent and delivered."""
    with runtime.reading() as connection:
        rows = connection.execute(text("SELECT domain, sent, delivered FROM cohort_tallies ORDER BY domain"))
        return [(row.domain, row.sent, row.delivered) for row in rows]


def tell(runtime: Runtime, mail_id: int, delivery: Delivery) -> None:
    with runtime.transaction() as connection:
        assert deliveries.set_delivery(connection, mail_id, delivery, "", START_TIME) is not None


def test_a_complaint_that_comes_in_between_is_counted_and_leaves_no_mail_domain(runtime: Runtime, campaign: Campaign) -> None:
    assert len(cohorts(runtime)) == len(ADDRESSES)
    begin_destruction(runtime, campaign)
    assert cohorts(runtime) == [("", 3, 0)]
    tell(runtime, 2, Delivery.COMPLAINT)
    assert count.count_verification_mails(runtime) == 1
    assert sum(delivered for _, _, delivered in cohorts(runtime)) == 1
    assert count.reconcile_campaign(runtime, campaign).total_drift == 0
    assert retention.run_due_retention(runtime).finished == (campaign.slug,)
    assert cohorts(runtime) == [("", 3, 1)]
    assert count.reconcile_campaign(runtime, campaign).total_drift == 0


def test_many_cohorts_are_folded_some_hours_at_a_time(
    runtime: Runtime, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime.transaction() as connection:
        connection.execute(text("DELETE FROM cohort_tallies"))
        add = adding_upsert(cohort_tallies)
        zero = {column.name: 0 for column in cohort_tallies.columns}
        for hour in range(7):
            for domain in ("", "a.example", "b.example"):
                key = {"campaign_id": campaign.id, "hour": START_TIME + timedelta(hours=hour), "domain": domain}
                connection.execute(add, zero | key | {"sent": 10**hour})
    monkeypatch.setattr(stored_retention, "_COHORTS_AT_ONCE", 3)
    with runtime.transaction() as connection:
        stored_retention.fold_cohorts(connection, campaign.id)
    assert sorted(cohorts(runtime)) == [("", 3 * 10**hour, 0) for hour in range(7)]


def test_what_is_being_tallied_as_it_begins_is_not_lost(runtime: Runtime, campaign: Campaign) -> None:
    tell(runtime, 2, Delivery.DELIVERED)
    begin = threading.Thread(target=begin_destruction, args=(runtime, campaign))
    with runtime.transaction() as connection:
        assert rollups.tally_deliveries(connection, 10) == 1
        begin.start()
        begin.join(0.3)
        assert begin.is_alive()
    begin.join()
    assert cohorts(runtime) == [("", 3, 1)]
    assert count.reconcile_campaign(runtime, campaign).total_drift == 0


def test_a_total_that_was_tampered_with_is_found_afterwards_too(runtime: Runtime, campaign: Campaign) -> None:
    begin_destruction(runtime, campaign)
    execute_sql(runtime, "UPDATE cohort_tallies SET opened = opened - 1, sent = sent - 2")
    assert count.reconcile_campaign(runtime, campaign).rollup_drifts == (("of cohorts", 1), ("of mails", 2))
