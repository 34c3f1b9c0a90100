"""Delays of mails at the moment: measured of many, said of none."""

from datetime import timedelta
from typing import Any

import pytest

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.delay import MIN_MAILS, MailDelays, measured_delays
from campaign.runtime import Runtime
from campaign.services.mail import delays
from campaign.services.signatures import sign
from campaign.store.mail import outbox
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.queries import execute_sql


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


def sign_up(runtime: Runtime, campaign: Campaign, domain: str, amount: int, **more: Any) -> None:
    for number in range(amount):
        given = {"network": f"203.0.{number}.0/24", **more}
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"p{number}@{domain}", **given))


def send_all(runtime: Runtime) -> None:
    with runtime.transaction() as connection:
        for mail in outbox.claim_mails(connection, runtime.now(), timedelta(seconds=60), 1000):
            outbox.mark_sent(connection, [mail], runtime.now())


def put_off(runtime: Runtime) -> None:
    with runtime.transaction() as connection:
        for mail in outbox.claim_mails(connection, runtime.now(), timedelta(seconds=60), 1000):
            outbox.postpone_mail(connection, mail, "451", runtime.now() + timedelta(minutes=2))


def test_each_provider_has_its_own_delay_and_one_that_is_slow_alone_is_named(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    sign_up(runtime, campaign, "hotmail.com", MIN_MAILS)
    put_off(runtime)
    now.advance(minutes=9)
    sign_up(runtime, campaign, "gmail.com", 40)
    now.advance(seconds=12)
    execute_sql(runtime, "UPDATE outbox SET due_at = :later WHERE attempts > 0", later="2099-01-01 00:00:00")
    send_all(runtime)
    found = delays.measure_mail_delays(runtime)
    assert found.by_provider == {"Gmail": 12, "Outlook": 552}
    assert delays.mail_delays_now(runtime) == found
    assert found.of_address("ann@hotmail.co.uk") == ("Outlook", 552)
    assert found.of_address("ann@gmail.com") == ("", 12)
    assert found.of_address("ann@pond.example") == ("", 12)


def test_of_fewer_than_five_nothing_is_said(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    sign_up(runtime, campaign, "gmail.com", MIN_MAILS - 1)
    now.advance(seconds=40)
    send_all(runtime)
    assert delays.measure_mail_delays(runtime) == MailDelays()


def test_mails_behind_their_own_network_say_nothing_of_others_but_to_who_comes_from_there(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    sign_up(runtime, campaign, "gmail.com", MIN_MAILS)
    send_all(runtime)
    sign_up(runtime, campaign, "flood.example", 150, network="198.51.100.0/24")
    now.advance(seconds=30)
    found = delays.measure_mail_delays(runtime)
    assert found.overall == 0
    # A hundred and fifty wait, and five have gone in the last minute.
    assert found.flood_seconds == 60 * 150 // 5
    assert delays.waits_behind_own_network(runtime, "198.51.100.0/24")
    assert not delays.waits_behind_own_network(runtime, "203.0.1.0/24")


def test_a_bound_on_all_mails_is_part_of_it(runtime: Runtime, campaign: Campaign) -> None:
    sign_up(runtime, campaign, "gmail.com", 60)
    runtime.settings.__dict__["mail_per_minute"] = 10
    try:
        assert delays.measure_mail_delays(runtime).overall == 360
    finally:
        runtime.settings.__dict__["mail_per_minute"] = 0


def test_most_mails_are_there_within_what_is_said() -> None:
    waits = [("gmail.com", float(seconds)) for seconds in range(1, 101)]
    assert measured_delays(waits).by_provider == {"Gmail": 81}
