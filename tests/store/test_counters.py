"""Copies in Redis: the newest wins, the countdown ends by itself, and no person is in them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from campaign import counting, signing
from campaign.domain.standing import Appearance, Asked, Milestone, Standing
from campaign.domain.text import Picture, Text, Version, Words
from campaign.domain.window import Window
from campaign.runtime import Runtime
from campaign.store import counters
from tests.factories import link_to, new_campaign, submission
from tests.servers import RedisServer

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
STANDING = Standing(
    id=7, slug="save-the-pond", versions=(
        Version(
            "en", Text("ab" * 32, "Save the pond", "The council", "Keep it.", "It is old.\n\n🦆"),
            Words("A note.", "Go!", summary="A pond.", thank_you="*Ta!*"),
        ),
        Version("cy", Text("cd" * 32, "Achub y pwll", "Y cyngor", "Cadwch ef.", ""), Words(picture_alt="Pwll", privacy="Dim.")),
    ),
    window=Window(AT - timedelta(hours=1), AT + timedelta(days=30), AT + timedelta(days=31)), time_zone="Europe/London",
    goals=(3, 10), asked=Asked(country="optional", postcode="no", comment="required"),
    appearance=Appearance("#123456", "full-name", "The pond society", Picture("abc", ((480, 320), (960, 640)))),
    contact="pond@example.org", taken_down=False, revision=9, sequence=6, verified=4, pending=2, final_total=None,
    milestones=(Milestone(3, AT - timedelta(minutes=1)),), as_of=AT - timedelta(microseconds=1), recipient_kind="council",
    paused_message="Back on Monday.",
)  # fmt: skip


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    client = Redis.from_url(redis_server.url)
    client.flushall()
    yield client
    client.close()


def closing_in(redis: Redis, left: timedelta) -> Standing:
    """A campaign whose deadline is so far off by the clock of Redis, which decides when a key expires."""
    seconds, microseconds = redis.time()
    closes_at = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds) + left
    return replace(STANDING, window=Window(AT, closes_at, closes_at + timedelta(days=1)))


@pytest.mark.parametrize(
    "standing",
    [
        STANDING,
        replace(STANDING, taken_down=True, milestones=(), goals=(1,)),
        replace(STANDING, published=False, recipient_kind="other", paused_message=""),
        replace(STANDING, window=replace(STANDING.window, paused=True)),
        replace(STANDING, final_total=4, window=replace(STANDING.window, finalised_at=AT + timedelta(days=32))),
    ],
)
def test_a_copy_is_read_back_as_it_was_written(redis: Redis, standing: Standing) -> None:
    assert counters.publish(redis, standing, AT)
    assert counters.read(redis, standing.slug) == standing


def test_where_nothing_was_copied_there_is_nothing(redis: Redis) -> None:
    assert counters.read(redis, "save-the-pond") is None
    assert counters.countdown_seconds(redis, "save-the-pond") is None


def test_an_older_copy_never_overwrites_a_newer_one(redis: Redis) -> None:
    newer = replace(STANDING, revision=10, verified=5)
    assert counters.publish(redis, newer, AT)
    assert not counters.publish(redis, STANDING, AT)
    assert counters.read(redis, STANDING.slug) == newer
    assert redis.hget("countersign:campaign:save-the-pond", "verified") == b"5"


def test_a_newer_copy_overwrites_an_older_one(redis: Redis) -> None:
    assert counters.publish(redis, STANDING, AT)
    newer = replace(STANDING, revision=10, verified=3)
    assert counters.publish(redis, newer, AT)
    assert counters.read(redis, STANDING.slug) == newer


def test_revisions_are_compared_as_numbers(redis: Redis) -> None:
    assert counters.publish(redis, replace(STANDING, revision=9), AT)
    assert counters.publish(redis, replace(STANDING, revision=10), AT)
    assert not counters.publish(redis, replace(STANDING, revision=9), AT)


def test_the_same_copy_may_be_written_again(redis: Redis) -> None:
    assert counters.publish(redis, STANDING, AT)
    assert counters.publish(redis, STANDING, AT)
    assert counters.read(redis, STANDING.slug) == STANDING


def test_an_older_copy_does_not_touch_the_countdown_either(redis: Redis) -> None:
    counters.publish(redis, replace(closing_in(redis, timedelta(days=1)), revision=10, taken_down=True), AT)
    counters.publish(redis, replace(closing_in(redis, timedelta(days=1)), revision=9), AT)
    assert counters.countdown_seconds(redis, STANDING.slug) is None


def test_campaigns_are_kept_apart(redis: Redis) -> None:
    other = replace(STANDING, slug="save-the-pond-2", id=8, revision=1)
    counters.publish(redis, STANDING, AT)
    counters.publish(redis, other, AT)
    assert counters.read(redis, STANDING.slug) == STANDING
    assert counters.read(redis, other.slug) == other


def test_numbers_can_be_read_by_whoever_looks_into_redis(redis: Redis) -> None:
    counters.publish(redis, STANDING, AT)
    copy = redis.hgetall("countersign:campaign:save-the-pond")
    assert {name: copy[name.encode()] for name in ("revision", "sequence", "verified", "pending")} == {
        "revision": b"9", "sequence": b"6", "verified": b"4", "pending": b"2",
    }  # fmt: skip


def test_the_countdown_ends_at_the_deadline(redis: Redis) -> None:
    standing = closing_in(redis, timedelta(hours=1))
    counters.publish(redis, standing, AT)
    left = counters.countdown_seconds(redis, standing.slug)
    assert left is not None
    assert 3590 < left <= 3600
    told = redis.get("countersign:countdown:save-the-pond")
    assert told is not None
    assert datetime.fromisoformat(told.decode()) == standing.window.closes_at


def test_a_countdown_whose_deadline_has_passed_is_gone(redis: Redis) -> None:
    """By the clock of Redis, even where the process that wrote it is late: its own clock is not asked again."""
    standing = closing_in(redis, timedelta(seconds=-1))
    counters.publish(redis, standing, now=standing.window.closes_at - timedelta(seconds=5))
    assert counters.countdown_seconds(redis, standing.slug) is None
    assert counters.read(redis, standing.slug) == standing


@pytest.mark.parametrize("how", ["closed", "final", "taken down"])
def test_a_campaign_that_takes_no_signatures_counts_nothing_down(redis: Redis, how: str) -> None:
    running = closing_in(redis, timedelta(hours=1))
    counters.publish(redis, running, AT)
    assert counters.countdown_seconds(redis, running.slug) is not None
    ended = {
        "closed": replace(running, window=replace(running.window, closes_at=AT)),
        "final": replace(running, window=replace(running.window, finalised_at=AT)),
        "taken down": replace(running, taken_down=True),
    }[how]
    counters.publish(redis, replace(ended, revision=10), AT)
    assert counters.countdown_seconds(redis, running.slug) is None


def test_a_deadline_brought_forward_shortens_the_countdown(redis: Redis) -> None:
    counters.publish(redis, closing_in(redis, timedelta(days=1)), AT)
    counters.publish(redis, replace(closing_in(redis, timedelta(minutes=1)), revision=10), AT)
    left = counters.countdown_seconds(redis, STANDING.slug)
    assert left is not None
    assert left <= 60


def test_a_copy_can_be_thrown_away(redis: Redis) -> None:
    counters.publish(redis, closing_in(redis, timedelta(days=1)), AT)
    counters.withdraw_copy(redis, STANDING.slug)
    assert redis.keys("*save-the-pond*") == []


def test_a_copy_of_another_shape_is_taken_for_absent(redis: Redis) -> None:
    counters.publish(redis, STANDING, AT)
    facts = json.loads(redis.hget("countersign:campaign:save-the-pond", "facts") or b"")
    redis.hset("countersign:campaign:save-the-pond", "facts", json.dumps({**facts, "shape": facts["shape"] + 1}))
    assert counters.read(redis, STANDING.slug) is None


def test_a_copy_that_an_older_version_made_is_taken_for_absent_and_written_anew(redis: Redis) -> None:
    name = "countersign:campaign:save-the-pond"
    older = {"shape": 2, "id": 7, "slug": "save-the-pond", "versions": [], "as_of": AT.isoformat()}
    redis.hset(name, mapping={"revision": "9", "sequence": "6", "shape": "2", "facts": json.dumps(older)})
    assert counters.read(redis, STANDING.slug) is None
    assert counters.revisions(redis, [STANDING.slug]) == {}
    assert counters.publish(redis, STANDING, AT)
    assert counters.read(redis, STANDING.slug) == STANDING


def test_the_clocks_sign_of_life_is_kept_for_a_minute(redis: Redis) -> None:
    assert counters.last_beat(redis) is None
    counters.beat(redis, AT)
    assert counters.last_beat(redis) == AT
    assert 0 < redis.ttl("countersign:clock") <= 60


def held_by(redis: Redis, key: bytes) -> Any:
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
    typed = submission("secret.mailbox@example.net", name="Wilhelmina Geheim", postcode="ZE1 0AA", comment="Mein Kommentar")
    signing.sign(runtime, campaign.id, campaign.text.hash, typed)
    signing.verify(runtime, link_to(runtime, 1))
    counting.advance_all(runtime)
    signing.withdraw(runtime, 1)
    counting.advance_all(runtime)

    everything = ""
    for key in runtime.redis.scan_iter("*"):
        value = held_by(runtime.redis, key)
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
        runtime.links.mailbox_hash(typed.email_key),
    ):
        assert personal.lower() not in everything
