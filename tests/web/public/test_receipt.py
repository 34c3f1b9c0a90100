"""Receipts on the pages of a signatory, and the page that says how we count."""

from datetime import timedelta

from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.log.receipt import Receipt
from campaign.domain.moderation.removal import RemovalKind
from campaign.runtime import Runtime
from campaign.services.log import append
from campaign.services.moderation import removals
from campaign.services.signatures import erase
from campaign.services.signatures import sign as signing
from campaign.store.log.history import LoggedHour
from campaign.web.public.how_we_count import CHART_HEIGHT, CHART_WIDTH, MAX_CHART_POINTS, chart_points
from tests.html_validator.tree import Tree
from tests.services.log.test_append import advance, sign_and_verify
from tests.support.factories import START_TIME, ManualClock, new_campaign
from tests.support.queries import query_scalar
from tests.support.stored_signatures import store_signatures


def receipt_path(runtime: Runtime, signature_id: int) -> str:
    key = query_scalar(runtime, "SELECT link_key FROM signatures WHERE id = :id", id=signature_id)
    return f"/s/{runtime.tokens.manage_token(signature_id, key)}/receipt"


def test_a_receipt_proves_a_signature_without_us(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    for name in ("bob", "eve", "mae"):
        sign_and_verify(runtime, campaign, f"{name}@example.org")
    ada = sign_and_verify(runtime, campaign, "ada@example.org", name="Ada: Lovelace")
    advance(runtime)
    path = receipt_path(runtime, ada)
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt-save-the-pond.txt"'
    receipt = Receipt.parse(answer.data)
    found = receipt.verify(runtime.log_key.verifier_key)
    assert (found.entry.campaign, found.entry.sequence, found.checkpoint.size) == ("save-the-pond", 4, 4)
    assert receipt.statement.lines()[1:] == ("Ada: Lovelace", "ada@example.org", "SW1A 1AA", "GB", "online")
    assert path in app.test_client().get(path.removesuffix("/receipt")).text


def test_a_receipt_comes_once_the_log_has_it(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    append.advance_log(runtime)
    ada = sign_and_verify(runtime, campaign, "ada@example.org")
    path = receipt_path(runtime, ada)
    assert app.test_client().get(path).status_code == 409
    # A browser shows no page where a link promises a file: it says that the download failed.
    links = [
        link
        for link in Tree(app.test_client().get(path.removesuffix("/receipt")).text).find_all("a")
        if link.get("href") == path
    ]
    assert ["download" in link.attrib for link in links] == [False]
    advance(runtime)
    answer = app.test_client().get(path)
    assert (answer.status_code, "Please try again in a moment" in answer.text) == (409, True)
    now.advance(seconds=1)
    advance(runtime)
    assert app.test_client().get(path).status_code == 200


def test_there_is_no_receipt_of_what_does_not_count(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada, eve, mae = (sign_and_verify(runtime, campaign, f"{name}@example.org") for name in ("ada", "eve", "mae"))
    advance(runtime)
    paths = [receipt_path(runtime, each) for each in (ada, eve, mae)]
    signing.withdraw_signature(runtime, ada)
    removals.invalidate_signature(runtime, COMMAND_LINE, eve, RemovalKind.PROGRAM, "a bot")
    erase.erase_signature(runtime, COMMAND_LINE, campaign.id, mae, "she asked")
    for path, status in zip(paths, (409, 409, 410), strict=True):
        answer = app.test_client().get(path)
        assert answer.status_code in (status, 404), path
        assert b"== salt" not in answer.data


def test_a_proof_asks_the_database_for_no_tile_twice(app: Flask, runtime: Runtime, statements: list[str]) -> None:
    campaign = new_campaign(runtime)
    store_signatures(runtime, campaign, [{}] * 256)
    ids = [sign_and_verify(runtime, campaign, f"{name}@example.org") for name in ("ada", "eve", "mae")]
    advance(runtime)
    paths = [receipt_path(runtime, each) for each in ids]
    client = app.test_client()

    def tiles_asked_for(path: str) -> int:
        del statements[:]
        receipt = Receipt.parse(client.get(path).data)
        assert receipt.verify(runtime.log_key.verifier_key).checkpoint.size == 256 + 3
        return len([sql for sql in statements if "FROM log_tiles" in sql])

    assert tiles_asked_for(paths[0]) > 0
    assert [tiles_asked_for(path) for path in paths] == [0, 0, 0]


def test_a_new_entry_is_a_new_receipt(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    ada = sign_and_verify(runtime, campaign, "ada@example.org")
    advance(runtime)
    signing.withdraw_signature(runtime, ada)
    now.advance(seconds=1)
    advance(runtime)
    sign_and_verify(runtime, campaign, "ada@example.org", name="Ada King")
    now.advance(seconds=1)
    advance(runtime)
    receipt = Receipt.parse(app.test_client().get(receipt_path(runtime, ada)).data)
    assert (receipt.verify().entry.sequence, receipt.statement.name) == (3, "Ada King")


def test_details_of_which_no_entry_tells_have_no_receipt(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    ada = sign_and_verify(runtime, campaign, "ada@example.org")
    advance(runtime)
    signing.withdraw_signature(runtime, ada)
    # Withdrawn and signed again before the ledger looks: it counts as before.
    sign_and_verify(runtime, campaign, "ada@example.org", name="Ada King")
    now.advance(seconds=1)
    advance(runtime)
    answer = app.test_client().get(receipt_path(runtime, ada))
    assert (answer.status_code, "There is no receipt" in answer.text) == (409, True)


def test_how_we_count_tells_what_was_taken_off(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    ada, eve = (sign_and_verify(runtime, campaign, f"{name}@example.org") for name in ("ada", "eve"))
    sign_and_verify(runtime, campaign, "mae@example.org")
    advance(runtime)
    now.advance(days=1)
    signing.withdraw_signature(runtime, ada)
    removals.invalidate_signature(runtime, COMMAND_LINE, eve, RemovalKind.PROGRAM, "a bot")
    advance(runtime)
    page = app.test_client().get("/c/save-the-pond/how-we-count").text
    assert "<strong>1 signature</strong>: 1 confirmed by email and 0 on paper." in page
    assert "1 signature was withdrawn by the person who gave it." in page
    assert runtime.log_key.verifier_key.serialise() in page
    assert "<polyline" in page
    assert "python3 check.py https://sign.example.org<" in page
    cy = app.test_client().get("/c/save-the-pond/how-we-count?lang=cy").text
    assert "What the number means" not in cy


def hour(number: int, total: int) -> LoggedHour:
    return LoggedHour(START_TIME + timedelta(hours=number), 1, 0, 0, 0, 0, 0, total, total)


def test_the_chart_is_drawn_from_first_to_last() -> None:
    assert chart_points([hour(0, 1)]) == ""
    assert chart_points([hour(0, 1), hour(3, 2), hour(4, 4)]) == "0.0,120.0 450.0,80.0 600.0,0.0"
    many = chart_points([hour(number, number + 1) for number in range(5_000)]).split()
    assert len(many) <= MAX_CHART_POINTS + 1
    assert many[-1] == f"{CHART_WIDTH:.1f},0.0"
    assert many[0].endswith(f",{CHART_HEIGHT * (1 - 1 / 5_000):.1f}")
    assert chart_points([hour(0, 0), hour(1, 0)]).endswith(f"{CHART_HEIGHT:.1f}")
