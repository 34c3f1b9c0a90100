"""One signature at the desk: its story, who sees what of it, and what can be done to it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import counting, signing
from campaign.domain.role import Role
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from tests.desk import Campaigner, new_campaigner, text_of
from tests.drivers import work
from tests.factories import Now, link_to, new_campaign, submission
from tests.html import problems

ROOM = "/desk/c/save-the-pond/signatures/1"


@pytest.fixture
def campaign(runtime: Runtime) -> Standing:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Standing) -> Callable[..., None]:
    def one(**changes: Any) -> None:
        given = {"comment": "<b>Keep</b> it.", "network": "203.0.113.0/24", "source": "leaflet", **changes}
        signing.sign(runtime, campaign.id, campaign.text.hash, submission("ada@example.org", **given))

    return one


@pytest.fixture
def at_desk(runtime: Runtime, app: Flask, campaign: Standing) -> Callable[[Role], Campaigner]:
    return lambda role: new_campaigner(runtime, app, campaign, role)


def story(page: str) -> list[str]:
    """What happened, without its times."""
    told = re.findall(r'<li class="story-\w+"><span class="time muted">[^<]*</span><div>(.*?)</div></li>', page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<br>", " | ", re.sub(r"</?(span|bdi)[^>]*>", "", one))).strip() for one in told]


def test_its_story_is_told_in_its_order(
    runtime: Runtime, campaign: Standing, sign: Any, at_desk: Callable[[Role], Campaigner], now: Now
) -> None:
    sign()
    work(runtime)
    now.forward(minutes=5)
    sign(name="Ada King", source="")
    work(runtime)
    now.forward(minutes=5)
    signing.verify(runtime, link_to(runtime, 1, 2))
    counting.advance_all(runtime)
    mary = at_desk(Role.OWNER)
    now.forward(minutes=5)
    assert mary.post(f"{ROOM}/invalidate", {"class": "program", "reason": "a burst"}).status_code == 303
    counting.advance_all(runtime)
    now.forward(minutes=1)
    assert mary.post(f"{ROOM}/restore").status_code == 303
    counting.advance_all(runtime)
    now.forward(minutes=1)
    assert mary.post(f"{ROOM}/hide-comment", {"hide_reason": "an insult"}).status_code == 303
    now.forward(minutes=1)
    assert mary.post(f"{ROOM}/show-comment").status_code == 303
    now.forward(minutes=1)
    signing.withdraw(runtime, 1)
    counting.advance_all(runtime)
    page = mary.get(ROOM)
    assert problems(page.text) == []
    assert story(page.text) == [
        "Signed",
        "Mail with the link to verify: taken by the server",
        "Sent the form again | the details are in their edition 2 now",
        "Mail with the link to verify: taken by the server",
        "Mail of thanks: still to be sent, next at 23 Nov 2026, 12:10:00",
        "Opened the page with the button | when exactly is not kept",
        "Verified",
        "Ledger entry 1: +1, running total 1",
        "Invalidated by Mary Seacole | a burst",
        "Ledger entry 2: −1, running total 0",
        "Restored by Mary Seacole",
        "Ledger entry 3: +1, running total 1",
        "Comment hidden by Mary Seacole | an insult",
        "Comment shown again by Mary Seacole",
        "Mail that it is withdrawn: still to be sent, next at 23 Nov 2026, 12:19:00",
        "Withdrawn by its signatory",
        "Ledger entry 4: −1, running total 0",
    ]


def test_an_invalidated_one_says_by_whom_what_and_why(
    runtime: Runtime, sign: Any, at_desk: Callable[[Role], Campaigner]
) -> None:
    sign()
    mary = at_desk(Role.MODERATOR)
    page = mary.post(f"{ROOM}/invalidate", {"class": "", "reason": "a burst"})
    assert page.status_code == 422
    assert 'href="#class"' in page.text
    page = mary.post(f"{ROOM}/invalidate", {"class": "program", "reason": " "})
    assert page.status_code == 422
    assert 'href="#reason"' in page.text
    assert problems(page.text) == []
    mary.post(f"{ROOM}/invalidate", {"class": "program", "reason": "a burst"})
    assert "Invalidated by Mary Seacole | a burst" in story(mary.get(ROOM).text)
    said = mary.post(f"{ROOM}/invalidate", {"class": "program", "reason": "a burst"}, follow_redirects=True)
    assert "Nothing was changed" in text_of(said)


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_what_it_may(runtime: Runtime, sign: Any, at_desk: Callable[[Role], Campaigner], role: Role) -> None:
    sign()
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE outbox SET state = 'refused', reason = '550 <ada@example.org> is unknown'"))
    page = at_desk(role).get(ROOM)
    assert page.status_code == 200
    assert problems(page.text) == []
    reads = role in (Role.OWNER, Role.MODERATOR)
    for word in ("ada@example.org", "203.0.113.0/24", "SW1A 1AA", "is unknown"):
        assert (word in page.text) == reads, word
    assert "refused for good" in page.text
    assert ("/invalidate" in page.text) == reads
    assert (f"{ROOM}/erase" in page.text) == (role is Role.OWNER)
    assert "&lt;b&gt;Keep&lt;/b&gt;" in page.text


def test_a_signature_of_another_campaign_is_not_here(
    runtime: Runtime, app: Flask, sign: Any, at_desk: Callable[[Role], Campaigner]
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


def test_erasing_asks_who_one_is_and_why(runtime: Runtime, sign: Any, at_desk: Callable[[Role], Campaigner], now: Now) -> None:
    sign()
    assert at_desk(Role.MODERATOR).get(f"{ROOM}/erase").status_code == 403
    mary = at_desk(Role.OWNER)
    assert problems(mary.get(f"{ROOM}/erase").text) == []
    now.forward(minutes=11)
    for answer in (mary.get(f"{ROOM}/erase"), mary.post(f"{ROOM}/erase", {"reason": "they asked"})):
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/desk/confirm")
    now.forward(minutes=-11)
    page = mary.post(f"{ROOM}/erase", {"reason": ""})
    assert page.status_code == 422
    assert problems(page.text) == []
    page = mary.post(f"{ROOM}/erase", {"reason": "they asked"}, follow_redirects=True)
    assert "All that was personal in it is erased." in text_of(page)
    assert problems(page.text) == []
    assert "ada@example.org" not in page.text
    assert "Everything personal erased by Mary Seacole | they asked" in story(page.text)
    assert "/invalidate" not in page.text
    assert "erased already" in text_of(mary.get(f"{ROOM}/erase"))
