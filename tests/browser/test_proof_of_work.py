"""Proof of work in a browser: the form that came back sends itself once the calculation is done, and says what happens."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route, expect

from campaign.runtime import Runtime
from campaign.services.moderation.proof_of_work import network_hash
from campaign.store.redis.floods import cache_flooding_networks
from tests.support.factories import new_campaign

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SITE = "https://sign.example.org"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_browser_solves_the_challenge_by_itself(browser: Browser, app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    runtime.call_redis(lambda redis: cache_flooding_networks(redis, [network_hash(runtime, "203.0.113.0/24")]))
    client, broken = app.test_client(), []

    def answer(route: Route) -> None:
        asked = route.request
        path = urlsplit(asked.url)
        if broken and path.path == "/proof-of-work":
            route.fulfill(status=503)
            return
        headers = {name: value for name, value in asked.headers.items() if name in ("content-type", "origin", "cookie")}
        given = client.open(
            f"{path.path}?{path.query}", base_url=SITE, method=asked.method, data=asked.post_data_buffer, headers=headers,
            environ_overrides={"REMOTE_ADDR": "203.0.113.7"}, follow_redirects=asked.method == "POST",
        )  # fmt: skip
        route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.data)

    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/*", answer)

    def sign() -> None:
        page.goto(f"{SITE}/c/save-the-pond")
        page.get_by_label("Your name").fill("Ada Lovelace")
        page.get_by_label("Your email address").fill("ada@example.org")
        page.get_by_label("Postcode").fill("SW1A 1AA")
        page.locator("#sign button[type=submit]").click()

    sign()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible(timeout=60_000)
    # Where the challenge cannot be had, the way without it is there, and all that was typed.
    broken.append(True)
    sign()
    expect(page.get_by_role("button", name="Sign and wait")).to_be_visible()
    expect(page.get_by_label("Your email address")).to_have_value("ada@example.org")
    page.get_by_role("button", name="Sign and wait").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    assert errors == []
    context.close()
