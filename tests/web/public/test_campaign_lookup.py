"""Campaigns by their slugs: what made-up addresses cost, and whose clock counts down."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, lifecycle
from campaign.store.redis import campaign_cache
from campaign.web.cache import process_cache
from campaign.web.public.campaign_lookup import CAMPAIGNS, SLUGS_CACHE_SECONDS, find_campaign_or_abort
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, definition, new_campaign

PAGE = "/c/save-the-pond"


def test_a_thousand_made_up_addresses_cost_the_store_one_statement_a_second_and_forget_no_campaign(
    app: Flask, runtime: Runtime, statements: list[str]
) -> None:
    new_campaign(runtime)
    reader = app.test_client()
    assert reader.get(PAGE).status_code == 200
    statements.clear()
    began = time.monotonic()
    assert reader.get("/c/x").status_code == 404
    with app.app_context():
        for number in range(1_200):
            # The page that says so asks no store, and takes longer than all else.
            with pytest.raises(NotFound):
                find_campaign_or_abort(f"x-{number}")
            if number % 200 == 0:
                assert reader.get(f"{PAGE}/count.json").status_code == 200
    # However slow this machine is: never one for each address.
    assert 1 <= len(statements) <= 1 + (time.monotonic() - began) / SLUGS_CACHE_SECONDS
    with app.app_context():
        assert process_cache().last(CAMPAIGNS, "save-the-pond") is not None
        assert process_cache().last(CAMPAIGNS, "x-0") is None, "the region is bounded"


def test_an_address_that_leads_nowhere_is_remembered(app: Flask, statements: list[str]) -> None:
    reader = app.test_client()
    for _ in range(20):
        assert reader.get("/c/nowhere").status_code == 404
    assert len(statements) <= 2


def test_a_campaign_made_after_its_address_was_asked_for_is_found(app: Flask, runtime: Runtime) -> None:
    reader = app.test_client()
    assert reader.get(PAGE).status_code == 404
    new_campaign(runtime)
    expire_campaigns()
    assert reader.get(PAGE).status_code == 200


def test_an_address_it_had_before_is_known_without_redis(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    runtime.redis.flushall()
    assert app.test_client().get(PAGE).headers["Location"] == "/c/save-the-village-pond"


@pytest.mark.parametrize("ahead", [-20, 0, 20])
def test_pages_count_down_by_the_clock_of_redis(runtime: Runtime, now: ManualClock, ahead: int) -> None:
    """`ahead`: seconds by which this process's clock is before that of Redis, which is the real one."""
    real = datetime.now(UTC)
    now.at = real
    closes_at = (real + timedelta(minutes=10)).replace(microsecond=0)
    new_campaign(runtime, opens_at=real - timedelta(hours=1), closes_at=closes_at)
    now.at = datetime.now(UTC) + timedelta(seconds=ahead)
    told = make_app(runtime).test_client().get(f"{PAGE}/count.json").get_json()
    left = (closes_at - datetime.now(UTC)).total_seconds()
    assert told["state"] == "open"
    assert left - 2 <= told["seconds_left"] <= left + 2
    assert abs(datetime.fromisoformat(told["now"]) - datetime.now(UTC)) < timedelta(seconds=3)


def test_a_campaign_is_closed_once_the_countdown_is_over_even_where_this_clock_is_slow(
    app: Flask, runtime: Runtime, now: ManualClock
) -> None:
    now.at = datetime.now(UTC)
    closes_at = now.at.replace(microsecond=0) + timedelta(seconds=40)
    campaign = new_campaign(runtime, opens_at=now.at - timedelta(hours=1), closes_at=closes_at)
    slow = timedelta(seconds=30)
    now.at = datetime.now(UTC) - slow
    reader = app.test_client()
    assert reader.get(f"{PAGE}/count.json").get_json()["state"] == "open"
    # The deadline has passed: the key is gone, and this clock is where it will be then.
    runtime.redis.delete(f"countersign:countdown:{campaign.slug}")
    now.at = closes_at - slow + timedelta(seconds=1)
    expire_campaigns()
    told = reader.get(f"{PAGE}/count.json").get_json()
    assert (told["state"], told["seconds_left"]) == ("closed", 0)


def test_a_countdown_that_cannot_be_right_is_not_believed(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    runtime.redis.set(f"countersign:countdown:{campaign.slug}", "wrong", ex=5)
    told = app.test_client().get(f"{PAGE}/count.json").get_json()
    assert told["seconds_left"] == campaign.window.seconds_left(now())


def test_a_campaign_is_read_with_its_countdown(runtime: Runtime, now: ManualClock) -> None:
    now.at = datetime.now(UTC)
    made = create_and_find.create_campaign(runtime, definition(opens_at=now.at, closes_at=now.at + timedelta(hours=1)))
    copy, left = campaign_cache.cached_campaign_and_countdown(runtime.redis, made.slug)
    assert copy == made
    assert left is not None
    assert 3_500 < left <= 3_600
    assert campaign_cache.cached_campaign_and_countdown(runtime.redis, "nowhere") == (None, None)
