"""Related campaigns: who comes too late for one is led to others that can be signed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, template_rendered

from campaign.runtime import Runtime
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import START_TIME, ManualClock, new_campaign
from tests.support.signatory import Signatory, run_workers

OURS: dict[str, Any] = {"organiser": "Friends of the Pond", "recipient": "The parish council"}


def related(page: str) -> list[str]:
    """The titles of the campaigns a closed page leads on to."""
    [section] = re.findall(r'<section aria-labelledby="on-title">.*?</section>', page, re.DOTALL)
    return re.findall(r"<h3[^>]*><a[^>]*>([^<]+)</a>", section)


def test_a_closed_campaign_leads_to_others_of_its_organiser_then_to_its_recipient_then_to_the_newest(
    runtime: Runtime, now: ManualClock
) -> None:
    new_campaign(runtime, slug="over", title="Over", closes_at=START_TIME + timedelta(hours=1), **OURS)
    others = {"organiser": "Others", "recipient": "The Government"}
    new_campaign(runtime, slug="old", title="Old", **others)
    new_campaign(runtime, slug="to", title="To the same", organiser="Others", recipient="The parish council")
    new_campaign(runtime, slug="by", title="By the same", organiser=OURS["organiser"], recipient="The Government")
    new_campaign(runtime, slug="over-too", title="Over too", closes_at=START_TIME + timedelta(hours=1), **OURS)
    new_campaign(runtime, slug="later", title="Later", opens_at=START_TIME + timedelta(days=1), **OURS)
    new_campaign(runtime, slug="new", title="New", opens_at=START_TIME + timedelta(minutes=1), **others)
    now.advance(hours=2)
    page = make_app(runtime).test_client().get("/c/over").text
    assert related(page) == ["By the same", "To the same", "New"]
    assert html_problems(page) == []


def test_an_open_campaign_leads_to_no_other(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, title="One")
    new_campaign(runtime, slug="two", title="Two")
    assert "on-title" not in app.test_client().get("/c/save-the-pond").text


def test_where_nothing_can_be_signed_a_closed_page_leads_to_its_updates(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    new_campaign(runtime, closes_at=START_TIME + timedelta(hours=1))
    now.advance(hours=2)
    page = app.test_client().get("/c/save-the-pond").text
    assert related(page) == []
    assert "Read what happens next" in page


def test_readers_of_a_closed_page_cost_one_search_a_minute(runtime: Runtime, now: ManualClock, statements: list[str]) -> None:
    new_campaign(runtime, slug="over", closes_at=START_TIME + timedelta(hours=1))
    new_campaign(runtime, slug="open")
    now.advance(hours=2)
    reader = make_app(runtime).test_client()
    for _ in range(5):
        now.advance(seconds=1)
        assert related(reader.get("/c/over").text) != []
    assert len([sql for sql in statements if "ORDER BY CASE" in sql]) == 1


def test_a_closed_page_is_rendered_anew_only_where_it_shows_something_else(
    runtime: Runtime, now: ManualClock, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime, slug="over", closes_at=START_TIME + timedelta(hours=1))
    new_campaign(runtime, slug="open", closes_at=START_TIME + timedelta(hours=2, minutes=30))
    now.advance(hours=2)
    site, rendered = make_app(runtime), []
    reader = site.test_client()

    def read() -> str:
        now.advance(seconds=1)
        expire_campaigns()
        with template_rendered.connected_to(lambda *_, template, **__: rendered.append(template.name), site):
            return reader.get("/c/over").text

    first = read()
    assert related(first) != []
    assert {read() for _ in range(4)} == {first}
    assert rendered == ["campaign/page.html"]
    # The number on a card moves, and its campaign closes: each is seen at the next look.
    ada = signatory(slug="open")
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    assert "<strong>1</strong> signature<" in read()
    now.advance(minutes=31)
    assert related(read()) == []
    assert rendered == ["campaign/page.html"] * 3
