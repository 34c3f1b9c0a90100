"""Updates for everybody: pages, feed, the story of a campaign that has ended, and the unsubscribe link."""

from datetime import date, timedelta
from xml.etree import ElementTree

from flask import Flask
from sqlalchemy import text, update

from campaign.domain.accounts.actor import Actor
from campaign.domain.updates.update import UpdateKind, UpdateResult, UpdateText
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.ledger import count
from campaign.services.updates import write
from campaign.services.updates.read import PAGE_SIZE
from campaign.store.tables import campaigns
from tests.html_validator import html_problems
from tests.page_states.updates import publish
from tests.services.updates.test_updates import add_signatures
from tests.support.caches import expire_campaigns
from tests.support.factories import START_TIME, ManualClock, new_campaign
from tests.support.queries import execute_sql, query_scalar

HERON = UpdateText(UpdateKind.NEWS, "A <heron> & more", "It came *today*.")
ANSWER = UpdateText(
    UpdateKind.ANSWERED, "They have answered", "We are glad.", date(2026, 11, 20), "The parish council", "The pond **stays**."
)
WON = UpdateText(UpdateKind.ENDED, "The pond stays", "Thank you.", date(2026, 11, 21), result=UpdateResult.WON)
ATOM = "{http://www.w3.org/2005/Atom}"


def test_updates_are_on_the_page_of_the_campaign_in_the_list_and_each_by_itself(
    runtime: Runtime, app: Flask, now: ManualClock
) -> None:
    pond, browser = new_campaign(runtime), app.test_client()
    assert "/updates" not in browser.get("/c/save-the-pond").text
    draft = write.create_draft(runtime, Actor("Mary"), pond, HERON, wants_mail=False)
    write.schedule_update(runtime, Actor("Mary"), pond, draft, runtime.now() + timedelta(hours=1))
    assert browser.get("/c/save-the-pond/updates/7").status_code == 404
    publish(runtime, pond, ANSWER)
    now.advance(seconds=10)
    expire_campaigns()
    for path in ("/c/save-the-pond", "/c/save-the-pond/updates", "/c/save-the-pond/updates/1"):
        page = browser.get(path)
        assert html_problems(page.text) == [], path
        assert "The parish council answered on 20 November 2026." in page.text
        assert "heron" not in page.text
        assert "Set-Cookie" not in page.headers
        assert "public" in page.headers["Cache-Control"]
    assert "<strong>stays</strong>" in browser.get("/c/save-the-pond/updates/1").text
    for number in ("0", "2", "99999999999999999999", "x"):
        assert browser.get(f"/c/save-the-pond/updates/{number}").status_code == 404
    assert "Mary" not in browser.get("/c/save-the-pond/updates/1").text


def test_older_updates_are_on_pages_of_their_own(runtime: Runtime, app: Flask) -> None:
    pond, browser = new_campaign(runtime), app.test_client()
    for number in range(1, PAGE_SIZE + 3):
        publish(runtime, pond, UpdateText(UpdateKind.NEWS, f"Number {number}.", "…"))
    first = browser.get("/c/save-the-pond/updates").text
    assert "Number 22." in first
    assert "Number 2." not in first
    assert "/c/save-the-pond/updates?page=2" in first
    older = browser.get("/c/save-the-pond/updates?page=2").text
    assert "Number 2." in older
    assert "Older updates" not in older
    for odd in ("", "-1", "0", "999999999", "9" * 40, "\u0663", "x"):
        assert browser.get("/c/save-the-pond/updates", query_string={"page": odd}).status_code == 200


