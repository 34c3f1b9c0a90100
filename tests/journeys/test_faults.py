"""Faults of real life: nothing accepted is lost, nothing is counted twice, each owed mail leaves at least once."""

import http.client
import urllib.parse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask

from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.store.redis import campaign_cache
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.processes import clock_process, mail_worker_process, wait_until, web_process
from tests.support.queries import query_scalar
from tests.support.servers import MailServer, RedisServer, free_port
from tests.support.signatory import Signatory, public_count, run_workers
from workers import clock
from workers.mail import LEASE, MAX_BACKOFF_SECONDS, Mailer
from workers.mail_results import MAX_RETRY_SECONDS


@pytest.fixture
def fragile_redis() -> Iterator[RedisServer]:
    """A Redis of this test's own, to be killed."""
    server = RedisServer()
    yield server
    server.close()


def test_a_redis_that_comes_back_empty_is_filled_again_from_the_store(
    make_runtime: Callable[..., Runtime], mail: MailServer, fragile_redis: RedisServer
) -> None:
    runtime = make_runtime(mail_url=mail.url, redis_url=fragile_redis.url)
    app = make_app(runtime)
    campaign = new_campaign(runtime)
    ada = Signatory(app, mail)
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    assert public_count(app) == 1

    fragile_redis.kill()
    assert public_count(app) == 1  # from the store
    fragile_redis.start(empty=True)
    runtime.redis_connection._backoff_until = 0
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) is None
    assert public_count(app) == 1
    copy = campaign_cache.cached_campaign(runtime.redis, campaign.slug)
    assert copy is not None
    assert copy.verified == 1
    left = campaign_cache.cached_campaign_and_countdown(runtime.redis, campaign.slug)[1]
    assert left is not None
    assert left > 0


def test_what_was_published_while_redis_was_down_is_made_good_by_the_clock(
    make_runtime: Callable[..., Runtime], mail: MailServer, fragile_redis: RedisServer
) -> None:
    runtime = make_runtime(mail_url=mail.url, redis_url=fragile_redis.url)
    app = make_app(runtime)
    campaign = new_campaign(runtime)
    ada = Signatory(app, mail)
    ada.sign()
    run_workers(runtime)
    path = ada.verify_path()
    fragile_redis.kill()
    assert ada.confirm(path).status_code == 303
    clock.tick(runtime, {}, 1.0)  # with no worker to be reached, the clock counts
    assert public_count(app) == 1
    fragile_redis.start()  # with the copy it had before
    runtime.redis_connection._backoff_until = 0
    old = campaign_cache.cached_campaign(runtime.redis, campaign.slug)
    assert old is not None
    assert old.verified == 0
    assert count.refresh_campaign_cache(runtime) == 1
    assert public_count(app) == 1


def test_signing_goes_on_while_redis_is_down_and_the_mail_follows_without_a_restart(
    make_runtime: Callable[..., Runtime], mail: MailServer, fragile_redis: RedisServer
) -> None:
    runtime = make_runtime(mail_url=mail.url, redis_url=fragile_redis.url, clock=lambda: datetime.now(UTC))
    opens_at = runtime.now() - timedelta(hours=1)
    new_campaign(runtime, opens_at=opens_at, closes_at=opens_at + timedelta(days=1))
    app = make_app(runtime)
    with mail_worker_process(runtime) as worker, clock_process(runtime):
        Signatory(app, mail, email="before@example.org").sign()
        wait_until(lambda: mail.mails_to("before@example.org"), "a mail before the fault")
        fragile_redis.kill()
        answers = [Signatory(app, mail, email=f"during{n}@example.org").sign().status_code for n in range(5)]
        assert answers == [303] * 5
        fragile_redis.start(empty=True)
        for n in range(5):
            wait_until(
                lambda n=n: mail.mails_to(f"during{n}@example.org"),
                f"the mail promised meanwhile; the worker said {worker.output}",
            )
        assert worker.popen.poll() is None
    assert [len(mail.mails_to(f"during{n}@example.org")) for n in range(5)] == [1] * 5


def owed(runtime: Runtime) -> object:
    return query_scalar(runtime, "SELECT count(*) FROM outbox WHERE state = 'owed'")


def test_mail_waits_while_the_mail_server_is_down(runtime: Runtime, app: Flask, mail: MailServer, now: ManualClock) -> None:
    new_campaign(runtime)
    people = [Signatory(app, mail, email=f"person{n}@example.org") for n in range(5)]
    mail.stop()
    for person in people:
        assert person.sign().status_code == 303
    postman = Mailer(runtime, gather_seconds=0)
    assert postman.deliver() == 0
    assert owed(runtime) == 5
    # One attempt told that the server is down; the other mails were not tried in vain, nor counted as tried.
    assert query_scalar(runtime, "SELECT sum(attempts) FROM outbox") == 0
    # Its last threads may have been about to connect.
    postman.close()
    mail.start()
    now.advance(seconds=MAX_BACKOFF_SECONDS)
    assert Mailer(runtime, gather_seconds=0).deliver() == 5
    assert all(len(person.mails) == 1 for person in people)
    assert mail.connections <= runtime.settings.mail_connections


