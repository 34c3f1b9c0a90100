"""Hints: at most one job of a kind waits, and none is lost for long."""

from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from campaign.jobs import ADVANCE_LEDGER, CLOSE_CAMPAIGNS, DELIVER_MAIL, LEDGER_QUEUE, MAIL_QUEUE
from campaign.runtime import Runtime, job_queue
from campaign.store.redis import job_flags
from tests.support.servers import RedisServer


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    client = Redis.from_url(redis_server.url)
    client.flushall()
    yield client
    client.close()


def test_a_job_that_is_already_wanted_is_not_enqueued_again(redis: Redis) -> None:
    assert [job_flags.mark_enqueued(redis, DELIVER_MAIL) for _ in range(3)] == [True, False, False]


def test_a_job_that_was_marked_started_is_enqueued_again(redis: Redis) -> None:
    job_flags.mark_enqueued(redis, DELIVER_MAIL)
    job_flags.mark_started(redis, DELIVER_MAIL)
    assert job_flags.mark_enqueued(redis, DELIVER_MAIL)


def test_marking_started_twice_does_no_harm(redis: Redis) -> None:
    job_flags.mark_started(redis, DELIVER_MAIL)
    assert job_flags.mark_enqueued(redis, DELIVER_MAIL)


def test_each_job_is_enqueued_once_on_its_own(redis: Redis) -> None:
    assert [job_flags.mark_enqueued(redis, job) for job in (DELIVER_MAIL, ADVANCE_LEDGER, CLOSE_CAMPAIGNS)] == [True] * 3
    job_flags.mark_started(redis, ADVANCE_LEDGER)
    assert [job_flags.mark_enqueued(redis, job) for job in (DELIVER_MAIL, ADVANCE_LEDGER, CLOSE_CAMPAIGNS)] == [
        False,
        True,
        False,
    ]


def test_a_key_expires_in_case_its_job_was_lost(redis: Redis) -> None:
    job_flags.mark_enqueued(redis, DELIVER_MAIL)
    job_flags.mark_enqueued(redis, DELIVER_MAIL)
    [key] = redis.keys("countersign:enqueued:*")
    assert 0 < redis.ttl(key) <= 5


def test_a_thousand_requests_enqueue_one_job(runtime: Runtime) -> None:
    assert all(runtime.enqueue_once(ADVANCE_LEDGER, DELIVER_MAIL) for _ in range(50))
    assert [job_queue(runtime.redis, name).count for name in (MAIL_QUEUE, LEDGER_QUEUE)] == [1, 1]
    runtime.mark_started(DELIVER_MAIL)
    runtime.enqueue_once(DELIVER_MAIL)
    assert [job_queue(runtime.redis, name).count for name in (MAIL_QUEUE, LEDGER_QUEUE)] == [2, 1]


def test_requests_of_one_process_are_told_apart_by_job(make_runtime: Callable[..., Runtime]) -> None:
    """A process that has just asked for one job still asks for another."""
    runtime = make_runtime()
    runtime.queue.interval_seconds = 3600.0
    for _ in range(3):
        assert runtime.enqueue_once(DELIVER_MAIL)
        assert runtime.enqueue_once(ADVANCE_LEDGER)
        runtime.mark_started(DELIVER_MAIL)
        runtime.mark_started(ADVANCE_LEDGER)
    assert [job_queue(runtime.redis, name).count for name in (MAIL_QUEUE, LEDGER_QUEUE)] == [1, 1]
