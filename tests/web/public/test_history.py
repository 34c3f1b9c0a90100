"""Public history of a campaign, and the way from the addresses it once had."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version, text_hash
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, lifecycle
from campaign.store.campaigns import campaigns, page_texts
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.desk_client import page_text
from tests.support.factories import ManualClock, definition, new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

EVERY_PAGE = (
    "", "/signatures", "/check-your-email", "/history", "/share", "/share/mastodon", "/privacy", "/embed", "/card.png",
    "/badge.svg", "/qr.svg", "/qr.png", "/poster.pdf", "/picture-480.webp", "/count.json", ".json", "/thanks",
)  # fmt: skip
"""What follows the slug in the address of each page of a campaign."""


def rewrite(runtime: Runtime, campaign: Campaign, reason: str, **changes: str) -> None:
    """Another version of the text, as the desk makes one."""
    text = campaign.text
    said = {"title": text.title, "recipient": text.recipient, "ask": text.ask, "background": text.background, **changes}
    made = language_version(campaign.slug, "en", **said)  # type: ignore[arg-type]
    with runtime.transaction() as connection:
        page_texts.add_text_version(connection, campaign.id, campaign.slug, made, reason, runtime.now())
        page_texts.set_page_texts(connection, campaign.id, made, is_main=True)
        connection.exec_driver_sql(f"UPDATE campaigns SET revision = revision + 1 WHERE id = {campaign.id}")
        after = campaigns.get_by_id(connection, campaign.id)
    runtime.cache_campaign(after)
    expire_campaigns()


def read(app: Flask, path: str = "/c/save-the-pond") -> TestResponse:
    return app.test_client().get(path)


# The page of the campaign


def test_a_campaign_without_a_past_says_nothing_of_it(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    assert "/history" not in read(app).text


def test_the_page_says_that_its_text_was_changed(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.advance(days=3)
    rewrite(runtime, campaign, "It is deeper.", background="It is old.\n\nIt is deep.")
    page = read(app)
    assert "This text was changed on 26 November 2026." in page_text(page)
    assert 'href="/c/save-the-pond/history"' in page.text


def test_the_page_says_until_when_it_was_extended_and_why(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    lifecycle.extend_deadline(
        runtime, campaign, COMMAND_LINE, campaign.window.closes_at + timedelta(days=1), "The <council> sits later."
    )
    page = read(app)
    assert "The deadline was extended until 24 December 2026 at noon GMT:" in page_text(page)
    assert "The &lt;council&gt; sits later." in page.text
    assert html_problems(page.text) == []


def test_the_page_says_that_it_was_closed_early_and_why(app: Flask, runtime: Runtime) -> None:
    lifecycle.close_campaign(runtime, new_campaign(runtime), COMMAND_LINE, "We have won.")
    page = page_text(read(app))
    assert "This campaign was closed early, on 23 November 2026 at noon GMT:" in page
    assert "We have won." in page


def test_a_paused_campaign_says_what_its_campaigners_say(app: Flask, runtime: Runtime) -> None:
    lifecycle.pause_campaign(runtime, new_campaign(runtime), COMMAND_LINE, "We are <checking> something.")
    pages = [
        read(app),
        app.test_client().post("/c/save-the-pond/signatures", data={"name": "Ada"}),
        read(app, "/c/save-the-pond/embed"),
    ]
    assert [page.status_code for page in pages] == [200, 409, 200]
    for page in pages:
        assert "We are &lt;checking&gt; something." in page.text
    assert read(app, "/c/save-the-pond/count.json").get_json()["state"] == "paused"


# The history


def test_the_history_shows_each_version_with_what_was_changed_and_why(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.advance(days=3)
    rewrite(runtime, campaign, "Measured <again>.", background="It is old.\n\nIt is deep.")
    page = read(app, "/c/save-the-pond/history")
    assert page.status_code == 200
    assert re.search(r"<ins><span[^>]*> added: </span>deep</ins>", page.text)
    assert re.search(r"<del><span[^>]*> removed: </span>loved</del>", page.text)
    assert "Measured &lt;again&gt;." in page.text
    assert page.text.index("Version 2") < page.text.index("Version 1")
    hashes = re.findall(r"<code>([0-9a-f]{64})</code>", page.text)
    same = {
        "slug": "save-the-pond",
        "title": campaign.text.title,
        "recipient": campaign.text.recipient,
        "ask": campaign.text.ask,
    }
    assert hashes == [text_hash(**same, background="It is old.\n\nIt is deep."), campaign.text.hash]
    assert html_problems(page.text) == []


def test_the_history_tells_what_was_done_newest_first_and_names_nobody(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE, "Checking.")
    now.advance(hours=1)
    lifecycle.resume_campaign(runtime, campaign, COMMAND_LINE)
    now.advance(hours=1)
    lifecycle.extend_deadline(runtime, campaign, COMMAND_LINE, campaign.window.closes_at + timedelta(days=1), "Time was lost.")
    page = page_text(read(app, "/c/save-the-pond/history"))
    assert page.index("Deadline extended") < page.index("Signing resumed") < page.index("Signing paused")
    assert "The deadline was 23 December 2026 at noon GMT. It became 24 December 2026 at noon GMT." in page
    assert "by the operator of this site" in page
    assert "command line" not in page


def test_what_a_draft_said_before_it_was_published_is_nobody_s_business(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    with runtime.transaction() as connection:
        made = definition(contact="pond@example.org", background="A first idea.")
        campaign_id = campaigns.create(connection, made, runtime.now(), preview_key="key")
        draft = campaigns.get_by_id(connection, campaign_id)
    now.advance(hours=1)
    rewrite(runtime, draft, "", background="What we mean.")
    now.advance(hours=1)
    lifecycle.publish_campaign(runtime, draft, COMMAND_LINE)
    assert "/history" not in read(app).text
    page = read(app, "/c/save-the-pond/history").text
    assert "A first idea." not in page
    assert len(re.findall(r"<code>[0-9a-f]{64}</code>", page)) == 1


@on_both_databases
def test_each_language_has_a_history_of_its_own(app: Flask, runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    page = page_text(read(app, "/c/save-the-pond/history"))
    assert "The text in English" in page
    assert "The text in Welsh" in page
    assert "Y testun yn Gymraeg" in page_text(read(app, "/c/save-the-pond/history?lang=cy")) or "Cymraeg" in page_text(
        read(app, "/c/save-the-pond/history?lang=cy")
    )


def test_the_history_may_be_kept_by_a_proxy_and_sets_no_cookie(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    answer = read(app, "/c/save-the-pond/history")
    assert re.search(r"public, max-age=\d+", answer.headers["Cache-Control"])
    assert "Set-Cookie" not in answer.headers
    again = app.test_client().get("/c/save-the-pond/history", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


# Drafts


def test_nothing_of_a_draft_is_public(app: Flask, runtime: Runtime) -> None:
    with runtime.transaction() as connection:
        campaigns.create(connection, definition(), runtime.now(), preview_key="key")
    client = app.test_client()
    for page in EVERY_PAGE:
        answer = client.post("/c/save-the-pond/signatures") if page == "/signatures" else client.get(f"/c/save-the-pond{page}")
        assert answer.status_code == 404, page
    assert client.get("/oembed?url=https://sign.example.org/c/save-the-pond").status_code == 404
    for path in ("/", "/?list=open", "/?q=pond", "/sitemap.xml", "/campaigns.atom", "/privacy"):
        assert "save-the-pond" not in client.get(path).text, path


# Old addresses


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_page_of_an_old_address_leads_to_the_new_one(app: Flask, runtime: Runtime, page: str) -> None:
    lifecycle.change_slug(runtime, new_campaign(runtime), COMMAND_LINE, "save-the-village-pond")
    client, query = app.test_client(), "?via=leaflet&x=a%26b+c"
    method = client.post if page == "/signatures" else client.get
    answer = method(f"/c/save-the-pond{page}{query}")
    expected = 308 if page == "/signatures" else 301
    assert (answer.status_code, answer.location) == (expected, f"/c/save-the-village-pond{page}{query}")
    assert "immutable" not in answer.headers["Cache-Control"]
    assert client.get("/c/save-the-village-pond").status_code == 200


def test_who_signs_at_an_old_address_signs_the_campaign(app: Flask, runtime: Runtime, mail: MailServer) -> None:
    lifecycle.change_slug(runtime, new_campaign(runtime), COMMAND_LINE, "save-the-village-pond")
    ada = Signatory(app, mail)
    led = ada.sign()
    # As a browser does it: 308 means the same form once more, there.
    answer = ada.browser.post(led.location, data=ada.form())
    assert (answer.status_code, answer.location) == (303, "/c/save-the-village-pond/check-your-email")
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    expire_campaigns()
    assert read(app, "/c/save-the-village-pond/count.json").get_json()["signatures"] == 1


def test_editors_that_know_the_old_address_are_told_of_the_campaign(app: Flask, runtime: Runtime) -> None:
    lifecycle.change_slug(runtime, new_campaign(runtime), COMMAND_LINE, "save-the-village-pond")
    answer = read(app, "/oembed?url=https://sign.example.org/c/save-the-pond")
    assert "/c/save-the-village-pond/embed" in answer.get_json()["html"]


def test_the_hash_of_the_text_can_be_recomputed_whatever_the_address_is_now(app: Flask, runtime: Runtime) -> None:
    lifecycle.change_slug(runtime, new_campaign(runtime), COMMAND_LINE, "save-the-village-pond")
    a = read(app, "/c/save-the-village-pond.json").get_json()["data"]["attributes"]
    exact = text_hash(
        slug=a["text_slug"],
        title=a["action"],
        recipient=a["recipient"],
        ask=a["background"],
        background=a["additional_details"],
    )
    assert (a["text_slug"], exact) == ("save-the-pond", a["text_hash"])
    history = read(app, "/c/save-the-village-pond/history").text
    assert "with the address it had then: save-the-pond" in history


def test_another_process_follows_the_new_address_too(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    assert read(app).status_code == 200
    lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    expire_campaigns()
    other = make_app(runtime)
    assert [read(one).location for one in (app, other)] == ["/c/save-the-village-pond"] * 2
    assert create_and_find.get_by_slug(runtime, "save-the-pond") is None


@pytest.mark.parametrize("gap", [" ", "\n\n", " " * 200, "\n" * 200])
def test_of_a_long_text_only_what_is_around_a_change_is_shown(app: Flask, runtime: Runtime, now: ManualClock, gap: str) -> None:
    same = " ".join(f"word{number}" for number in range(400))
    campaign = new_campaign(runtime, background=f"{same}{gap}old{gap}{same}{gap}stays{gap}{same}")
    now.advance(days=3)
    changed = campaign.text.background.replace("old", "deep").replace("stays", "remains")
    rewrite(runtime, campaign, "It is deeper.", background=changed)
    page = read(app, "/c/save-the-pond/history")
    assert (page.status_code, html_problems(page.text)) == (200, [])
    words = page_text(page)
    for shown in ("old", "deep", "stays", "remains", "[…]"):
        assert shown in words
    assert words.count("[…]") == 3
    assert "word200" not in words
    assert ("word0" in words, "word399" in words) == (len(gap) < 100, len(gap) < 100)
