"""Sharing: a link of one's own, which says how many it brought and leads nobody to whose it is."""

import io
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportPlan, ordered_columns
from campaign.domain.moderation.removal import RemovalKind
from campaign.formats.csv_write import write_csv
from campaign.formats.json_write import write_json
from campaign.formats.row_batches import number_rows
from campaign.runtime import Runtime
from campaign.security.tokens import SignatureRef
from campaign.services.ledger import count
from campaign.services.moderation import removals
from campaign.services.signatures import sharing
from campaign.services.signatures.sign import (
    VerifyOutcome,
    get_own_signature,
    sign_campaign,
    verify_signature,
    withdraw_signature,
)
from campaign.store.exports import export_rows
from campaign.store.signatures import supporters
from campaign.store.signatures.signatures import Signature
from campaign.store.tables import signatures
from campaign.web.public.labels import referrals_label
from tests.support.factories import new_campaign, sign_form_data, verify_link_of
from tests.support.secret_keys import OTHER_SECRET_KEY
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers


def sign(runtime: Runtime, campaign: Campaign, email: str, code: str = "", **typed: Any) -> int:
    """Somebody signs, perhaps by a personal link; the number of their signature."""
    given = sign_form_data(email, source="share" if code else "", referral_code=code, **typed)
    sign_campaign(runtime, campaign.id, campaign.text.hash, given)
    sql = text("SELECT id FROM signatures WHERE email_key = :key AND campaign_id = :campaign")
    with runtime.reading() as connection:
        return int(connection.execute(sql, {"key": email, "campaign": campaign.id}).scalar_one())


def verified(runtime: Runtime, campaign: Campaign, email: str, code: str = "") -> int:
    number = sign(runtime, campaign, email, code)
    assert verify_signature(runtime, verify_link_of(runtime, number)).outcome is VerifyOutcome.NOW
    return number


def own(runtime: Runtime, number: int) -> Signature:
    """A signature as its signatory sees it."""
    found = get_own_signature(runtime, verify_link_of(runtime, number).signature_ref)
    assert found is not None
    return found


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def ada(runtime: Runtime, campaign: Campaign) -> Signature:
    """A verified signatory."""
    return own(runtime, verified(runtime, campaign, "ada@example.org"))


def test_each_signatory_has_a_code_of_their_own(runtime: Runtime, campaign: Campaign, ada: Signature) -> None:
    eve = own(runtime, verified(runtime, campaign, "eve@example.org"))
    codes = {sharing.share_code(runtime, signature) for signature in (ada, eve)}
    assert len(codes) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", code) for code in codes)
    assert sharing.share_code(runtime, ada) == sharing.share_code(runtime, own(runtime, ada.id))


def test_a_personal_link_shows_how_many_it_brought(runtime: Runtime, campaign: Campaign, ada: Signature) -> None:
    code = sharing.share_code(runtime, ada)
    assert sharing.count_referrals(runtime, ada) == 0
    brought = [verified(runtime, campaign, f"{number}@example.org", code) for number in range(3)]
    sign(runtime, campaign, "waiting@example.org", code)
    verified(runtime, campaign, "alone@example.org")
    # Verified is enough; the page need not wait for the count.
    assert sharing.count_referrals(runtime, ada) == 3
    withdraw_signature(runtime, brought[0])
    removals.invalidate_signature(runtime, COMMAND_LINE, brought[1], RemovalKind.PROGRAM, "a bot")
    count.advance_ledgers(runtime)
    assert sharing.count_referrals(runtime, ada) == 1


def test_what_another_campaign_was_brought_is_not_counted(runtime: Runtime, campaign: Campaign, ada: Signature) -> None:
    verified(runtime, new_campaign(runtime, slug="save-the-wood"), "eve@example.org", sharing.share_code(runtime, ada))
    assert sharing.count_referrals(runtime, ada) == 0


def test_who_has_not_verified_has_brought_nobody(runtime: Runtime, campaign: Campaign) -> None:
    waiting = own(runtime, sign(runtime, campaign, "waiting@example.org"))
    verified(runtime, campaign, "eve@example.org", sharing.share_code(runtime, waiting))
    assert sharing.count_referrals(runtime, waiting) == 0


