"""Delivering mail to campaigners: each once, none that is no longer owed, and none lost while a mail server is down."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.common.email_address import read_email_address
from campaign.domain.mail.kinds import MailKind
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.services.accounts import invitations, login_links, team
from campaign.services.accounts.login_links import FirstSignInDetails
from campaign.store.accounts import campaigners
from campaign.store.mail import outbox
from tests.journeys.test_races import run_concurrently
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import query_scalar
from tests.support.servers import MailServer
from tests.support.signatory import link_path_in, run_workers
from workers import clock
from workers.mail import Mailer

MARY = read_email_address("mary@example.org")


@pytest.fixture
def mary(runtime: Runtime) -> int:
    with runtime.transaction() as connection:
        added = campaigners.add_campaigner(connection, MARY.typed, MARY.key, "Mary Seacole", runtime.now())
    assert added is not None
    return added


@pytest.fixture
def state(runtime: Runtime) -> Callable[[], list[Any]]:
    """How each notice stands."""

    def read() -> list[Any]:
        with runtime.reading() as connection:
            return [tuple(row) for row in connection.execute(text("SELECT state, attempts, reason FROM outbox ORDER BY id"))]

    return read


State = Callable[[], list[Any]]


def token_in(mail: EmailMessage, kind: str) -> str:
    return link_path_in(mail, kind).rpartition("/")[2]


def test_who_asks_for_a_link_is_mailed_one_that_signs_them_in(runtime: Runtime, mary: int, mail: MailServer) -> None:
    login_links.request_login_link(runtime, MARY, "", "/desk/c/pond/")
    login_links.request_login_link(runtime, read_email_address("nobody@example.org"), "")
    run_workers(runtime)
    assert [each.recipient for each in mail.delivered] == [MARY.typed]
    entered = login_links.sign_in(runtime, token_in(mail.mails_to(MARY.typed)[0], "enter"), "Firefox", "", FirstSignInDetails())
    assert entered is not None
    assert entered.campaigner_id == mary


def test_the_time_of_a_link_runs_from_when_its_mail_leaves(
    runtime: Runtime, mary: int, mail: MailServer, now: ManualClock
) -> None:
    login_links.request_login_link(runtime, MARY, "")
    now.advance(minutes=30)
    Mailer(runtime, gather_seconds=0).deliver()
    now.advance(minutes=14)
    token = token_in(mail.mails_to(MARY.typed)[0], "enter")
    assert login_links.campaigner_of_link(runtime, token) is not None
    now.advance(minutes=1)
    assert login_links.campaigner_of_link(runtime, token) is None
    assert mary


def test_an_invitation_goes_to_the_address_that_is_invited(runtime: Runtime, mail: MailServer) -> None:
    invitations.invite_to_team(runtime, COMMAND_LINE, new_campaign(runtime), "Ada@Example.org", Role.EDITOR)
    run_workers(runtime)
    assert [each.recipient for each in mail.delivered] == ["Ada@example.org"]
    assert invitations.get_acceptable_invitation(runtime, token_in(mail.delivered[0].message, "invitation")) is not None


def test_an_invitation_that_is_taken_back_in_time_is_not_mailed(runtime: Runtime, mail: MailServer, state: State) -> None:
    pond = new_campaign(runtime)
    invitations.invite_to_team(runtime, COMMAND_LINE, pond, "ada@example.org", Role.EDITOR)
    invitations.revoke_invitation(runtime, COMMAND_LINE, pond, team.get_team(runtime, pond).invitations[0].id)
    run_workers(runtime)
    assert mail.delivered == []
    assert state() == [("dropped", 1, "the invitation is open no more")]


@pytest.mark.parametrize("wish", ["wants_alerts = false", "disabled_at = created_at"])
def test_who_does_not_want_it_or_is_shut_out_is_not_mailed(
    runtime: Runtime, mary: int, mail: MailServer, state: State, wish: str
) -> None:
    with runtime.transaction() as connection:
        outbox.enqueue_campaigner_mail(connection, MailKind.MILESTONE, runtime.now(), campaigner_id=mary)
        connection.execute(text(f"UPDATE campaigners SET {wish}"))
    run_workers(runtime)
    assert mail.delivered == []
    assert state()[0][0] == "dropped"


def test_what_two_workers_deliver_at_once_is_delivered_once(
    runtime: Runtime, make_runtime: Callable[..., Runtime], mary: int, mail: MailServer
) -> None:
    for _ in range(5):
        login_links.request_login_link(runtime, MARY, "")
    run_concurrently([Mailer(make_runtime(mail_url=mail.url), gather_seconds=0).deliver for _ in range(2)])
    assert len(mail.mails_to(MARY.typed)) == 5
    assert len({each["Message-ID"] for each in mail.mails_to(MARY.typed)}) == 5
    assert mary


def test_a_notice_refused_for_good_is_not_tried_again(runtime: Runtime, mary: int, mail: MailServer, state: State) -> None:
    login_links.request_login_link(runtime, MARY, "")
    mail.rcpt_reply = "550 5.1.1 nobody here"
    Mailer(runtime, gather_seconds=0).deliver()
    assert state()[0][:2] == ("refused", 1)
    mail.rcpt_reply = "250 OK"
    Mailer(runtime, gather_seconds=0).deliver()
    assert mail.delivered == []
    assert mary


def test_a_notice_put_off_goes_out_later_with_the_same_link(
    runtime: Runtime, mary: int, mail: MailServer, state: State, now: ManualClock
) -> None:
    login_links.request_login_link(runtime, MARY, "")
    mail.rcpt_reply = "450 4.2.0 greylisted"
    Mailer(runtime, gather_seconds=0).deliver()
    assert state()[0][:2] == ("owed", 1)
    Mailer(runtime, gather_seconds=0).deliver()
    assert state()[0][:2] == ("owed", 1)
    mail.rcpt_reply = "250 OK"
    now.advance(seconds=10)
    Mailer(runtime, gather_seconds=0).deliver()
    assert state()[0][:2] == ("sent", 2)
    assert query_scalar(runtime, "SELECT count(*) FROM login_links") == 1
    assert mary


def test_a_notice_that_is_only_ever_put_off_is_given_up(
    runtime: Runtime, mary: int, mail: MailServer, state: State, now: ManualClock
) -> None:
    with runtime.transaction() as connection:
        outbox.enqueue_campaigner_mail(
            connection, MailKind.TEAM, runtime.now(), campaigner_id=mary, facts={"what": "role", "role": "editor"}
        )
    mail.rcpt_reply = "450 4.2.0 greylisted"
    Mailer(runtime, gather_seconds=0).deliver()
    now.advance(days=6)
    Mailer(runtime, gather_seconds=0).deliver()
    assert state() == [("refused", 2, state()[0][2])]
    assert state()[0][2].startswith("given up")


def test_a_server_that_is_down_is_left_alone_and_the_notice_is_not_counted_as_tried(
    runtime: Runtime, mary: int, mail: MailServer, state: State
) -> None:
    login_links.request_login_link(runtime, MARY, "")
    mail.stop()
    postman = Mailer(runtime, gather_seconds=0)
    assert postman.deliver() == 0
    assert state()[0][:2] == ("owed", 0)
    mail.start()
    assert Mailer(runtime, gather_seconds=0).deliver() == 1
    assert mary


def test_the_clock_enqueues_a_job_whose_request_was_lost(runtime: Runtime, mary: int) -> None:
    with runtime.transaction() as connection:
        outbox.enqueue_campaigner_mail(connection, MailKind.TEAM, runtime.now(), campaigner_id=mary)
    assert not runtime.redis.exists(f"rq:queue:{DELIVER_MAIL.queue}")
    clock.enqueue_mail(runtime)
    assert runtime.redis.llen(f"rq:queue:{DELIVER_MAIL.queue}") == 1


def test_a_notice_whose_address_can_be_read_no_more_is_dropped_and_holds_nothing_up(
    runtime: Runtime, mary: int, mail: MailServer, state: State
) -> None:
    with runtime.transaction() as connection:
        facts = {"what": "confirm", "sealed": "sealed with another key"}
        outbox.enqueue_campaigner_mail(connection, MailKind.ADDRESS, runtime.now(), campaigner_id=mary, facts=facts)
    login_links.request_login_link(runtime, MARY, "")
    assert Mailer(runtime, gather_seconds=0).deliver() == 1
    assert [each[0] for each in state()] == ["dropped", "sent"]
    assert len(mail.delivered) == 1
