"""Order in which mails leave: a flood waits behind itself, by network and by domain."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.signatures import sign
from campaign.store.mail import outbox
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from workers.mail import LEASE


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def signed(runtime: Runtime, campaign: Campaign) -> Callable[..., None]:
    def submit(email: str, network: str = "") -> None:
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, network=network))

    return submit


def claimed(runtime: Runtime, most: int) -> list[str]:
    """Addresses in the order they are claimed in."""
    with runtime.transaction() as connection:
        return [mail.email for mail in outbox.claim_mails(connection, runtime.now(), LEASE, most)]


def test_a_flood_from_one_network_waits_behind_itself(runtime: Runtime, signed: Callable[..., None]) -> None:
    for number in range(30):
        signed(f"fake{number}@made-up-{number}.example", "203.0.113.0/24")
    signed("ada@elsewhere.example", "198.51.100.0/24")
    signed("eve@other.example", "2001:db8:1::/48")
    assert claimed(runtime, 4) == [
        "fake0@made-up-0.example", "ada@elsewhere.example", "eve@other.example", "fake1@made-up-1.example",
    ]  # fmt: skip
    # Nothing is lost by it: the rest follows in its order.
    assert claimed(runtime, 50) == [f"fake{number}@made-up-{number}.example" for number in range(2, 30)]


def test_a_flood_to_one_domain_waits_behind_itself_though_it_comes_from_everywhere(
    runtime: Runtime, signed: Callable[..., None]
) -> None:
    for number in range(30):
        signed(f"fake{number}@catch-all.example", f"203.0.{number}.0/24")
    signed("ada@elsewhere.example", "198.51.100.0/24")
    assert claimed(runtime, 2)[1] == "ada@elsewhere.example"


def test_those_at_a_big_provider_wait_for_nobody_there(runtime: Runtime, signed: Callable[..., None], now: ManualClock) -> None:
    addresses = [f"person{number}@{'gmail.com' if number % 2 else 'elsewhere.example'}" for number in range(4)]
    for number, address in enumerate(addresses):
        signed(address, f"203.0.{number}.0/24")
        now.advance(seconds=11)
    assert claimed(runtime, 10) == addresses


def test_unknown_networks_are_not_one_network(runtime: Runtime, signed: Callable[..., None]) -> None:
    addresses = [f"person@made-up-{number}.example" for number in range(5)]
    for address in addresses:
        signed(address)
    assert claimed(runtime, 10) == addresses


def test_what_tells_a_network_is_kept_only_while_the_mail_is_owed(runtime: Runtime, signed: Callable[..., None]) -> None:
    signed("ada@example.org", "203.0.113.0/24")
    keys = text("SELECT network_key, domain_key FROM outbox")
    with runtime.transaction() as connection:
        assert None not in connection.execute(keys).one()
        [mail] = outbox.claim_mails(connection, runtime.now(), LEASE, 10)
        outbox.mark_sent(connection, [mail], runtime.now())
        assert tuple(connection.execute(keys).one()) == (None, None)
