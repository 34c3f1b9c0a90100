"""The deadline, to the second, on London's wall clock; the grace; the final total."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.definition import CampaignDefinition, read_definition
from campaign.domain.campaigns.window import FINALISATION_DELAY
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, lifecycle
from campaign.services.ledger import finalise
from campaign.store.redis import campaign_cache
from tests.support.caches import expire_campaigns
from tests.support.factories import ManualClock, new_campaign
from tests.support.signatory import Signatory, public_count, run_workers

LONDON = ZoneInfo("Europe/London")


def state(app: Flask, runtime: Runtime) -> str:
    expire_campaigns()
    return str(app.test_client().get("/c/save-the-pond/count.json").get_json()["state"])


def written_by_hand(closes_at: datetime, opens_at: datetime) -> CampaignDefinition:
    """A campaign as somebody writes it in a file: times on the wall clock in London."""
    raw = {"slug": "save-the-pond", "title": "Save the pond", "ask": "Keep it.", "opens_at": opens_at, "closes_at": closes_at}
    return read_definition(raw, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("wall", "deadline"),
    [
        # The day summer time begins: the last second before midnight is still an hour after UTC's clock says.
        (datetime(2027, 3, 28, 23, 59, 59), datetime(2027, 3, 28, 22, 59, 59, tzinfo=UTC)),
        # The day it ends: midnight in London is midnight in UTC again.
        (datetime(2026, 10, 25, 23, 59, 59), datetime(2026, 10, 25, 23, 59, 59, tzinfo=UTC)),
        (datetime(2026, 12, 31, 0, 0, 0), datetime(2026, 12, 31, 0, 0, 0, tzinfo=UTC)),
    ],
)
def test_one_second_before_the_deadline_signs_and_the_deadline_does_not(
    app: Flask, runtime: Runtime, now: ManualClock, signatory: Callable[..., Signatory], wall: datetime, deadline: datetime
) -> None:
    now.at = deadline - timedelta(days=2)
    create_and_find.create_campaign(runtime, written_by_hand(wall, wall - timedelta(days=3)))
    now.at = deadline - timedelta(seconds=1)
    assert state(app, runtime) == "open"
    assert signatory(email="early@example.org").sign().status_code == 303
    now.at = deadline
    assert state(app, runtime) == "closed"
    late = signatory(email="late@example.org").sign()
    assert late.status_code == 409
    assert "closed" in late.text.lower()
    run_workers(runtime)
    assert not signatory(email="late@example.org").mails
    shown = app.test_client().get("/c/save-the-pond").text
    assert f"{wall.day} {wall:%B %Y}" in shown


def test_the_deadline_is_checked_by_the_store_and_not_by_what_a_process_remembers(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime)
    assert app.test_client().get("/c/save-the-pond").status_code == 200  # remembered as open
    lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")
    assert signatory().sign().status_code == 409
    run_workers(runtime)
    assert not signatory().mails


def test_a_link_mailed_before_the_deadline_verifies_during_the_grace_and_not_after(
    app: Flask, runtime: Runtime, now: ManualClock, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime)
    quick, slow = signatory(email="quick@example.org"), signatory(email="slow@example.org")
    quick.sign()
    slow.sign()
    run_workers(runtime)
    now.at = campaign.window.closes_at + timedelta(hours=23, minutes=59, seconds=59)
    assert state(app, runtime) == "closed"
    assert quick.open_verification().status_code == 200
    assert quick.confirm().status_code == 303
    now.at = campaign.window.verify_until
    assert slow.open_verification().status_code == 409
    assert slow.confirm().status_code == 409
    run_workers(runtime)
    assert public_count(app) == 1


def test_after_the_grace_the_total_is_final_and_the_unverified_are_forgotten(
    app: Flask, runtime: Runtime, now: ManualClock, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime)
    ada, ben = signatory(), signatory(email="ben@example.org")
    ada.sign()
    ben.sign()
    run_workers(runtime)
    ada.confirm()
    link = ben.verify_path()
    now.at = campaign.window.verify_until + FINALISATION_DELAY - timedelta(seconds=1)
    assert finalise.finalise_due_campaigns(runtime) == []
    now.advance(seconds=1)
    run_workers(runtime)
    assert state(app, runtime) == "final"
    assert public_count(app) == 1
    assert ben.confirm(link).status_code == 410
    assert campaign_cache.cached_campaign_and_countdown(runtime.redis, campaign.slug)[1] is None
    # The way out stays open; the certified number stays what it was.
    assert ada.withdraw().status_code == 303
    run_workers(runtime)
    assert public_count(app) == 1
    after = create_and_find.get_by_slug(runtime, campaign.slug)
    assert after is not None
    assert (after.final_total, after.verified, after.pending) == (1, 0, 0)


def test_the_countdown_in_redis_expires_at_the_deadline(runtime: Runtime, now: ManualClock) -> None:
    now.at = datetime.now(UTC)
    closes_at = now.at + timedelta(hours=5)
    new_campaign(runtime, opens_at=now.at - timedelta(hours=1), closes_at=closes_at)
    left = campaign_cache.cached_campaign_and_countdown(runtime.redis, "save-the-pond")[1]
    assert left is not None
    assert 5 * 3600 - 60 < left <= 5 * 3600


def test_closing_early_keeps_the_grace(
    app: Flask, runtime: Runtime, now: ManualClock, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    assert lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")
    assert state(app, runtime) == "closed"
    now.advance(hours=23)
    assert ada.confirm().status_code == 303
    run_workers(runtime)
    assert public_count(app) == 1
    assert not lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")


def test_a_campaign_cannot_be_signed_before_it_opens(
    app: Flask, runtime: Runtime, now: ManualClock, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime, opens_at=now.at + timedelta(seconds=1))
    assert state(app, runtime) == "scheduled"
    assert signatory().sign().status_code == 409
    now.advance(seconds=1)
    expire_campaigns()
    assert signatory().sign().status_code == 303
