"""The mailer against servers slow, dropping or busy: no mail holds up another, and each is sent as often as promised."""

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import text

from campaign.mail.smtp import SmtpTransport
from campaign.mail.smtp_session import LONGEST_CONVERSATION_SECONDS, SmtpTimeouts
from campaign.runtime import Runtime
from campaign.services.signatures import sign
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data
from tests.support.processes import TIMEOUT_SECONDS, mail_worker_process, wait_until
from tests.support.queries import execute_sql
from tests.support.smtp_script import PATIENT, PHASES, Misbehaviour, ScriptedSmtpServer, impatient_in
from workers import mail_connections
from workers.mail import CONVERSATION_LEASE, LEASE, Mailer
from workers.mail_results import MAX_TOGETHER, UNKNOWN_RETRY_AFTER

Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def server() -> Iterator[ScriptedSmtpServer]:
    made = ScriptedSmtpServer()
    yield made
    made.close()


@pytest.fixture
def world(make_runtime: Callable[..., Runtime], server: ScriptedSmtpServer) -> Runtime:
    return make_runtime(mail_url=server.url, mail_connections=4)


@pytest.fixture
def rows(world: Runtime) -> Rows:
    """Reads rows as they are."""

    def read(sql: str) -> list[dict[str, Any]]:
        with world.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(text(sql))]

    return read


def owe(runtime: Runtime, count: int) -> None:
    """Owe so many people their verification mail."""
    pond = new_campaign(runtime)
    for number in range(count):
        sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data(f"person{number}@example.org"))


def mailer(runtime: Runtime, server: ScriptedSmtpServer, timeouts: SmtpTimeouts = PATIENT) -> Mailer:
    def connection() -> SmtpTransport:
        return SmtpTransport(server.url, "no-reply@example.org", timeouts)

    return Mailer(runtime, gather_seconds=0, stop_seconds=0.3, new_transport=connection)


def states(rows: Rows) -> list[tuple[str, int, bool]]:
    found = rows("SELECT state, attempts, unknown_at FROM outbox ORDER BY id")
    return [(row["state"], row["attempts"], row["unknown_at"] is not None) for row in found]


def test_a_lease_is_longer_than_the_longest_conversation() -> None:
    assert timedelta(seconds=LONGEST_CONVERSATION_SECONDS) < CONVERSATION_LEASE
    assert timedelta(minutes=10) <= UNKNOWN_RETRY_AFTER


def test_one_slow_conversation_holds_up_no_other_mail_and_its_claim_is_kept(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, now: ManualClock
) -> None:
    owe(world, 30)
    server.misbehaviour = [Misbehaviour("dot", hangs=True, takes=True, connections=(0,))]
    slow = mailer(world, server, SmtpTimeouts())
    assert slow.deliver() == 29
    assert states(rows).count(("sent", 1, False)) == 29
    assert states(rows).count(("owed", 1, False)) == 1
    # Another worker leaves it alone while it lasts.
    now.at = START_TIME + LEASE * 2
    assert mailer(world, server).deliver() == 0
    # What is broken off when the worker stops is known as unknown: the server says nothing more.
    slow.close()
    assert states(rows).count(("owed", 1, True)) == 1
    assert len(server.mails) == 30


def test_a_mail_never_answered_is_sent_once_more_when_the_server_must_have_answered_and_no_third_time(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, now: ManualClock
) -> None:
    owe(world, 1)
    server.misbehaviour = [Misbehaviour("dot", drops=True, takes=True)]
    assert mailer(world, server).deliver() == 0
    assert states(rows) == [("owed", 1, True)]
    now.at = START_TIME + UNKNOWN_RETRY_AFTER - timedelta(seconds=1)
    mailer(world, server).deliver()
    assert len(server.mails) == 1
    now.at = START_TIME + UNKNOWN_RETRY_AFTER
    mailer(world, server).deliver()
    assert states(rows) == [("unknown", 2, True)]
    assert len(server.mails) == 2
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    now.advance(days=30)
    mailer(world, server).deliver()
    assert len(server.mails) == 2


def test_a_mail_never_answered_and_then_taken_is_sent(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, now: ManualClock
) -> None:
    owe(world, 1)
    server.misbehaviour = [Misbehaviour("dot", hangs=True)]
    assert mailer(world, server, impatient_in("dot")).deliver() == 0
    server.misbehaviour = []
    now.advance(seconds=UNKNOWN_RETRY_AFTER.total_seconds())
    assert mailer(world, server).deliver() == 1
    assert states(rows) == [("sent", 2, True)]


@pytest.mark.parametrize("how", ["hangs", "drops"])
@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase not in ("body", "dot")])
def test_a_conversation_that_ends_before_the_whole_mail_is_repeated_as_soon_as_any(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, now: ManualClock, phase: str, how: str
) -> None:
    owe(world, 1)
    server.misbehaviour = [Misbehaviour(phase, **{how: True})]  # type: ignore[arg-type]
    assert mailer(world, server, impatient_in(phase) if how == "hangs" else PATIENT).deliver() == 0
    [(state, attempts, unknown)] = states(rows)
    # A server that is not there was no attempt at the mail.
    assert (state, attempts, unknown) == ("owed", 0 if phase in ("banner", "EHLO") else 1, False)
    server.misbehaviour = []
    now.advance(minutes=1)
    assert mailer(world, server).deliver() == 1
    assert len(server.mails) == 1


