"""Attempts: counted in Redis, for a while, under names that say nothing."""

import pytest

from campaign.runtime import Runtime
from campaign.store.redis import rate_limit
from tests.journeys.test_races import run_concurrently

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""The database has no part in it."""


@on_sqlite
def test_so_many_attempts_are_allowed_and_no_more(runtime: Runtime) -> None:
    assert [rate_limit.count_attempt(runtime.redis, "codes", "a", 3, 60) for _ in range(5)] == [True, True, True, False, False]
    assert rate_limit.count_attempt(runtime.redis, "codes", "b", 3, 60)
    assert rate_limit.count_attempt(runtime.redis, "mails", "a", 3, 60)


@on_sqlite
def test_the_wait_runs_from_the_first_attempt_and_is_no_longer_for_those_refused(runtime: Runtime) -> None:
    rate_limit.count_attempt(runtime.redis, "codes", "a", 1, 60)
    (key,) = runtime.redis.keys("countersign:attempts:*")
    runtime.redis.expire(key, 30)
    assert not rate_limit.count_attempt(runtime.redis, "codes", "a", 1, 60)
    assert 28 <= rate_limit.retry_after_seconds(runtime.redis, "codes", "a") <= 30
    runtime.redis.pexpire(key, 1)
    while runtime.redis.exists(key):
        pass
    assert rate_limit.count_attempt(runtime.redis, "codes", "a", 1, 60)


@on_sqlite
def test_many_at_once_are_counted_one_by_one(runtime: Runtime) -> None:
    answers = run_concurrently([lambda: rate_limit.count_attempt(runtime.redis, "codes", "a", 5, 60)] * 20)
    assert answers.count(True) == 5


@on_sqlite
def test_what_a_count_stands_under_is_nothing_without_the_key(runtime: Runtime) -> None:
    links = runtime.tokens
    name = links.rate_limit_hash("address mary@example.org")
    assert len(name) == 32
    assert name != links.rate_limit_hash("address ben@example.org")
    assert name != links.mailbox_hash("address mary@example.org")
    assert "mary" not in name
