"""Telling teams by mail: once, those who want it, and in time."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.services.site import team_mails
from tests.support.desk_client import new_campaigner
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import execute_sql
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

MARY = "mary@campaign.example"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def team(runtime: Runtime, app: Flask, campaign: Campaign) -> None:
    new_campaigner(runtime, app, campaign, Role.OWNER, email=MARY)
    new_campaigner(runtime, app, campaign, Role.VIEWER, email="quiet@campaign.example", name="Quiet One")
    execute_sql(runtime, "UPDATE campaigners SET wants_alerts = false WHERE email = 'quiet@campaign.example'")


def verify(runtime: Runtime, campaign: Campaign, *numbers: int) -> None:
    for number in numbers:
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"{number}@example.org"))
        sign.verify_signature(runtime, verify_link_of(runtime, number))
    count.advance_ledgers(runtime)


def subjects(mail: MailServer, address: str = MARY) -> list[str]:
    return [str(one["Subject"]) for one in mail.mails_to(address)]


def test_a_goal_that_is_reached_is_told_once_to_who_wants_it(
    runtime: Runtime, campaign: Campaign, team: None, mail: MailServer, now: ManualClock
) -> None:
    verify(runtime, campaign, 1, 2)
    run_workers(runtime)
    assert subjects(mail) == []
    verify(runtime, campaign, 3)
    for _ in range(2):
        run_workers(runtime)
        assert team_mails.enqueue_team_mails(runtime) == 0
    assert subjects(mail) == ["3 signatures: Save the village pond"]
    assert subjects(mail, "quiet@campaign.example") == []
    now.advance(days=3)
    assert team_mails.enqueue_team_mails(runtime) == 0


def test_a_deadline_that_comes_near_is_told_three_days_and_one_day_before(
    runtime: Runtime, campaign: Campaign, team: None, mail: MailServer, now: ManualClock
) -> None:
    now.advance(days=26)
    assert team_mails.enqueue_team_mails(runtime) == 0
    now.advance(days=1, hours=1)
    assert [team_mails.enqueue_team_mails(runtime) for _ in range(2)] == [1, 0]
    now.advance(days=2)
    assert [team_mails.enqueue_team_mails(runtime) for _ in range(2)] == [1, 0]
    run_workers(runtime)
    assert subjects(mail) == ["Closes in three days: Save the village pond", "Closes tomorrow: Save the village pond"]


def test_a_deadline_that_was_extended_comes_near_again(
    runtime: Runtime, campaign: Campaign, team: None, now: ManualClock
) -> None:
    now.advance(days=29, hours=12)
    assert team_mails.enqueue_team_mails(runtime) == 1
    execute_sql(runtime, "UPDATE campaigns SET closes_at = '2027-02-01 00:00:00', verify_until = '2027-02-02 00:00:00'")
    assert team_mails.enqueue_team_mails(runtime) == 0
    now.advance(days=39)
    assert team_mails.enqueue_team_mails(runtime) == 1


def test_who_wants_a_digest_gets_one_each_morning(
    runtime: Runtime, campaign: Campaign, team: None, mail: MailServer, now: ManualClock
) -> None:
    moor = new_campaign(runtime, slug="moor", title="Save the moor")
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE campaigners SET wants_digest = true WHERE email = :email"), {"email": MARY})
        sql = text(
            """INSERT INTO team_members (campaign_id, campaigner_id, role, created_at)
               SELECT :id, id, 'viewer', created_at FROM campaigners WHERE email = :email"""
        )
        connection.execute(sql, {"id": moor.id, "email": MARY})
    verify(runtime, campaign, 1, 2)
    assert team_mails.enqueue_team_mails(runtime) == 1
    now.advance(hours=15)
    assert team_mails.enqueue_team_mails(runtime) == 0
    now.advance(hours=6)
    verify(runtime, campaign, 3)
    assert team_mails.enqueue_team_mails(runtime) == 2
    assert team_mails.enqueue_team_mails(runtime) == 0
    run_workers(runtime)
    [_, digest] = [one for one in mail.mails_to(MARY) if "gained" in str(one["Subject"])]
    body: Any = digest.get_body(("plain",))
    assert "Save the village pond: 2 gained, 3 in all" in body.get_content()
    assert "Save the moor: 0 gained, 0 in all" in body.get_content()


def test_the_desks_of_two_machines_tell_each_thing_once(
    make_runtime: Any, runtime: Runtime, campaign: Campaign, team: None
) -> None:
    verify(runtime, campaign, 1, 2, 3)
    other = make_runtime()
    assert sorted([team_mails.enqueue_team_mails(runtime), team_mails.enqueue_team_mails(other)]) == [0, 1]
