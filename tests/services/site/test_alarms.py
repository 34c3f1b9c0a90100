"""Alarms: raised at the first sign, mailed once a day to those who can do something, standing until over or put aside."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.site.alarm import FLOOD_SIGNATURES, FLOOD_WAITING_MAILS, MIN_MAILS_FOR_BOUNCE_RATE, AlarmKind
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.moderation import flags
from campaign.services.signatures import sign
from campaign.services.site import alarms
from campaign.store.redis import mail_failure
from campaign.store.redis.mail_failure import MailFailure
from campaign.store.site import alarms as alarm_store
from tests.support.desk_client import new_campaigner
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

OWNER, MODERATOR, VIEWER, OPERATOR = (f"{who}@desk.example" for who in ("owner", "moderator", "viewer", "operator"))
COMMAND = Actor("command line")


@pytest.fixture
def campaign(runtime: Runtime, app: Flask) -> Campaign:
    campaign = new_campaign(runtime)
    for role, email in ((Role.OWNER, OWNER), (Role.MODERATOR, MODERATOR), (Role.VIEWER, VIEWER)):
        new_campaigner(runtime, app, campaign, role, email=email)
    new_campaigner(runtime, app, email=OPERATOR, operator=True)
    return campaign


def sign_many(runtime: Runtime, campaign: Campaign, amount: int, network: str) -> None:
    for number in range(amount):
        given = sign_form_data(f"p{number}@mail{number}.example", network=network)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)


def standing(runtime: Runtime, campaign: Campaign | None) -> list[AlarmKind]:
    return sorted(one.kind for one in alarms.standing_alarms(runtime, campaign))


def told(mail: MailServer, *addresses: str) -> list[list[str]]:
    return [sorted(str(one["Subject"]) for one in mail.mails_to(address)) for address in addresses]


def test_a_serious_flag_is_told_at_once_to_those_who_can_judge_it_and_is_over_when_dismissed(
    runtime: Runtime, campaign: Campaign, mail: MailServer
) -> None:
    sign_many(runtime, campaign, 60, "198.51.100.0/24")
    assert flags.raise_flags(runtime) > 0
    assert standing(runtime, campaign) == [AlarmKind.SERIOUS_FLAG]
    assert [alarms.raise_alarms(runtime) for _ in range(2)] == [1, 0]
    run_workers(runtime)
    subject = ["Signatures that look odd: Save the village pond"]
    assert told(mail, OWNER, MODERATOR, OPERATOR, VIEWER) == [subject, subject, subject, []]
    for flag in flags.list_flags(runtime, campaign):
        assert standing(runtime, campaign) == [AlarmKind.SERIOUS_FLAG]
        flags.dismiss_flag(runtime, COMMAND, campaign, flag.id)
    assert standing(runtime, campaign) == []


def test_a_flood_from_one_network_raises_one_alarm_a_day_and_is_over_when_it_ends(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    sign_many(runtime, campaign, FLOOD_SIGNATURES - 1, "198.51.100.0/24")
    flags.raise_flags(runtime)
    assert AlarmKind.FLOOD not in standing(runtime, campaign)
    given = sign_form_data("one.more@mail.example", network="198.51.100.0/24")
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
    flags.raise_flags(runtime)
    assert AlarmKind.FLOOD in standing(runtime, campaign)
    alarms.raise_alarms(runtime)
    now.advance(minutes=61)
    assert AlarmKind.FLOOD not in standing(runtime, campaign)
    with runtime.transaction() as connection:
        alarm_store.raise_alarm(connection, AlarmKind.FLOOD, runtime.now(), campaign_id=campaign.id)
    assert AlarmKind.FLOOD in standing(runtime, campaign)
    assert alarms.raise_alarms(runtime) == 0
    now.advance(days=1)
    with runtime.transaction() as connection:
        alarm_store.raise_alarm(connection, AlarmKind.FLOOD, runtime.now(), campaign_id=campaign.id)
    assert alarms.raise_alarms(runtime) == 1


def test_mails_that_wait_behind_others_of_their_network_are_a_flood(runtime: Runtime, campaign: Campaign) -> None:
    # Each has its place ten seconds after the last: only those more than ten minutes away count.
    sign_many(runtime, campaign, FLOOD_WAITING_MAILS + 60, "198.51.100.0/24")
    alarms.raise_alarms(runtime)
    assert standing(runtime, campaign) == []
    given = sign_form_data("one.more@mail.example", network="198.51.100.0/24")
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
    alarms.raise_alarms(runtime)
    assert standing(runtime, campaign) == [AlarmKind.FLOOD]


@pytest.mark.parametrize(("bounced", "raised"), [(5, []), (6, [AlarmKind.BOUNCES])])
def test_more_than_five_of_a_hundred_mails_that_come_back_raise_an_alarm(
    runtime: Runtime, campaign: Campaign, bounced: int, raised: list[AlarmKind]
) -> None:
    for number in range(MIN_MAILS_FOR_BOUNCE_RATE):
        given = sign_form_data(f"p{number}@example.org", network=f"203.0.{number}.0/24")
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE outbox SET state = 'sent' WHERE kind = 'verify'"))
        refused = text("UPDATE outbox SET state = 'refused' WHERE id IN (SELECT id FROM outbox WHERE kind = 'verify' LIMIT :n)")
        connection.execute(refused, {"n": bounced})
    count.advance_ledgers(runtime)
    count.count_verification_mails(runtime)
    alarms.raise_alarms(runtime)
    assert standing(runtime, campaign) == raised


def test_a_sender_that_is_refused_is_an_alarm_of_the_site_for_operators_alone(
    runtime: Runtime, campaign: Campaign, mail: MailServer, now: ManualClock
) -> None:
    failure = MailFailure(runtime.now(), "550 5.7.1", sender_refused=True)
    mail_failure.note_mail_failure(runtime.redis, failure)
    assert alarms.raise_alarms(runtime) == 1
    assert (standing(runtime, None), standing(runtime, campaign)) == ([AlarmKind.SENDER_REFUSED], [])
    mail_failure.clear_mail_failure(runtime.redis)
    run_workers(runtime)
    assert told(mail, OPERATOR, OWNER) == [["The mail server refuses our sender"], []]
    now.advance(minutes=16)
    assert (alarms.raise_alarms(runtime), standing(runtime, None)) == (0, [])


def test_an_alarm_put_aside_stays_so_while_it_goes_on(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    def renew() -> None:
        with runtime.transaction() as connection:
            alarm_store.raise_alarm(connection, AlarmKind.WITNESS_REFUSED, runtime.now())

    renew()
    assert alarms.raise_alarms(runtime) == 1
    (alarm,) = alarms.standing_alarms(runtime, None)
    assert not alarms.dismiss_alarm(runtime, COMMAND, alarm.id, campaign)
    assert [alarms.dismiss_alarm(runtime, COMMAND, alarm.id, None) for _ in range(2)] == [True, False]
    for _ in range(3):
        now.advance(days=1)
        renew()
        assert (alarms.raise_alarms(runtime), standing(runtime, None)) == (0, [])
    now.advance(seconds=(timedelta(days=7) + timedelta(seconds=1)).total_seconds())
    renew()
    assert (alarms.raise_alarms(runtime), standing(runtime, None)) == (1, [AlarmKind.WITNESS_REFUSED])
