"""Copies in Redis: the newest wins, the countdown ends by itself, and no person is in them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from campaign.domain.campaigns.campaign import Appearance, Campaign, Milestone, SignFormFields
from campaign.domain.campaigns.text import LanguageVersion, PageTexts, Picture, SignedText
from campaign.domain.campaigns.window import SigningWindow
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store.redis import campaign_cache, clock_heartbeat
from tests.support.factories import new_campaign, sign_form_data, verify_link_of
from tests.support.servers import RedisServer

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
CAMPAIGN = Campaign(
    id=7,
    slug="save-the-pond",
    versions=(
        LanguageVersion(
            "en",
            SignedText("ab" * 32, "Save the pond", "The council", "Keep it.", "It is old.\n\n🦆"),
            PageTexts("A note.", "Go!", summary="A pond.", thank_you="*Ta!*", organiser_about="Neighbours."),
        ),
        LanguageVersion(
            "cy",
            SignedText("cd" * 32, "Achub y pwll", "Y cyngor", "Cadwch ef.", ""),
            PageTexts(picture_alt="Pwll", privacy="Dim."),
        ),
    ),
    window=SigningWindow(AT - timedelta(hours=1), AT + timedelta(days=30), AT + timedelta(days=31)),
    time_zone="Europe/London",
    goals=(3, 10),
    form_fields=SignFormFields(country="optional", postcode="no", comment="required"),
    appearance=Appearance(
        "#123456",
        "full-name",
        "The pond society",
        Picture("abc", ((480, 320), (960, 640))),
        "The pond society",
        "https://pond.example.org",
    ),
    contact="pond@example.org",
    taken_down=False,
    revision=9,
    sequence=6,
    verified=4,
    pending=2,
    final_total=None,
    milestones=(Milestone(3, AT - timedelta(minutes=1)),),
    as_of=AT - timedelta(microseconds=1),
    recipient_kind="council",
    paused_message="Back on Monday.",
)


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    client = Redis.from_url(redis_server.url)
    client.flushall()
    yield client
    client.close()


def closing_in(redis: Redis, left: timedelta) -> Campaign:
    """A campaign whose deadline is so far off by the clock of Redis, which decides when a key expires."""
    seconds, microseconds = redis.time()
    closes_at = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds) + left
    return replace(CAMPAIGN, window=SigningWindow(AT, closes_at, closes_at + timedelta(days=1)))


@pytest.mark.parametrize(
    "campaign",
    [
        CAMPAIGN,
        replace(CAMPAIGN, taken_down=True, milestones=(), goals=(1,)),
        replace(CAMPAIGN, published=False, recipient_kind="other", paused_message=""),
        replace(CAMPAIGN, window=replace(CAMPAIGN.window, paused=True)),
        replace(CAMPAIGN, final_total=4, window=replace(CAMPAIGN.window, finalised_at=AT + timedelta(days=32))),
    ],
)
def test_a_copy_is_read_back_as_it_was_written(redis: Redis, campaign: Campaign) -> None:
    assert campaign_cache.cache_campaign(redis, campaign, AT)
    assert campaign_cache.cached_campaign(redis, campaign.slug) == campaign


def test_where_nothing_was_copied_there_is_nothing(redis: Redis) -> None:
    assert campaign_cache.cached_campaign(redis, "save-the-pond") is None
    assert campaign_cache.cached_campaign_and_countdown(redis, "save-the-pond")[1] is None


def test_an_older_copy_never_overwrites_a_newer_one(redis: Redis) -> None:
    newer = replace(CAMPAIGN, revision=10, verified=5)
    assert campaign_cache.cache_campaign(redis, newer, AT)
    assert not campaign_cache.cache_campaign(redis, CAMPAIGN, AT)
    assert campaign_cache.cached_campaign(redis, CAMPAIGN.slug) == newer
    assert redis.hget("countersign:campaign:save-the-pond", "verified") == b"5"


def test_a_newer_copy_overwrites_an_older_one(redis: Redis) -> None:
    assert campaign_cache.cache_campaign(redis, CAMPAIGN, AT)
    newer = replace(CAMPAIGN, revision=10, verified=3)
    assert campaign_cache.cache_campaign(redis, newer, AT)
    assert campaign_cache.cached_campaign(redis, CAMPAIGN.slug) == newer


def test_revisions_are_compared_as_numbers(redis: Redis) -> None:
    assert campaign_cache.cache_campaign(redis, replace(CAMPAIGN, revision=9), AT)
    assert campaign_cache.cache_campaign(redis, replace(CAMPAIGN, revision=10), AT)
    assert not campaign_cache.cache_campaign(redis, replace(CAMPAIGN, revision=9), AT)


def test_the_same_copy_may_be_written_again(redis: Redis) -> None:
    assert campaign_cache.cache_campaign(redis, CAMPAIGN, AT)
    assert campaign_cache.cache_campaign(redis, CAMPAIGN, AT)
    assert campaign_cache.cached_campaign(redis, CAMPAIGN.slug) == CAMPAIGN


def test_an_older_copy_does_not_touch_the_countdown_either(redis: Redis) -> None:
    campaign_cache.cache_campaign(redis, replace(closing_in(redis, timedelta(days=1)), revision=10, taken_down=True), AT)
    campaign_cache.cache_campaign(redis, replace(closing_in(redis, timedelta(days=1)), revision=9), AT)
    assert campaign_cache.cached_campaign_and_countdown(redis, CAMPAIGN.slug)[1] is None


def test_campaigns_are_kept_apart(redis: Redis) -> None:
    other = replace(CAMPAIGN, slug="save-the-pond-2", id=8, revision=1)
    campaign_cache.cache_campaign(redis, CAMPAIGN, AT)
    campaign_cache.cache_campaign(redis, other, AT)
    assert campaign_cache.cached_campaign(redis, CAMPAIGN.slug) == CAMPAIGN
    assert campaign_cache.cached_campaign(redis, other.slug) == other


def test_numbers_can_be_read_by_who_looks_into_redis(redis: Redis) -> None:
    campaign_cache.cache_campaign(redis, CAMPAIGN, AT)
    copy = redis.hgetall("countersign:campaign:save-the-pond")
    assert {name: copy[name.encode()] for name in ("revision", "sequence", "verified", "pending")} == {
        "revision": b"9", "sequence": b"6", "verified": b"4", "pending": b"2",
    }  # fmt: skip


def test_the_countdown_ends_at_the_deadline(redis: Redis) -> None:
    campaign = closing_in(redis, timedelta(hours=1))
    campaign_cache.cache_campaign(redis, campaign, AT)
    left = campaign_cache.cached_campaign_and_countdown(redis, campaign.slug)[1]
    assert left is not None
    assert 3590 < left <= 3600
    told = redis.get("countersign:countdown:save-the-pond")
    assert told is not None
    assert datetime.fromisoformat(told.decode()) == campaign.window.closes_at


def test_a_countdown_whose_deadline_has_passed_is_gone(redis: Redis) -> None:
    """By the clock of Redis, even where the process that wrote it is late: its own clock is not asked again."""
    campaign = closing_in(redis, timedelta(seconds=-1))
    campaign_cache.cache_campaign(redis, campaign, now=campaign.window.closes_at - timedelta(seconds=5))
    assert campaign_cache.cached_campaign_and_countdown(redis, campaign.slug)[1] is None
    assert campaign_cache.cached_campaign(redis, campaign.slug) == campaign


@pytest.mark.parametrize("how", ["closed", "final", "taken down"])
def test_a_campaign_that_takes_no_signatures_counts_nothing_down(redis: Redis, how: str) -> None:
    running = closing_in(redis, timedelta(hours=1))
    campaign_cache.cache_campaign(redis, running, AT)
    assert campaign_cache.cached_campaign_and_countdown(redis, running.slug)[1] is not None
    ended = {
        "closed": replace(running, window=replace(running.window, closes_at=AT)),
        "final": replace(running, window=replace(running.window, finalised_at=AT)),
        "taken down": replace(running, taken_down=True),
    }[how]
    campaign_cache.cache_campaign(redis, replace(ended, revision=10), AT)
    assert campaign_cache.cached_campaign_and_countdown(redis, running.slug)[1] is None


def test_a_deadline_brought_forward_shortens_the_countdown(redis: Redis) -> None:
    campaign_cache.cache_campaign(redis, closing_in(redis, timedelta(days=1)), AT)
    campaign_cache.cache_campaign(redis, replace(closing_in(redis, timedelta(minutes=1)), revision=10), AT)
    left = campaign_cache.cached_campaign_and_countdown(redis, CAMPAIGN.slug)[1]
    assert left is not None
    assert left <= 60


def test_a_copy_can_be_thrown_away(redis: Redis) -> None:
    campaign_cache.cache_campaign(redis, closing_in(redis, timedelta(days=1)), AT)
    campaign_cache.delete_cached_campaign(redis, CAMPAIGN.slug)
    assert redis.keys("*save-the-pond*") == []


def test_a_copy_of_another_shape_is_taken_for_absent(redis: Redis) -> None:
    campaign_cache.cache_campaign(redis, CAMPAIGN, AT)
    facts = json.loads(redis.hget("countersign:campaign:save-the-pond", "facts") or b"")
    redis.hset("countersign:campaign:save-the-pond", "facts", json.dumps({**facts, "shape": facts["shape"] + 1}))
    assert campaign_cache.cached_campaign(redis, CAMPAIGN.slug) is None


def test_a_copy_that_an_older_version_made_is_taken_for_absent_and_written_anew(redis: Redis) -> None:
    name = "countersign:campaign:save-the-pond"
    older = {"shape": 2, "id": 7, "slug": "save-the-pond", "versions": [], "as_of": AT.isoformat()}
    redis.hset(name, mapping={"revision": "9", "sequence": "6", "shape": "2", "facts": json.dumps(older)})
    assert campaign_cache.cached_campaign(redis, CAMPAIGN.slug) is None
    assert campaign_cache.cached_revisions(redis, [CAMPAIGN.slug]) == {}
    assert campaign_cache.cache_campaign(redis, CAMPAIGN, AT)
    assert campaign_cache.cached_campaign(redis, CAMPAIGN.slug) == CAMPAIGN


def test_the_heartbeat_of_the_clock_is_kept_for_a_minute(redis: Redis) -> None:
    assert clock_heartbeat.last_heartbeat(redis) is None
    clock_heartbeat.record_heartbeat(redis, AT)
    assert clock_heartbeat.last_heartbeat(redis) == AT
    assert 0 < redis.ttl("countersign:clock-heartbeat") <= 60


def stored_value(redis: Redis, key: bytes) -> Any:
    match redis.type(key):
        case b"string":
            return redis.get(key)
        case b"hash":
            return redis.hgetall(key)
        case b"list":
            return redis.lrange(key, 0, -1)
        case b"set":
            return redis.smembers(key)
        case b"zset":
            return redis.zrange(key, 0, -1)
    raise AssertionError(key)


def test_redis_holds_no_personal_data(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    typed = sign_form_data("secret.mailbox@example.net", name="Wilhelmina Geheim", postcode="ZE1 0AA", comment="Mein Kommentar")
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, typed)
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    count.advance_ledgers(runtime)
    sign.withdraw_signature(runtime, 1)
    count.advance_ledgers(runtime)

    everything = ""
    for key in runtime.redis.scan_iter("*"):
        value = stored_value(runtime.redis, key)
        everything += f"{key} {value}".lower()
    assert "save-the-pond" in everything
    assert "advance_ledger" in everything
    for personal in (
        "secret",
        "mailbox@",
        "example.net",
        "wilhelmina",
        "geheim",
        "ze1",
        "kommentar",
        runtime.tokens.mailbox_hash(typed.email_key),
    ):
        assert personal.lower() not in everything
