"""One signature at the desk: its story, who sees what of it, and what can be done to it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.signatures.sign import sign_campaign, verify_signature, withdraw_signature
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import execute_sql
from tests.support.signatory import run_workers

PATH = "/desk/c/save-the-pond/signatures/1"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Campaign) -> Callable[..., None]:
    def one(**changes: Any) -> None:
        given = {"comment": "<b>Keep</b> it.", "network": "203.0.113.0/24", "source": "leaflet", **changes}
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("ada@example.org", **given))

    return one


@pytest.fixture
def at_desk(runtime: Runtime, app: Flask, campaign: Campaign) -> Callable[[Role], DeskClient]:
    return lambda role: new_campaigner(runtime, app, campaign, role)


def timeline(page: str) -> list[str]:
    """What happened, without its times."""
    told = re.findall(r'<li class="story-\w+"><span class="time muted">[^<]*</span><div>(.*?)</div></li>', page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<br>", " | ", re.sub(r"</?(span|bdi)[^>]*>", "", one))).strip() for one in told]


@on_both_databases
def test_its_timeline_is_shown_in_order(
    runtime: Runtime, campaign: Campaign, sign: Any, at_desk: Callable[[Role], DeskClient], now: ManualClock
) -> None:
    sign()
    run_workers(runtime)
    now.advance(minutes=5)
    sign(name="Ada King", source="")
    run_workers(runtime)
    now.advance(minutes=5)
    verify_signature(runtime, verify_link_of(runtime, 1, 2))
    count.advance_ledgers(runtime)
    mary = at_desk(Role.OWNER)
    now.advance(minutes=5)
    assert mary.post(f"{PATH}/invalidate", {"class": "program", "reason": "a burst"}).status_code == 303
    count.advance_ledgers(runtime)
    now.advance(minutes=1)
    assert mary.post(f"{PATH}/restore").status_code == 422
    assert mary.post(f"{PATH}/restore", {"restore_reason": "A mistake"}).status_code == 303
    count.advance_ledgers(runtime)
    now.advance(minutes=1)
    assert mary.post(f"{PATH}/hide-comment", {"hide_reason": "an insult"}).status_code == 303
    now.advance(minutes=1)
    assert mary.post(f"{PATH}/show-comment").status_code == 303
    now.advance(minutes=1)
    withdraw_signature(runtime, 1)
    count.advance_ledgers(runtime)
    page = mary.get(PATH)
    assert html_problems(page.text) == []
    assert timeline(page.text) == [
        "Signed",
        "Mail with the link to verify: taken by the server",
        "Sent the form again | the details are in their version 2 now",
        "Mail with the link to verify: taken by the server",
        "Mail of thanks: still to be sent, next at 23 Nov 2026, 12:10:00",
        "Opened the page with the button | when exactly is not kept",
        "Verified",
        "Ledger entry 1: +1, running total 1",
        "Invalidated by Mary Seacole | a burst",
        "Ledger entry 2: −1, running total 0",
        "Restored by Mary Seacole | A mistake",
        "Ledger entry 3: +1, running total 1",
        "Comment hidden by Mary Seacole | an insult",
        "Comment shown again by Mary Seacole",
        "Mail that it is withdrawn: still to be sent, next at 23 Nov 2026, 12:19:00",
        "Withdrawn by its signatory",
        "Ledger entry 4: −1, running total 0",
    ]


def test_an_invalidated_one_says_by_whom_what_and_why(sign: Any, at_desk: Callable[[Role], DeskClient]) -> None:
    sign()
    mary = at_desk(Role.MODERATOR)
    page = mary.post(f"{PATH}/invalidate", {"class": "", "reason": "a burst"})
    assert page.status_code == 422
    assert 'href="#class"' in page.text
    page = mary.post(f"{PATH}/invalidate", {"class": "program", "reason": " "})
    assert page.status_code == 422
    assert 'href="#reason"' in page.text
    assert html_problems(page.text) == []
    mary.post(f"{PATH}/invalidate", {"class": "program", "reason": "a burst"})
    assert "Invalidated by Mary Seacole | a burst" in timeline(mary.get(PATH).text)
    said = mary.post(f"{PATH}/invalidate", {"class": "program", "reason": "a burst"}, follow_redirects=True)
    assert "Nothing was changed" in page_text(said)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TYPIST])
def test_each_role_sees_what_it_may(runtime: Runtime, sign: Any, at_desk: Callable[[Role], DeskClient], role: Role) -> None:
    sign()
    execute_sql(runtime, "UPDATE outbox SET state = 'refused', reason = '550 <ada@example.org> is unknown'")
    page = at_desk(role).get(PATH)
    assert page.status_code == 200
    assert html_problems(page.text) == []
    reads = role in (Role.OWNER, Role.MODERATOR)
    for word in ("ada@example.org", "203.0.113.0/24", "SW1A 1AA", "is unknown"):
        assert (word in page.text) == reads, word
    assert "refused for good" in page.text
    assert ("/invalidate" in page.text) == reads
    assert (f"{PATH}/erase" in page.text) == (role is Role.OWNER)
    assert "&lt;b&gt;Keep&lt;/b&gt;" in page.text


def test_a_signature_of_another_campaign_is_not_here(
    runtime: Runtime, app: Flask, sign: Any, at_desk: Callable[[Role], DeskClient]
) -> None:
    sign()
    moor = new_campaign(runtime, slug="moor")
    john = new_campaigner(runtime, app, moor, Role.OWNER)
    there = "/desk/c/moor/signatures/1"
    assert john.get(there).status_code == 404
    for act in ("invalidate", "restore", "hide-comment", "show-comment", "erase"):
        data = {"class": "program", "reason": "x", "hide_reason": "x"}
        assert john.post(f"{there}/{act}", data).status_code == 404, act
    with runtime.reading() as connection:
        row = connection.execute(text("SELECT state, name, comment_hidden FROM signatures")).one()
    assert tuple(row) == ("pending", "Ada Lovelace", "")
    assert john.get(f"/desk/c/moor/signatures/{'9' * 30}").status_code == 404
    assert at_desk(Role.OWNER).get("/desk/c/save-the-pond/signatures/2").status_code == 404


def test_erasing_asks_who_one_is_and_why(sign: Any, at_desk: Callable[[Role], DeskClient], now: ManualClock) -> None:
    sign()
    assert at_desk(Role.MODERATOR).get(f"{PATH}/erase").status_code == 403
    mary = at_desk(Role.OWNER)
    assert html_problems(mary.get(f"{PATH}/erase").text) == []
    now.advance(minutes=11)
    answer = mary.get(f"{PATH}/erase")
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/desk/confirm")
    answer = mary.post(f"{PATH}/erase", {"reason": "they asked"})
    assert (answer.status_code, "/desk/confirm" in answer.text, "they asked" in answer.text) == (401, True, True)
    now.advance(minutes=-11)
    page = mary.post(f"{PATH}/erase", {"reason": ""})
    assert page.status_code == 422
    assert html_problems(page.text) == []
    page = mary.post(f"{PATH}/erase", {"reason": "they asked"}, follow_redirects=True)
    assert "All that was personal in it is erased." in page_text(page)
    assert html_problems(page.text) == []
    assert "ada@example.org" not in page.text
    assert "Everything personal erased by Mary Seacole | they asked" in timeline(page.text)
    assert "/invalidate" not in page.text
    assert "erased already" in page_text(mary.get(f"{PATH}/erase"))
