"""Bounds of a mailer: a server that asks to be left alone, its time, its pace, and a Redis that is away."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from tests.support.smtp_script import Misbehaviour, ScriptedSmtpServer
from tests.workers.test_mailer import mailer, owe
from workers import mail
from workers.mail import Mailer
from workers.mail_results import MAX_DEFERRED_IN_A_ROW


@pytest.fixture
def server() -> Iterator[ScriptedSmtpServer]:
    made = ScriptedSmtpServer()
    yield made
    made.close()


def states(runtime: Runtime) -> list[tuple[str, int, str]]:
    """State, attempts and reason of each mail."""
    with runtime.reading() as connection:
        found = connection.execute(text("SELECT state, attempts, reason FROM outbox ORDER BY id"))
        return [(row.state, row.attempts, row.reason) for row in found]


def test_a_server_that_puts_one_mail_after_the_other_off_is_left_alone(
    make_runtime: Callable[..., Runtime], server: ScriptedSmtpServer
) -> None:
    alone = make_runtime(mail_url=server.url, mail_connections=1)
    owe(alone, 12)
    server.misbehaviour = [Misbehaviour("RCPT", reply="451 4.7.1 slow down")]
    slow = mailer(alone, server)
    assert slow.deliver() == 0
    # And the one that was under way.
    assert states(alone).count(("owed", 1, "451 4.7.1")) >= MAX_DEFERRED_IN_A_ROW
    tried = sum(attempts for _, attempts, _ in states(alone))
    assert MAX_DEFERRED_IN_A_ROW <= tried <= MAX_DEFERRED_IN_A_ROW + 1
    server.misbehaviour = []
    # What it has not begun with is not put off.
    assert mailer(alone, server).deliver() == 12 - tried


def test_a_worker_told_to_stop_or_out_of_time_gives_back_what_it_has_not_begun(
    make_runtime: Callable[..., Runtime], server: ScriptedSmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = make_runtime(mail_url=server.url, mail_connections=1)
    owe(alone, 10)
    server.misbehaviour = [Misbehaviour("dot", delay_seconds=0.1, takes=True)]
    stopping = Mailer(alone, gather_seconds=0, stop_seconds=5, is_stopping=lambda: len(server.mails) >= 2)
    stopping.deliver()
    stopping.close()
    left = len(server.mails)
    assert 2 <= left < 10
    assert sorted(states(alone)) == sorted([("sent", 1, "")] * left + [("owed", 0, "")] * (10 - left))
    monkeypatch.setattr(mail, "TIME_BUDGET_SECONDS", 0.0)
    alone.redis.flushdb()
    assert mailer(alone, server).deliver() == 0
    # Nobody has looked whether that was all: the next job does.
    assert alone.redis.llen(f"rq:queue:{DELIVER_MAIL.queue}") == 1
    monkeypatch.undo()
    assert mailer(alone, server).deliver() == 10 - left


def test_mail_leaves_without_redis_and_waits_without_a_server(
    make_runtime: Callable[..., Runtime], server: ScriptedSmtpServer
) -> None:
    without = make_runtime(mail_url=server.url, mail_connections=2, mail_per_minute=60_000, redis_url="redis://127.0.0.1:1")
    owe(without, 3)
    server.misbehaviour = [Misbehaviour("banner", reply="554 5.3.2 no")]
    assert mailer(without, server).deliver() == 0
    assert states(without) == [("owed", 0, "")] * 3
    server.misbehaviour = []
    assert mailer(without, server).deliver() == 3
    assert states(without) == [("sent", 1, "")] * 3


def test_mails_a_minute_are_waited_for_until_the_job_is_over(
    make_runtime: Callable[..., Runtime], server: ScriptedSmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = make_runtime(mail_url=server.url, mail_per_minute=1)
    owe(limited, 2)
    monkeypatch.setattr(mail, "TIME_BUDGET_SECONDS", 0.5)
    monkeypatch.setattr(mail, "RATE_WAIT_SECONDS", 0.05)
    assert mailer(limited, server).deliver() == 1
    assert sorted(states(limited)) == [("owed", 0, ""), ("sent", 1, "")]
