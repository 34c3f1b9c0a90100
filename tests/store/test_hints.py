"""Hints: at most one job of a kind waits, and none is lost for long."""

from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from campaign.jobs import ADVANCE_LEDGER, CLOSE_CAMPAIGNS, DELIVER_MAIL, LEDGER_QUEUE, MAIL_QUEUE
from campaign.runtime import Runtime, queue
from campaign.store import hints
from tests.servers import RedisServer


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    client = Redis.from_url(redis_server.url)
    client.flushall()
    yield client
    client.close()


def test_whoever_finds_the_flag_standing_need_not_ask(redis: Redis) -> None:
    assert [hints.raise_flag(redis, DELIVER_MAIL) for _ in range(3)] == [True, False, False]


def test_a_job_that_has_begun_must_be_asked_for_again(redis: Redis) -> None:
    hints.raise_flag(redis, DELIVER_MAIL)
    hints.lower_flag(redis, DELIVER_MAIL)
    assert hints.raise_flag(redis, DELIVER_MAIL)


def test_lowering_a_flag_that_is_down_does_no_harm(redis: Redis) -> None:
    hints.lower_flag(redis, DELIVER_MAIL)
    assert hints.raise_flag(redis, DELIVER_MAIL)


def test_each_job_has_its_own_flag(redis: Redis) -> None:
    assert [hints.raise_flag(redis, job) for job in (DELIVER_MAIL, ADVANCE_LEDGER, CLOSE_CAMPAIGNS)] == [True] * 3
    hints.lower_flag(redis, ADVANCE_LEDGER)
    assert [hints.raise_flag(redis, job) for job in (DELIVER_MAIL, ADVANCE_LEDGER, CLOSE_CAMPAIGNS)] == [False, True, False]


def test_a_flag_falls_by_itself_in_case_its_job_was_lost(redis: Redis) -> None:
    hints.raise_flag(redis, DELIVER_MAIL)
    hints.raise_flag(redis, DELIVER_MAIL)
    [key] = redis.keys("countersign:asked:*")
    assert 0 < redis.ttl(key) <= 5


def test_a_thousand_hints_make_one_job(runtime: Runtime) -> None:
    assert all(runtime.hint(ADVANCE_LEDGER, DELIVER_MAIL) for _ in range(50))
    assert [queue(runtime.redis, name).count for name in (MAIL_QUEUE, LEDGER_QUEUE)] == [1, 1]
    runtime.began(DELIVER_MAIL)
    runtime.hint(DELIVER_MAIL)
    assert [queue(runtime.redis, name).count for name in (MAIL_QUEUE, LEDGER_QUEUE)] == [2, 1]


def test_hints_of_one_process_are_told_apart_by_job(make_runtime: Callable[..., Runtime]) -> None:
    """A process that has just asked for one job still asks for another."""
    runtime = make_runtime()
    runtime.hint_every = 3600.0
    for _ in range(3):
        assert runtime.hint(DELIVER_MAIL)
        assert runtime.hint(ADVANCE_LEDGER)
        runtime.began(DELIVER_MAIL)
        runtime.began(ADVANCE_LEDGER)
    assert [queue(runtime.redis, name).count for name in (MAIL_QUEUE, LEDGER_QUEUE)] == [1, 1]
