"""A mail worker killed at each step of a batch: no mail is lost, none is repeated that had not been sent whole, and of those no
more than is promised."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.services.signatures import sign
from tests.support.factories import new_campaign, sign_form_data
from tests.support.processes import mail_worker_process, wait_until
from tests.support.queries import query_scalar
from tests.support.smtp_script import PHASES, Misbehaviour, ScriptedSmtpServer
from workers.mail import LEASE, Mailer
from workers.mail_results import MAX_TOGETHER

MAILS, CONNECTIONS = 10, 2
STORED_TOO_LATE = "result"
"""The server has answered for as many mails as it can have; no answer is stored yet."""
MAX_REPEATED = MAX_TOGETHER - 1 + CONNECTIONS
"""As README says it."""


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("step", [*PHASES, STORED_TOO_LATE])
def test_a_worker_killed_at_any_step_loses_no_mail_and_repeats_no_more_than_is_promised(
    make_runtime: Callable[..., Runtime], step: str
) -> None:
    phase = "dot" if step == STORED_TOO_LATE else step
    held = Event() if step == STORED_TOO_LATE else None
    stuck = Misbehaviour(phase, hangs=held is None, takes=True, held_until=held)
    server = ScriptedSmtpServer([stuck])
    runtime = make_runtime(mail_url=server.url, mail_connections=CONNECTIONS, clock=lambda: datetime.now(UTC))
    opens_at = runtime.now() - timedelta(hours=1)
    campaign = new_campaign(runtime, opens_at=opens_at, closes_at=opens_at + timedelta(days=1))
    people = [f"person{number}@example.org" for number in range(MAILS)]
    for email in people:
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email))
    try:
        with runtime.engine.connect() as connection, mail_worker_process(runtime) as worker:
            wait_until(stuck.reached.is_set, f"the worker comes to {step}")
            if held is not None:
                # What was claimed is held, so that no result can be stored.
                connection.execute(text("SELECT id FROM outbox FOR UPDATE"))
                server.misbehaviour.clear()
                held.set()
                wait_until(lambda: server.answered >= CONNECTIONS, "the server has answered on each connection")
            worker.kill()
            if held is not None:
                # What the worker has asked for already dies with it; else the server would do it once the rows are free.
                connection.execute(text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()"
                ))  # fmt: skip
        server.misbehaviour.clear()
        first = [str(one["To"]) for one in server.mails]
        later = make_runtime(
            mail_url=server.url, mail_connections=CONNECTIONS, clock=lambda: datetime.now(UTC) + LEASE + timedelta(seconds=1)
        )
        Mailer(later, gather_seconds=0).deliver()
        sent = [str(one["To"]) for one in server.mails]
        assert set(sent) == set(people)
        repeated = [email for email in people if sent.count(email) > 1]
        assert max(map(sent.count, people)) <= 2
        assert len(repeated) <= MAX_REPEATED < MAILS
        # Only what was sent whole can have been sent twice.
        if step in ("dot", STORED_TOO_LATE):
            assert repeated
            assert set(repeated) <= set(first)
        else:
            assert not first
            assert not repeated
        assert query_scalar(later, "SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0
    finally:
        server.close()
