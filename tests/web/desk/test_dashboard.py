"""The overview of a campaign: exact numbers, from totals and the ledger, and what can be taken away as a file."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count, dashboard
from campaign.services.signatures import sign
from campaign.store.ledger import chart_data
from tests.conftest import on_both_databases
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import execute_sql


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def verify(runtime: Runtime, campaign: Campaign) -> Callable[..., int]:
    """Somebody signs and verifies at once; returns their signature's number."""
    made = []

    def one(**more: Any) -> int:
        number = len(made) + 1
        made.append(number)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"{number}@example.org", **more))
        sign.verify_signature(runtime, verify_link_of(runtime, number))
        count.advance_ledgers(runtime)
        return number

    return one


def test_the_numbers_are_those_of_the_ledger(runtime: Runtime, campaign: Campaign, verify: Any, now: ManualClock) -> None:
    verify()
    now.advance(hours=20)
    withdrawn = verify()
    now.advance(minutes=70)
    verify()
    now.advance(minutes=30)
    sign.withdraw_signature(runtime, withdrawn)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("waits@example.org"))
    count.advance_ledgers(runtime)
    seen = dashboard.live_numbers(runtime, stored_campaign(runtime, campaign))
    # At noon one, at eight next morning one, ten past nine one; at twenty to ten the second went.
    assert (seen.verified, seen.pending, seen.last_hour, seen.today) == (2, 1, 0, 1)
    assert (seen.goal, seen.state.value) == (3, "open")


def test_the_count_at_a_moment_is_found_in_the_ledger(
    runtime: Runtime, campaign: Campaign, verify: Any, now: ManualClock
) -> None:
    moments = []
    for _ in range(9):
        verify()
        moments.append(now())
        now.advance(minutes=7)
    with runtime.reading() as connection:
        found = [chart_data.total_at(connection, campaign.id, moment) for moment in moments]
        assert found == list(range(1, 10))
        assert chart_data.total_at(connection, campaign.id, START_TIME.replace(year=2020)) == 0
        assert chart_data.total_at(connection, campaign.id, now()) == 9


@on_both_databases
def test_the_overview_asks_no_signature_and_only_a_few_questions(
    runtime: Runtime, app: Flask, campaign: Campaign, verify: Any
) -> None:
    for _ in range(12):
        verify(source="leaflet", comment="Keep it.")
    mary = new_campaigner(runtime, app, campaign, Role.VIEWER)
    asked: list[str] = []
    for engine in (runtime.engine, runtime.autocommit_engine):
        event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    page = mary.get("/desk/c/save-the-pond/")
    assert page.status_code == 200
    # The newest comments are found by their index; nothing else reads signatures.
    of_signatures = [sql for sql in asked if "signatures" in sql and "comment" not in sql]
    assert of_signatures == []
    assert len(asked) < 60


def test_the_page_says_where_the_campaign_stands(runtime: Runtime, app: Flask, campaign: Campaign, verify: Any) -> None:
    for _ in range(4):
        verify(source="leaflet")
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)
    page = page_text(mary.get("/desk/c/save-the-pond/"))
    for words in ("4 verified of 10", "3 reached on", "needed a day", "time left 30 days", "Share it with the first people"):
        assert words in page, words
    assert "leaflet" in page_text(mary.get("/desk/c/save-the-pond/figures"))


def test_a_campaign_that_has_just_begun_says_so(runtime: Runtime, app: Flask, campaign: Campaign) -> None:
    page = page_text(new_campaigner(runtime, app, campaign, Role.OWNER).get("/desk/c/save-the-pond/"))
    assert "Nothing counted yet" in page
    assert "likely at the deadline" not in page


def test_what_moves_is_asked_for_again_and_sent_only_where_it_has_moved(
    runtime: Runtime, app: Flask, campaign: Campaign, verify: Any
) -> None:
    mary = new_campaigner(runtime, app, campaign, Role.VIEWER)
    path = "/desk/c/save-the-pond/numbers.json"
    first = mary.get(path)
    assert first.get_json()["words"]["verified"] == "0"
    verify()
    second = mary.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.get_json()["words"]["verified"]) == (200, "1")
    assert mary.get(path, headers={"If-None-Match": second.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("by", ["day", "hour"])
def test_the_chart_ends_at_the_count(
    runtime: Runtime, app: Flask, campaign: Campaign, verify: Any, now: ManualClock, by: str
) -> None:
    for hours in (1, 30, 3, 50):
        verify()
        now.advance(hours=hours)
    mary = new_campaigner(runtime, app, campaign, Role.VIEWER)
    chart = mary.get(f"/desk/c/save-the-pond/growth.json?by={by}").get_json()
    assert chart["total"][-1] == 4
    assert sum(chart["gained"]) == 4
    assert chart["at"] == sorted(set(chart["at"]))
    assert len(chart["at"]) == (2 if by == "day" else 85)


def test_days_are_those_of_the_calendar_when_the_clocks_change(
    runtime: Runtime, app: Flask, verify: Any, now: ManualClock, campaign: Campaign
) -> None:
    now.at = START_TIME.replace(month=3, day=27, year=2027, hour=12)
    execute_sql(runtime, "UPDATE campaigns SET closes_at = '2028-01-01 00:00:00', verify_until = '2028-01-02 00:00:00'")
    for _ in range(4):
        verify()
        now.advance(days=1)
    chart = new_campaigner(runtime, app, campaign, Role.VIEWER).get("/desk/c/save-the-pond/growth.json").get_json()
    assert chart["gained"] == [1, 1, 1, 1]
    assert [b - a for a, b in zip(chart["at"], chart["at"][1:], strict=False)] == [86400, 82800, 86400]


def test_the_funnel_says_what_became_of_those_who_signed(runtime: Runtime, campaign: Campaign, verify: Any) -> None:
    verify()
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("waits@slow.example"))
    count.advance_ledgers(runtime)
    funnel = dashboard.verification_funnel(runtime, campaign)
    assert (funnel.total.submitted, funnel.total.verified) == (2, 1)
    # A domain of a few people is those people.
    assert (funnel.by_domain, funnel.other_domains.submitted) == ((), 2)
    for number in range(4):
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"{number}@slow.example"))
    count.advance_ledgers(runtime)
    funnel = dashboard.verification_funnel(runtime, campaign)
    assert {one.key: (one.submitted, one.verified) for one in funnel.by_domain} == {"slow.example": (5, 0)}
    assert (funnel.other_domains.submitted, funnel.other_domains.verified) == (1, 1)


def test_files_are_whole_and_harmless(runtime: Runtime, app: Flask, campaign: Campaign, verify: Any) -> None:
    verify(source="=cmd|' /c calc'!a1")
    verify(source="leaflet")
    mary = new_campaigner(runtime, app, campaign, Role.VIEWER)
    rows = {}
    for name in ("growth", "funnel", "origins"):
        answer = mary.get(f"/desk/c/save-the-pond/{name}.csv")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="save-the-pond-{name}.csv"'
        assert answer.headers["Cache-Control"] == "no-store"
        rows[name] = list(csv.reader(io.StringIO(answer.text)))
    assert ["source", "leaflet", "1"] in rows["origins"]
    assert ["source", "'=cmd|' /c calc'!a1", "1"] in rows["origins"]
    assert rows["growth"][1][1:] == ["2", "0", "2"]
    assert rows["funnel"][1][0] == "hour"
