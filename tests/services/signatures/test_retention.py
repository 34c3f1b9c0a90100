"""Networks are kept for thirty days."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, text

from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.signatures import retention
from campaign.services.signatures.retention import NetworkRetention
from campaign.services.signatures.sign import sign_campaign, withdraw_signature
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.queries import execute_sql
from tests.support.signatory import Signatory, run_workers


def networks(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return list(connection.execute(text("SELECT network FROM signatures ORDER BY id")).scalars())


def sign(runtime: Runtime, campaign: Campaign, email: str, network: str = "203.0.113.0/24") -> None:
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, network=network))


@pytest.fixture
def campaign(runtime: Runtime, now: ManualClock) -> Campaign:
    return new_campaign(runtime, closes_at=now() + 400 * retention.NETWORK_RETENTION)


def test_a_network_is_cleared_thirty_days_after_the_signature_was_first_given(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    cleaner = NetworkRetention(runtime)
    sign(runtime, campaign, "a@example.org")
    now.advance(days=10)
    sign(runtime, campaign, "b@example.org")
    now.advance(days=20)
    # Thirty days to the moment are not over thirty days.
    assert cleaner.clear_expired() == 0
    now.advance(seconds=1)
    assert cleaner.clear_expired() == 1
    assert networks(runtime) == ["", "203.0.113.0/24"]
    now.advance(days=10)
    assert cleaner.clear_expired() == 1
    assert networks(runtime) == ["", ""]
    assert cleaner.clear_expired() == 0


def test_what_was_cleared_is_not_learned_again(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    cleaner = NetworkRetention(runtime)
    sign(runtime, campaign, "a@example.org")
    now.advance(days=31)
    cleaner.clear_expired()
    sign(runtime, campaign, "a@example.org", "198.51.100.0/24")
    withdraw_signature(runtime, 1)
    sign(runtime, campaign, "a@example.org", "198.51.100.0/24")
    assert networks(runtime) == [""]


def test_until_then_a_correction_brings_its_own_network(runtime: Runtime, campaign: Campaign) -> None:
    sign(runtime, campaign, "a@example.org")
    sign(runtime, campaign, "a@example.org", "198.51.100.0/24")
    assert networks(runtime) == ["198.51.100.0/24"]
    execute_sql(runtime, "UPDATE signatures SET state = 'verified'")
    sign(runtime, campaign, "a@example.org", "192.0.2.0/24")
    assert networks(runtime) == ["198.51.100.0/24"], "nobody changes what is verified"


def test_it_goes_on_where_it_was_and_reads_no_signature_twice(
    runtime: Runtime, campaign: Campaign, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MAX_SIGNATURES_PER_TRANSACTION", 4)
    for number in range(10):
        sign(runtime, campaign, f"{number}@example.org")
    now.advance(days=31)
    sign(runtime, campaign, "new@example.org")
    cleaner, statements = NetworkRetention(runtime), []
    event.listen(runtime.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert cleaner.clear_expired() == 10
    assert networks(runtime) == [""] * 10 + ["203.0.113.0/24"]
    statements.clear()
    assert cleaner.clear_expired() == 0
    assert sum("UPDATE signatures" in sql for sql in statements) == 1
    # Another process begins at the begin, and finds nothing left.
    assert NetworkRetention(runtime).clear_expired() == 0


def test_signatures_keep_where_they_came_from_and_the_workers_forget_it(
    signatory: Callable[..., Signatory], runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    ada = signatory()
    ada.browser.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    ada.sign()
    signatory(email="eve@example.org").browser.post(
        "/c/save-the-pond/signatures",
        data=signatory(email="eve@example.org").form(),
        environ_base={"REMOTE_ADDR": "2001:db8:aaaa:1::5"},
    )
    assert networks(runtime) == ["203.0.113.0/24", "2001:db8:aaaa::/48"]
    run_workers(runtime)
    assert networks(runtime) == ["203.0.113.0/24", "2001:db8:aaaa::/48"]
    now.advance(days=31)
    run_workers(runtime)
    assert networks(runtime) == ["", ""]