def test_those_who_came_by_no_link_are_brought_by_nobody(runtime: Runtime, campaign: Campaign, ada: Signature) -> None:
    with runtime.reading() as connection:
        assert supporters.count_referrals(connection, campaign.id, "", ada.id, 10) == 0


def test_who_comes_back_by_their_own_link_has_not_brought_themselves(
    runtime: Runtime, campaign: Campaign, ada: Signature
) -> None:
    code = sharing.share_code(runtime, ada)
    assert withdraw_signature(runtime, ada.id)
    assert sign(runtime, campaign, ada.email, code) == ada.id
    assert verify_signature(runtime, verify_link_of(runtime, ada.id, edition=2)).outcome is VerifyOutcome.NOW
    again = own(runtime, ada.id)
    assert again.referral_code == code
    assert sharing.count_referrals(runtime, again) == 0


def test_who_brought_somebody_first_has_brought_them_though_they_correct_a_detail(
    runtime: Runtime, campaign: Campaign, ada: Signature
) -> None:
    code, other = sharing.share_code(runtime, ada), "o" * 22
    for number, later in enumerate(("", other)):
        email = f"{number}@example.org"
        eve = sign(runtime, campaign, email, code)
        # By way of "Sign again" on the page with the button, or by somebody else's link.
        assert sign(runtime, campaign, email, later, name="Eve Adams") == eve
        found = own(runtime, eve)
        assert (found.referral_code, found.source) == (code, "share")
    assert verify_signature(runtime, verify_link_of(runtime, eve, edition=2)).outcome is VerifyOutcome.NOW
    found = own(runtime, eve)
    assert (found.name, found.referral_code, found.source) == ("Eve Adams", code, "share")
    assert sharing.count_referrals(runtime, ada) == 1
    # Who was brought by nobody yet is brought by the first who does.
    mae = sign(runtime, campaign, "mae@example.org")
    sign(runtime, campaign, "mae@example.org", code)
    assert own(runtime, mae).referral_code == code
    # Withdrawing ends it: who signs anew is brought anew.
    assert withdraw_signature(runtime, mae)
    sign(runtime, campaign, "mae@example.org", other)
    assert own(runtime, mae).referral_code == other


def test_no_more_are_counted_than_are_said(runtime: Runtime, campaign: Campaign, ada: Signature, app: Flask) -> None:
    code = sharing.share_code(runtime, ada)
    for number in range(3):
        verified(runtime, campaign, f"{number}@example.org", code)
    with runtime.reading() as connection:
        assert [supporters.count_referrals(connection, campaign.id, code, ada.id, most) for most in (2, 3, 4)] == [2, 3, 3]
    with app.test_request_context("/"):
        assert referrals_label(sharing.MAX_REFERRALS_COUNTED) == "10,000 people have signed through your link."
        assert referrals_label(sharing.MAX_REFERRALS_COUNTED + 1) == "More than 10,000 people have signed through your link."


@pytest.mark.parametrize(("amount", "said"), [(10_000, "10,000"), (10_001, "More than 10,000"), (10_003, "More than 10,000")])
def test_more_than_ten_thousand_are_said_only_where_there_are_more(
    runtime: Runtime, campaign: Campaign, ada: Signature, app: Flask, amount: int, said: str
) -> None:
    brought = verified(runtime, campaign, "eve@example.org", sharing.share_code(runtime, ada))
    columns = [column.name for column in signatures.columns if column.name not in ("id", "email_key")]
    same = ", ".join(columns)
    with runtime.transaction() as connection:
        sql = text(
            f"""WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < :amount)
                INSERT INTO signatures (id, email_key, {same})
                SELECT 100 + i, 'copy-' || i, {same} FROM signatures, n WHERE id = :id"""
        )
        connection.execute(sql, {"amount": amount, "id": brought})
    with app.test_request_context("/"):
        assert referrals_label(sharing.count_referrals(runtime, ada)) == f"{said} people have signed through your link."


def test_a_link_that_was_shared_works_on_when_the_secret_key_changes(
    runtime: Runtime, campaign: Campaign, ada: Signature, make_runtime: Callable[..., Runtime]
) -> None:
    verified(runtime, campaign, "eve@example.org", sharing.share_code(runtime, ada))
    rotated = make_runtime(secret_key=OTHER_SECRET_KEY)
    assert sharing.share_code(rotated, ada) == sharing.share_code(runtime, ada)
    assert sharing.count_referrals(rotated, ada) == 1