def test_a_mail_that_cannot_be_written_holds_up_no_other_and_is_tried_ever_less_often(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, now: ManualClock
) -> None:
    owe(world, 1)
    execute_sql(world, "UPDATE campaigns SET time_zone = 'Nowhere/Land'")
    other = new_campaign(world, slug="save-the-wood")
    for number in range(6):
        sign.sign_campaign(world, other.id, other.text.hash, sign_form_data(f"other{number}@example.org"))
    assert mailer(world, server).deliver() == 6
    assert states(rows)[0] == ("owed", 1, False)
    (first,) = rows("SELECT reason, due_at FROM outbox WHERE state = 'owed'")
    assert first["reason"] == "it cannot be written: ZoneInfoNotFoundError"
    now.advance(seconds=10)
    assert mailer(world, server).deliver() == 0
    now.advance(days=6)
    assert mailer(world, server).deliver() == 0
    assert states(rows)[0] == ("refused", 3, False)


def test_421_teaches_how_many_connections_the_server_allows(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(world, 30)
    server.max_connections = 2
    server.misbehaviour = [Misbehaviour("dot", delay_seconds=0.05, takes=True)]
    learning = mailer(world, server, SmtpTimeouts())
    assert learning.deliver() == 30
    assert states(rows) == [("sent", 1, False)] * 30
    assert learning._connections.limit <= 2
    assert len(server.mails) == 30
    # It may have more room later: one connection more at a time is tried.
    monkeypatch.setattr(mail_connections, "LIMIT_SECONDS", -1.0)
    assert [learning._connections.limit for _ in range(4)][-2:] == [4, 4]


def test_a_server_that_is_fast_enough_gets_one_connection(
    make_runtime: Callable[..., Runtime], server: ScriptedSmtpServer
) -> None:
    alone = make_runtime(mail_url=server.url, mail_connections=1)
    owe(alone, 5)
    assert mailer(alone, server).deliver() == 5
    assert mailer(alone, server).deliver() == 0
    assert server.connections == 1


def test_a_database_that_is_away_for_a_moment_makes_no_mail_leave_twice(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(world, 1)
    away = iter([True, False])
    single_statement = world.single_statement

    def sometimes() -> Any:
        if server.mails and next(away, False):
            from campaign.store.database.engine import StoreUnavailableError

            raise StoreUnavailableError
        return single_statement()

    monkeypatch.setattr(world, "single_statement", sometimes)
    assert mailer(world, server).deliver() == 1
    assert states(rows) == [("sent", 1, False)]


def test_no_mail_is_begun_while_results_of_others_cannot_be_stored(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(world, 40)
    held, single_statement = Event(), world.single_statement

    def when_it_is_back() -> Any:
        held.wait(TIMEOUT_SECONDS)
        return single_statement()

    monkeypatch.setattr(world, "single_statement", when_it_is_back)
    sender = mailer(world, server)
    thread = Thread(target=sender.deliver)
    thread.start()
    # The first look of the mailer, or the eighth mail, comes to the database that is away; nobody goes on meanwhile.
    wait_until(lambda: server.answered, "a mail is taken")
    wait_until(sender._results._storing.locked, "its result waits to be stored")
    taken = -1
    while taken != (taken := len(server.mails)):
        held.wait(0.3)
    assert taken <= MAX_TOGETHER - 1 + 4
    held.set()
    thread.join(TIMEOUT_SECONDS)
    assert states(rows) == [("sent", 1, False)] * 40
    assert len(server.mails) == 40


def test_a_mail_that_fails_by_our_fault_may_have_left_and_holds_up_no_other(
    world: Runtime, server: ScriptedSmtpServer, rows: Rows, now: ManualClock
) -> None:
    owe(world, 3)

    class Faulty(SmtpTransport):
        def send(self, message: Message, recipient: str) -> None:
            super().send(message, recipient)
            if recipient == "person1@example.org":
                raise ZeroDivisionError

    def connection() -> SmtpTransport:
        return Faulty(server.url, "no-reply@example.org", PATIENT)

    assert Mailer(world, gather_seconds=0, new_transport=connection).deliver() == 2
    assert states(rows) == [("sent", 1, False), ("owed", 1, True), ("sent", 1, False)]
    (unknown,) = rows("SELECT reason FROM outbox WHERE state = 'owed'")
    assert unknown["reason"] == "ZeroDivisionError"
    now.advance(seconds=UNKNOWN_RETRY_AFTER.total_seconds())
    assert mailer(world, server).deliver() == 1
    assert len(server.mails) == 4


def test_a_worker_told_to_stop_does_not_wait_for_a_server_that_is_silent(
    make_runtime: Callable[..., Runtime], server: ScriptedSmtpServer, rows: Rows
) -> None:
    runtime = make_runtime(mail_url=server.url, clock=lambda: datetime.now(UTC))
    pond = new_campaign(runtime, opens_at=runtime.now() - timedelta(hours=1), closes_at=runtime.now() + timedelta(days=1))
    server.misbehaviour = [Misbehaviour("dot", hangs=True, takes=True)]
    with mail_worker_process(runtime) as worker:
        sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("ada@example.org"))
        wait_until(lambda: server.mails, "the worker waits for the last answer")
        worker.popen.send_signal(signal.SIGTERM)
        # The server stays silent until the test is over, and the worker would have waited for ten minutes.
        assert worker.popen.wait(TIMEOUT_SECONDS) == 0
    assert states(rows) == [("owed", 1, True)]
