"""Own data of signatories: they download all of it, have it erased, withdrawn or counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.privacy.retention import add_months
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.moderation import removals
from campaign.services.privacy import retention
from campaign.web.public.data_inventory import DATA_INVENTORY
from tests.support.caches import expire_campaigns
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import execute_sql, query_rows
from tests.support.signatory import Signatory, public_count, run_workers

MakeSignatory = Callable[..., Signatory]


@pytest.fixture
def ada(runtime: Runtime, signatory: MakeSignatory) -> Signatory:
    """Somebody whose signature counts."""
    new_campaign(runtime)
    one = signatory()
    one.sign(comment="I swim in it.", updates="1", public="1")
    run_workers(runtime)
    one.confirm()
    run_workers(runtime)
    return one


def act(signatory: Signatory, path: str, action: str) -> int:
    return signatory.browser.post(path, data={"action": action}).status_code


def test_the_download_holds_every_column_that_the_privacy_page_tells_of(ada: Signatory, runtime: Runtime) -> None:
    # Other details, so that each table has a row.
    path = ada.manage_path()
    signature_id = runtime.tokens.read_manage(path.removeprefix("/s/")).signature_id
    execute_sql(
        runtime,
        "INSERT INTO corrections SELECT id, 9, text_hash, name, email, country, postcode, comment, public, updates, "
        "updates_wording, updates_at, source, language, referral_code, browser_hash, network, signed_at, "
        "declaration "
        "FROM signatures WHERE id = :id",
        id=signature_id,
    )
    data = ada.browser.post(path, data={"action": "download"}).get_json()
    missing = {
        f"{item.table}.{column}"
        for item in DATA_INVENTORY
        for column in item.columns
        if not data["all_that_is_kept"][item.table] or column not in data["all_that_is_kept"][item.table][0]
    }
    assert missing == set()
    assert data["updates_wording"]
    assert data["updates_at"]
    assert data["link_opened"] is True
    assert data["no_email_is_sent_to_you"] is False
    assert [mail["kind"] for mail in data["emails"]] == ["verify", "thank_you"]
    assert all(mail["state"] == "sent" and mail["settled_at"] for mail in data["emails"])
    assert [entry["change"] for entry in data["all_that_is_kept"]["ledger"]] == [1]


def test_everything_is_erased_at_once_and_the_signature_withdrawn(ada: Signatory, app: Flask, runtime: Runtime) -> None:
    path = ada.manage_path()
    assert "Yes, erase it now" in ada.browser.get(path).text
    assert public_count(app) == 1
    assert act(ada, path, "erase") == 303
    gone = ada.browser.get(path)
    assert gone.status_code == 410
    assert "was destroyed" in gone.text
    run_workers(runtime)
    assert public_count(app) == 0
    rows = str(query_rows(runtime, "SELECT * FROM signatures"))
    assert "Ada" not in rows
    assert "example.org" not in rows.replace("'example.org'", "")
    # The same mailbox can sign again, and counts once.
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    assert public_count(app) == 1


def test_a_signature_counts_on_while_its_owner_is_erased_once_the_total_is_final(
    ada: Signatory, app: Flask, runtime: Runtime, now: ManualClock
) -> None:
    path = ada.manage_path()
    assert act(ada, path, "anonymise") == 303
    page = ada.browser.get(path).text
    assert "once the total is final" in page
    assert "I swim in it." not in page
    run_workers(runtime)
    # The address still keeps the mailbox from signing twice.
    ada.sign()
    run_workers(runtime)
    assert "already signed" in str(ada.mails[-1]["Subject"]).lower()
    now.advance(days=32)
    run_workers(runtime)
    run_workers(runtime)
    assert ada.browser.get(path).status_code == 410
    assert public_count(app) == 1
    with runtime.reading() as connection:
        rows = str(connection.execute(text("SELECT * FROM signatures")).all())
        salts = connection.execute(text("SELECT count(*) FROM log_leaves WHERE salt IS NOT NULL")).scalar_one()
    assert "Ada" not in rows
    assert salts == 0
    campaign = count.reconcile_campaign(runtime, new_found(runtime))
    assert (campaign.total_drift, campaign.verified) == (0, 1)


def new_found(runtime: Runtime):  # type: ignore[no-untyped-def]
    from campaign.services.campaigns import create_and_find

    return create_and_find.get_by_slug(runtime, "save-the-pond")


def test_opening_the_page_erases_nothing_and_who_was_removed_cannot_free_the_address(ada: Signatory, runtime: Runtime) -> None:
    path = ada.manage_path()
    for query in ("?action=erase", "?action=anonymise"):
        assert ada.browser.get(path + query).status_code == 200
    number = runtime.tokens.read_manage(path.removeprefix("/s/")).signature_id
    removals.invalidate_signature(runtime, COMMAND_LINE, number, RemovalKind.PROGRAM, "made up")
    run_workers(runtime)
    assert "Yes, erase it now" not in ada.browser.get(path).text
    act(ada, path, "erase")
    assert ada.browser.get(path).status_code == 200


def test_the_privacy_page_names_the_day_and_says_afterwards_what_was_destroyed(
    ada: Signatory, app: Flask, runtime: Runtime, now: ManualClock
) -> None:
    reader = app.test_client()
    page = reader.get("/c/save-the-pond/privacy").text
    assert "on 23 December 2027, 12 months after the deadline" in page
    assert "at most it is 24 months" in reader.get("/privacy").text
    path, end = ada.manage_path(), add_months(now() + timedelta(days=30), 12)
    now.advance(days=32)
    run_workers(runtime)
    now.at = end
    retention.run_due_retention(runtime)
    now.advance(days=14)
    run_workers(runtime)
    expire_campaigns()
    fresh = app.test_client().get("/c/save-the-pond/privacy?lang=en").text
    assert "On 6 January 2028 the personal data of everybody who signed was destroyed" in fresh
    assert "It was that of 1 signature." in fresh
    assert ada.browser.get(path).status_code == 410
    assert public_count(app) == 1


def test_without_a_grace_no_page_says_that_a_link_still_works(
    runtime: Runtime, signatory: MakeSignatory, now: ManualClock
) -> None:
    new_campaign(runtime, grace=timedelta(0))
    one = signatory()
    one.sign()
    run_workers(runtime)
    path = one.manage_path()
    before = [one.browser.get(page).text for page in (path, "/c/save-the-pond/check-your-email")]
    assert all("works until" in page for page in before)
    now.advance(days=30, seconds=1)
    expire_campaigns()
    after = [one.browser.get(page).text for page in (path, "/c/save-the-pond/check-your-email", "/c/save-the-pond")]
    assert not any("works until" in page for page in after)
    assert "It was not confirmed by" in after[0]
    assert "Links in our emails no longer work" in after[2]