def test_the_feed_is_valid_and_its_ids_stay(runtime: Runtime, app: Flask, now: ManualClock) -> None:
    pond, browser = new_campaign(runtime), app.test_client()
    publish(runtime, pond, HERON)
    now.advance(days=1)
    publish(runtime, pond, ANSWER)

    def feed(slug: str) -> ElementTree.Element:
        answer = browser.get(f"/c/{slug}/updates/feed.atom")
        assert answer.mimetype == "application/atom+xml"
        assert "Set-Cookie" not in answer.headers
        return ElementTree.fromstring(answer.text)

    def ids(root: ElementTree.Element) -> list[str | None]:
        return [each.findtext(f"{ATOM}id") for each in (root, *root.iter(f"{ATOM}entry"))]

    root = feed("save-the-pond")
    assert all(root.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    newest, heron = root.iter(f"{ATOM}entry")
    assert heron.findtext(f"{ATOM}title") == "A <heron> & more"
    assert heron.findtext(f"{ATOM}published") == "2026-11-23T12:00:00Z"
    assert "<strong>stays</strong>" in (newest.findtext(f"{ATOM}content") or "")
    known = ids(root)
    assert len(set(known)) == 3
    assert lifecycle.change_slug(runtime, pond, Actor("Mary"), "keep-the-pond") is not None
    expire_campaigns()
    assert ids(feed("keep-the-pond")) == known


def test_a_campaign_that_has_ended_tells_what_became_of_it_and_leads_on(runtime: Runtime, app: Flask, now: ManualClock) -> None:
    pond, browser = new_campaign(runtime), app.test_client()
    execute_sql(runtime, "UPDATE tallies SET verified = 12346, sequence = 12346, revision = revision + 1")
    count.refresh_campaign_cache(runtime)
    assert "Share this campaign" in browser.get("/c/save-the-pond").text
    now.at = pond.window.closes_at
    for said in (WON, ANSWER):
        publish(runtime, pond, said)
    expire_campaigns()
    page = browser.get("/c/save-the-pond").text
    assert html_problems(page) == []
    assert "Share this campaign" not in page
    assert "12,346 people signed." in page
    # In the order in which it happened, whatever was told first.
    assert page.index("The parish council answered on 20 November 2026.") < page.index("Won on 21 November 2026.")
    assert "<strong>stays</strong>" in page
    assert "/?list=open" in page
    told = browser.get("/c/save-the-pond.json").get_json()["data"]["attributes"]
    assert told["government_response"]["details"] == "The pond **stays**."
    assert told["government_response"]["responded_on"] == "2026-11-20"
    assert told["government_response_at"] == "2026-12-23T12:00:00Z"


def test_only_the_button_and_one_click_unsubscribe(runtime: Runtime, app: Flask) -> None:
    pond, browser = new_campaign(runtime), app.test_client()
    (first,) = add_signatures(runtime, pond, 1)
    update_id = publish(runtime, pond, HERON)
    link_key = query_scalar(runtime, "SELECT link_key FROM signatures")
    path = f"/u/{runtime.tokens.unsubscribe_token(first, link_key, update_id)}"

    def consents() -> bool:
        return bool(query_scalar(runtime, "SELECT updates FROM signatures"))

    for ask in (browser.get, browser.head, browser.options):
        answer = ask(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert consents()
    page = browser.get(path)
    assert html_problems(page.text) == []
    assert "Save the village pond" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    with runtime.transaction() as connection:
        connection.execute(update(campaigns).values(taken_down_at=START_TIME))
    # As a mail program sends it: no cookie, no page before it, from anywhere; again and again.
    for _ in range(2):
        answer = browser.post(
            path,
            data={"List-Unsubscribe": "One-Click"},
            headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
        )
        assert (answer.status_code, answer.location) == (200, None)
        assert "You get no more emails" in answer.text
        assert not consents()
        assert "Set-Cookie" not in answer.headers
    for wrong in (path[:-1], f"{path}x", "/u/x", "/u/1-2-3.4", f"/u/{runtime.tokens.manage_token(first, link_key)}"):
        assert browser.get(wrong).status_code == browser.post(wrong).status_code == 404
    with runtime.transaction() as connection:
        connection.execute(text("DELETE FROM outbox"))
        connection.execute(text("DELETE FROM signatures"))
    assert browser.post(path).status_code == 200