def test_a_mail_put_off_with_451_is_tried_again_later_and_later(
    runtime: Runtime, mail: MailServer, now: ManualClock, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada = signatory()
    ada.sign()
    mail.rcpt_reply = "451 4.7.1 greylisted, come back later"
    gaps = []
    for _ in range(4):
        assert Mailer(runtime, gather_seconds=0).deliver() == 0
        due = query_scalar(runtime, "SELECT due_at FROM outbox")
        moment = datetime.fromisoformat(str(due)).replace(tzinfo=UTC) if isinstance(due, str) else due
        assert isinstance(moment, datetime)
        gaps.append((moment - now.at).total_seconds())
        assert Mailer(runtime, gather_seconds=0).deliver() == 0  # not before it is due
        now.advance(seconds=gaps[-1])
    assert all(later > earlier for earlier, later in pairwise(gaps))
    assert max(gaps) < MAX_RETRY_SECONDS
    assert query_scalar(runtime, "SELECT attempts FROM outbox") == 4
    mail.rcpt_reply = "250 OK"
    now.advance(seconds=MAX_RETRY_SECONDS)
    assert Mailer(runtime, gather_seconds=0).deliver() == 1
    assert len(ada.mails) == 1


@pytest.mark.parametrize("where", ["rcpt_reply", "data_reply"])
def test_a_mail_refused_with_550_is_not_sent_again_and_the_next_ones_are(
    runtime: Runtime, app: Flask, mail: MailServer, where: str, now: ManualClock
) -> None:
    new_campaign(runtime)
    Signatory(app, mail, email="gone@example.org").sign()
    setattr(mail, where, "550 5.1.1 <gone@example.org>: no such mailbox")
    assert Mailer(runtime, gather_seconds=0).deliver() == 0
    assert query_scalar(runtime, "SELECT state FROM outbox") == "refused"
    # The reason is kept without the address the server quoted.
    assert query_scalar(runtime, "SELECT reason FROM outbox") == "550 5.1.1"
    mail.reset()
    now.advance(days=1)
    Signatory(app, mail, email="here@example.org").sign()
    assert Mailer(runtime, gather_seconds=0).deliver() == 1
    assert [m.recipient for m in mail.delivered] == ["here@example.org"]


def test_a_worker_killed_while_sending_repeats_one_mail_for_each_connection_at_most_and_loses_none(
    make_runtime: Callable[..., Runtime], mail: MailServer
) -> None:
    runtime = make_runtime(mail_url=mail.url, mail_connections=4, clock=lambda: datetime.now(UTC))
    app = make_app(runtime)
    opens_at = runtime.now() - timedelta(hours=1)
    new_campaign(runtime, opens_at=opens_at, closes_at=opens_at + timedelta(days=1))
    people = [Signatory(app, mail, email=f"person{n}@example.org") for n in range(20)]
    for person in people:
        person.sign()
    # So long that nobody who waits for the third mail comes too late to find the worker in the middle.
    mail.data_delay_seconds = 3.0
    with mail_worker_process(runtime) as worker:
        wait_until(lambda: len(mail.delivered) >= 3, "the worker is in the middle of a batch")
        worker.kill()
    mail.data_delay_seconds = 0.0
    assert 3 <= len(mail.delivered) < 20
    # Its claims end with their lease: a minute, not an hour, as none of its conversations was slow.
    later = make_runtime(mail_url=mail.url, clock=lambda: datetime.now(UTC) + LEASE)
    Mailer(later, gather_seconds=0).deliver()
    sent = [len(person.mails) for person in people]
    assert min(sent) == 1
    assert max(sent) <= 2
    assert sum(sent) <= 20 + runtime.settings.mail_connections
    repeated = [person.mails for person in people if len(person.mails) == 2]
    assert all(first["Message-ID"] == second["Message-ID"] for first, second in repeated)
    assert owed(later) == 0


def test_what_the_web_has_answered_survives_its_being_killed(make_runtime: Callable[..., Runtime], mail: MailServer) -> None:
    port = free_port()
    runtime = make_runtime(mail_url=mail.url, base_url=f"http://127.0.0.1:{port}", clock=lambda: datetime.now(UTC))
    opens_at = runtime.now() - timedelta(hours=1)
    new_campaign(runtime, opens_at=opens_at, closes_at=opens_at + timedelta(days=1))
    accepted = []
    for n in range(2):
        with web_process(runtime, port) as process:
            for m in range(3):
                email = f"person{n}{m}@example.org"
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                form = {"name": "Ada", "email": email, "country": "GB", "postcode": "SW1A 1AA"}
                connection.request("POST", "/c/save-the-pond/signatures", urllib.parse.urlencode(form),
                                   {"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
                assert connection.getresponse().status == 303
                connection.close()
                accepted.append(email)
            process.kill()
    assert query_scalar(runtime, "SELECT count(*) FROM signatures") == 6
    Mailer(runtime, gather_seconds=0).deliver()
    assert sorted(m.recipient for m in mail.delivered) == accepted