def test_a_code_leads_nowhere(app: Flask, runtime: Runtime, ada: Signature) -> None:
    code, browser = sharing.share_code(runtime, ada), app.test_client()
    for path in (f"/s/{code}", f"/v/{code}", f"/s/{ada.id}-{code}", f"/v/{ada.id}-{code}-1", f"/c/{code}"):
        assert browser.get(path, follow_redirects=True).status_code == 404
        assert browser.post(path, data={"action": "withdraw"}).status_code in (404, 405)
    # Nor does it stand in for the key of a row.
    assert get_own_signature(runtime, SignatureRef(ada.id, code)) is None
    page = browser.get(f"/c/save-the-pond?via={code}").text
    assert "Lovelace" not in page
    assert "ada@example.org" not in page


def test_an_export_says_that_a_link_was_shared_and_never_whose(runtime: Runtime, campaign: Campaign, ada: Signature) -> None:
    code = sharing.share_code(runtime, ada)
    verified(runtime, campaign, "eve@example.org", code)
    csv, as_json = io.BytesIO(), io.BytesIO()
    everything = ExportPlan(columns=ordered_columns((*DEFAULT_COLUMNS, "email")))
    with runtime.snapshot() as connection:
        stream = partial(export_rows.stream_rows, connection, campaign.id, everything)
        write_csv(csv, number_rows(stream(), everything.columns), everything.columns)
        given = {"slug": campaign.slug, "text_hash": campaign.text.hash}
        write_json(as_json, number_rows(stream(), everything.columns), everything.columns, **given)
    assert [row["source"] for row in json.loads(as_json.getvalue())["signatures"]] == ["", "share"]
    assert csv.getvalue().splitlines()[2].endswith(b'"share"')
    assert code.encode() not in csv.getvalue() + as_json.getvalue()


# From page to page


def personal_link(page: str) -> str:
    found = re.search(r'value="(https://sign\.example\.org/c/save-the-pond\?via=[\w-]{22})"', page)
    assert found is not None
    return found[1]


def test_a_signature_made_from_a_personal_link_is_brought_by_it(
    app: Flask, runtime: Runtime, campaign: Campaign, mail: MailServer
) -> None:
    ada, eve = Signatory(app, mail), Signatory(app, mail, email="eve@example.org", name="Eve Adams")
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    thanks = ada.browser.get("/c/save-the-pond/thanks").text
    link = personal_link(thanks)
    assert "0 of 3 friends have signed through you" in thanks

    page = eve.browser.get(link.removeprefix("https://sign.example.org")).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    eve.sign(**hidden)
    run_workers(runtime)
    eve.confirm()
    run_workers(runtime)
    assert "1 of 3 friends has signed through you" in ada.browser.get("/c/save-the-pond/thanks").text
    mine = ada.browser.get(ada.manage_path()).text
    assert "1 person has signed through your link." in mine
    assert personal_link(mine) == link
    # Everything kept about her is in her own download.
    data = eve.browser.post(eve.manage_path(), data={"action": "download"}).get_json()
    assert (data["source"], data["referral_code"]) == ("share", link.rpartition("=")[2])
    # And on no page of hers: she need not know whose link she followed.
    assert data["referral_code"] not in eve.browser.get(eve.manage_path()).text


def test_only_who_has_verified_is_given_a_link_to_share(
    app: Flask, runtime: Runtime, campaign: Campaign, mail: MailServer
) -> None:
    ada = Signatory(app, mail)
    ada.sign()
    run_workers(runtime)
    code = sharing.share_code(runtime, own(runtime, 1))
    for page in (ada.open_verification().text, ada.browser.get(ada.manage_path()).text):
        assert code not in page
    ada.confirm()
    run_workers(runtime)
    assert code in ada.browser.get(ada.manage_path()).text
    ada.withdraw()
    assert code not in ada.browser.get(ada.manage_path()).text


def test_the_thank_you_mail_carries_the_personal_link(
    app: Flask, runtime: Runtime, campaign: Campaign, mail: MailServer
) -> None:
    ada = Signatory(app, mail)
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    code = sharing.share_code(runtime, own(runtime, 1))
    body = ada.mails[-1].get_body(("plain",))
    assert body is not None
    assert f"https://sign.example.org/c/save-the-pond?via={code}" in body.get_content()
