"""Telling teams by mail: once, those who want it, and in time."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import counting, reporting, signing
from campaign.domain.role import Role
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from tests.desk import new_campaigner
from tests.drivers import work
from tests.factories import Now, link_to, new_campaign, submission
from tests.servers import MailServer

MARY = "mary@campaign.example"


@pytest.fixture
def campaign(runtime: Runtime) -> Standing:
    return new_campaign(runtime)


@pytest.fixture
def team(runtime: Runtime, app: Flask, campaign: Standing) -> None:
    new_campaigner(runtime, app, campaign, Role.OWNER, email=MARY)
    new_campaigner(runtime, app, campaign, Role.VIEWER, email="quiet@campaign.example", name="Quiet One")
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE campaigners SET told = false WHERE email = 'quiet@campaign.example'"))


def verify(runtime: Runtime, campaign: Standing, *numbers: int) -> None:
    for number in numbers:
        signing.sign(runtime, campaign.id, campaign.text.hash, submission(f"{number}@example.org"))
        signing.verify(runtime, link_to(runtime, number))
    counting.advance_all(runtime)


def subjects(mail: MailServer, address: str = MARY) -> list[str]:
    return [str(one["Subject"]) for one in mail.to(address)]


def test_a_goal_that_is_reached_is_told_once_to_who_wants_it(
    runtime: Runtime, campaign: Standing, team: None, mail: MailServer, now: Now
) -> None:
    verify(runtime, campaign, 1, 2)
    work(runtime)
    assert subjects(mail) == []
    verify(runtime, campaign, 3)
    for _ in range(2):
        work(runtime)
        assert reporting.report(runtime) == 0
    assert subjects(mail) == ["3 signatures: Save the village pond"]
    assert subjects(mail, "quiet@campaign.example") == []
    now.forward(days=3)
    assert reporting.report(runtime) == 0


def test_a_deadline_that_comes_near_is_told_three_days_and_one_day_before(
    runtime: Runtime, campaign: Standing, team: None, mail: MailServer, now: Now
) -> None:
    now.forward(days=26)
    assert reporting.report(runtime) == 0
    now.forward(days=1, hours=1)
    assert [reporting.report(runtime) for _ in range(2)] == [1, 0]
    now.forward(days=2)
    assert [reporting.report(runtime) for _ in range(2)] == [1, 0]
    work(runtime)
    assert subjects(mail) == ["Closes in three days: Save the village pond", "Closes tomorrow: Save the village pond"]


def test_a_deadline_that_was_extended_comes_near_again(runtime: Runtime, campaign: Standing, team: None, now: Now) -> None:
    now.forward(days=29, hours=12)
    assert reporting.report(runtime) == 1
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE campaigns SET closes_at = '2027-02-01 00:00:00', verify_until = '2027-02-02 00:00:00'"))
    assert reporting.report(runtime) == 0
    now.forward(days=39)
    assert reporting.report(runtime) == 1


def test_who_wants_a_digest_gets_one_each_morning(
    runtime: Runtime, campaign: Standing, team: None, mail: MailServer, now: Now
) -> None:
    moor = new_campaign(runtime, slug="moor", title="Save the moor")
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE campaigners SET digest = true WHERE email = :email"), {"email": MARY})
        sql = text("INSERT INTO team (campaign_id, campaigner_id, role, created_at) SELECT :id, id, 'viewer', created_at "
                   "FROM campaigners WHERE email = :email")  # fmt: skip
        connection.execute(sql, {"id": moor.id, "email": MARY})
    verify(runtime, campaign, 1, 2)
    assert reporting.report(runtime) == 1
    now.forward(hours=15)
    assert reporting.report(runtime) == 0
    now.forward(hours=6)
    verify(runtime, campaign, 3)
    assert reporting.report(runtime) == 2
    assert reporting.report(runtime) == 0
    work(runtime)
    [_, digest] = [one for one in mail.to(MARY) if "gained" in str(one["Subject"])]
    body: Any = digest.get_body(("plain",))
    assert "Save the village pond: 2 gained, 3 in all" in body.get_content()
    assert "Save the moor: 0 gained, 0 in all" in body.get_content()


def test_the_desks_of_two_machines_tell_each_thing_once(
    make_runtime: Any, runtime: Runtime, campaign: Standing, team: None
) -> None:
    verify(runtime, campaign, 1, 2, 3)
    other = make_runtime()
    assert sorted([reporting.report(runtime), reporting.report(other)]) == [0, 1]
