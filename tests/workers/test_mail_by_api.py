"""The mailer by a provider's API: batches, a refused account, and being asked to wait."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.mail.mail_url import read_mail_url
from campaign.mail.providers.api_client import ApiTimeouts
from campaign.mail.providers.provider import ApiTransport
from campaign.mail.providers.registry import open_provider
from campaign.runtime import Runtime
from campaign.services.signatures import sign
from campaign.services.site.health import site_health
from campaign.store.redis.mail_failure import mail_failure
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.processes import TIMEOUT_SECONDS
from tests.support.provider_server import DIALECTS, ProviderServer, Reply
from workers.mail import Mailer


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    made = ProviderServer(DIALECTS["postmark"])
    yield made
    made.close()


@pytest.fixture
def world(make_runtime: Callable[..., Runtime], server: ProviderServer) -> Runtime:
    return make_runtime(mail_url=server.mail_url, mail_connections=1)


def owe(runtime: Runtime, addresses: list[str]) -> None:
    pond = new_campaign(runtime)
    for address in addresses:
        sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data(address))


def mailer(runtime: Runtime, server: ProviderServer) -> Mailer:
    def connection() -> ApiTransport:
        return open_provider(read_mail_url(server.mail_url), runtime.now, ApiTimeouts(TIMEOUT_SECONDS, TIMEOUT_SECONDS))

    return Mailer(runtime, gather_seconds=0, stop_seconds=0.3, new_transport=connection)


def rows(runtime: Runtime) -> list[tuple[Any, ...]]:
    with runtime.reading() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT state, attempts FROM outbox ORDER BY id"))]


def test_mails_that_wait_share_a_call_and_each_has_its_own_result(world: Runtime, server: ProviderServer) -> None:
    owe(world, [f"{'refused' if number % 5 == 0 else 'person'}{number}@example.org" for number in range(30)])
    server.refused_recipients = [f"refused{number}@example.org" for number in range(0, 30, 5)]
    assert mailer(world, server).deliver() == 24
    assert [state for state, _ in rows(world)] == ["refused" if number % 5 == 0 else "sent" for number in range(30)]
    assert {attempts for _, attempts in rows(world)} == {1}
    assert len(server.mails) == 24
    assert len(server.calls) == 2


def test_a_refused_account_burns_no_attempt_is_said_loudly_and_forgotten_with_the_first_mail_taken(
    world: Runtime, server: ProviderServer, now: ManualClock
) -> None:
    owe(world, [f"person{number}@example.org" for number in range(3)])
    server.replies = [Reply(401, {"ErrorCode": 10, "Message": "No token"})] * 2
    sender = mailer(world, server)
    assert sender.deliver() == 0
    assert rows(world) == [("owed", 0)] * 3
    failure = world.call_redis(mail_failure)
    assert failure is not None
    assert failure.sender_refused
    assert "person" not in failure.reason
    assert any("refuses our sender or account" in problem for problem in site_health(world).problems)
    now.advance(minutes=1)
    assert mailer(world, server).deliver() == 0
    again = world.call_redis(mail_failure)
    assert again is not None
    assert again.since == failure.since
    assert mailer(world, server).deliver() == 3
    assert world.call_redis(mail_failure) is None
    assert not any("mail server" in problem for problem in site_health(world).problems)


def test_a_provider_that_asks_to_be_left_alone_for_so_long_is(world: Runtime, server: ProviderServer) -> None:
    owe(world, ["ada@example.org"])
    server.replies = [Reply(429, None, (("Retry-After", "1800"),))]
    sender = mailer(world, server)
    assert sender.deliver() == 0
    assert sender.deliver() == 0
    assert len(server.calls) == 1
    assert rows(world) == [("owed", 0)]
