"""The worker process: it runs our jobs and nothing else."""

import json
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.job import Callback, Job
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from campaign.jobs import JOBS, LEDGER_QUEUE, MAIL_QUEUE, QUEUES
from campaign.runtime import Runtime, job_queue
from workers.worker import WORKER_TTL_SECONDS, job_functions, make_worker


@pytest.fixture
def redis(runtime: Runtime) -> Redis:
    return Redis.from_url(runtime.settings.redis_url)


def burst(runtime: Runtime, redis: Redis, name: str) -> None:
    make_worker(redis, name, job_functions(runtime, gather_seconds=0, round_interval_seconds=0)).work(
        burst=True, logging_level="CRITICAL"
    )
    redis.close()


def test_every_job_that_can_be_asked_for_can_be_done_and_the_other_way_round(runtime: Runtime) -> None:
    assert set(job_functions(runtime)) == set(JOBS)
    assert {job.queue for job in JOBS.values()} == set(QUEUES)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("os.system", ["touch {proof}"]),
        ("builtins.open", ["{proof}", "w"]),
        ("pathlib.Path.touch", []),
        ("deliver_mail", ["{proof}"]),
        ("workers.worker.job_functions", []),
    ],
)
def test_a_job_that_is_not_ours_is_never_run(
    runtime: Runtime, redis: Redis, tmp_path: Path, name: str, arguments: list[str]
) -> None:
    proof = tmp_path / "proof"
    job = job_queue(redis, MAIL_QUEUE).enqueue_call(name, args=[a.format(proof=proof) for a in arguments])
    burst(runtime, redis, MAIL_QUEUE)
    assert not proof.exists()
    failed = FailedJobRegistry(MAIL_QUEUE, connection=redis, serializer=JSONSerializer)
    assert failed.get_job_ids() == [job.id]


def test_callbacks_smuggled_into_one_of_our_jobs_are_not_run(runtime: Runtime, redis: Redis, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    job = job_queue(redis, LEDGER_QUEUE).enqueue_call("advance_ledger", on_success=Callback("os.system"))
    redis.hset(f"rq:job:{job.id}", "success_callback_name", f"os.system:touch {proof}")
    burst(runtime, redis, LEDGER_QUEUE)
    assert not proof.exists()
    assert not FailedJobRegistry(LEDGER_QUEUE, connection=redis, serializer=JSONSerializer).get_job_ids()


def test_a_pickle_in_the_queue_is_not_opened(runtime: Runtime, redis: Redis, tmp_path: Path) -> None:
    Queue(MAIL_QUEUE, connection=redis).enqueue_call("os.system", args=[f"touch {tmp_path / 'proof'}"])
    burst(runtime, redis, MAIL_QUEUE)
    assert not (tmp_path / "proof").exists()


def test_a_worker_that_falls_silent_is_given_up_within_half_a_minute(runtime: Runtime, redis: Redis) -> None:
    worker = make_worker(redis, MAIL_QUEUE, job_functions(runtime))
    assert worker.worker_ttl == WORKER_TTL_SECONDS <= 30
    assert len(worker.queues) == 1
    redis.close()


def test_what_waits_in_redis_is_names_only(runtime: Runtime, redis: Redis) -> None:
    runtime.enqueue_once(*JOBS.values())
    jobs = [job for name in QUEUES for job in Queue(name, connection=redis, serializer=JSONSerializer).jobs]
    assert sorted(job.func_name for job in jobs) == sorted(JOBS)
    for job in jobs:
        assert isinstance(job, Job)
        assert json.loads(job.serializer.dumps([job.args, job.kwargs])) == [[], {}]
    redis.close()


def test_a_job_is_enqueued_once_while_it_waits(runtime: Runtime, redis: Redis) -> None:
    for _ in range(5):
        runtime.enqueue_once(*JOBS.values())
    assert sum(job_queue(redis, name).count for name in QUEUES) == len(JOBS)
    burst(runtime, redis, MAIL_QUEUE)
    runtime.enqueue_once(*JOBS.values())
    assert job_queue(redis, MAIL_QUEUE).count == 1
    redis.close()
