"""The receipt checker of “How we count”, on a saved copy of the page: no site and no network, one load for all receipts."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from campaign.domain.log.receipt import Receipt
from campaign.runtime import Runtime
from tests.services.log.test_append import advance, sign_and_verify
from tests.support.factories import ManualClock, new_campaign
from tests.web.public.test_receipt import receipt_path

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def saved_page(app: Flask, folder: Path) -> Path:
    """The page with its script beside it, as a browser saves one."""
    client = app.test_client()
    html = client.get("/c/save-the-pond/how-we-count").text
    script = re.search(r'src="(/static/check-receipt\.js[^"]*)"', html)
    assert script is not None
    (folder / "check-receipt.js").write_bytes(client.get(script[1]).data)
    path = folder / "page.html"
    path.write_text(html.replace(script[1], "check-receipt.js"), encoding="utf-8")
    return path


def outcome(page: Page, receipt: str) -> str:
    page.get_by_label("Or paste what is in it").fill(receipt)
    page.get_by_role("button", name="Check receipt").click()
    shown = page.locator("[data-outcome]:visible")
    expect(shown).to_have_count(1)
    return str(shown.get_attribute("data-outcome"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_receipt_is_checked_on_this_device_alone(
    browser: Browser, app: Flask, runtime: Runtime, make_runtime: Callable[..., Runtime], now: ManualClock, tmp_path: Path
) -> None:
    campaign = new_campaign(runtime)
    ids = [sign_and_verify(runtime, campaign, f"s{number}@example.org", name="Siân: O’Neill") for number in range(7)]
    advance(runtime)
    now.advance(seconds=2)
    receipts = [app.test_client().get(receipt_path(runtime, each)).text for each in ids]
    page_path = saved_page(app, tmp_path)
    other = make_runtime(log_key="8" * 64)
    context = browser.new_context(locale="en-GB", offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(page_path.as_uri())
    knows = page.evaluate("crypto.subtle.generateKey('Ed25519', false, ['sign']).then(() => true, () => false)")
    sound = "holds" if knows else "signature-unknown"
    for receipt in receipts:
        assert outcome(page, receipt) == sound
    shown = page.locator("[data-outcome]:visible")
    expect(shown).to_contain_text(
        "The signature of Siân: O’Neill is in the count of save-the-pond: entry 7" if knows else "entry 7"
    )
    receipt = receipts[3]
    parsed = Receipt.parse(receipt.encode())
    path = parsed.proof.split("\n")[2]
    signature = parsed.proof.rstrip().rpartition(" ")[2]
    forged = signature[:40] + ("A" if signature[40] != "A" else "B") + signature[41:]
    for changed, expected in (
        (receipt.replace("Siân", "Sian"), "changed"),
        (receipt.replace(parsed.salt.hex(), "00" * 32), "changed"),
        (receipt.replace(parsed.key, other.log_key.verifier_key.serialise()), "other-key"),
        (receipt.replace(path + "\n", ""), "unproven"),
        (receipt.replace("\nindex 3\n", "\nindex 2\n"), "unproven"),
        (receipt.replace("\nindex 3\n", "\nindex 9\n"), "unproven"),
        (receipt.replace(signature, forged), "unsigned" if knows else "signature-unknown"),
        (receipt.replace("== salt\n", ""), "unreadable"),
        (receipt[: len(receipt) // 2], "unreadable"),
        ("Dear Sir or Madam", "unreadable"),
        (receipt.replace("\n", "\r\n"), sound),
    ):
        assert outcome(page, changed) == expected, changed
    file = tmp_path / "receipt.txt"
    file.write_text(receipts[0], encoding="utf-8")
    page.get_by_label("Your receipt").set_input_files(file)
    expect(page.locator(f"[data-outcome={sound}]")).to_be_visible()
    assert errors == []
    context.close()
