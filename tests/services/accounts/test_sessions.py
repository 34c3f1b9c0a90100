"""Sessions of the desk: noted in the audit trail as they begin and end, and found by their cookie in between."""

from collections.abc import Callable

import pytest

from campaign.domain.common.email_address import read_email_address
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.services.accounts import login_links, sessions
from campaign.store.accounts import audit_log, campaigners
from campaign.store.accounts.audit_log import AuditEntry
from campaign.store.accounts.campaigners import Campaigner
from tests.support.queries import execute_sql

DEVICE_AND_NETWORK = ("Firefox on Linux", "203.0.113.0/24")


@pytest.fixture
def mary(runtime: Runtime) -> Campaigner:
    printed = login_links.add_campaigner(runtime, read_email_address("mary@example.org"), "Mary Seacole", operator=False)
    assert printed is not None
    with runtime.reading() as connection:
        found = campaigners.get_by_id(connection, printed.campaigner_id)
    assert found is not None
    return found


def newest_entry(runtime: Runtime) -> AuditEntry:
    with runtime.reading() as connection:
        return audit_log.list_entries(connection, None)[0]


def test_a_session_is_found_by_its_cookie_until_it_is_signed_out(runtime: Runtime, mary: Campaigner) -> None:
    cookie = sessions.sign_in(runtime, mary, "password", *DEVICE_AND_NETWORK, second_factor=False)
    entry = newest_entry(runtime)
    assert (entry.action, entry.actor_name, entry.network) == ("sign in", "Mary Seacole", DEVICE_AND_NETWORK[1])
    found = sessions.signed_in_campaigner(runtime, cookie)
    assert found is not None
    campaigner, session = found
    assert (campaigner.id, session.device, session.second_factor) == (mary.id, DEVICE_AND_NETWORK[0], False)
    sessions.confirm_session(runtime, session, second_factor=True)
    again = sessions.signed_in_campaigner(runtime, cookie)
    assert again is not None
    assert again[1].second_factor
    sessions.sign_out(runtime, sessions.campaigner_actor(mary, DEVICE_AND_NETWORK[1]), session)
    assert newest_entry(runtime).action == "sign out"
    assert sessions.signed_in_campaigner(runtime, cookie) is None


@pytest.mark.parametrize("cookie", ["", "nothing", "\x00"])
def test_a_cookie_that_is_none_of_ours_finds_nobody(runtime: Runtime, cookie: str) -> None:
    assert sessions.signed_in_campaigner(runtime, cookie) is None


def test_a_disabled_campaigner_is_not_signed_in(runtime: Runtime, mary: Campaigner) -> None:
    cookie = sessions.sign_in(runtime, mary, "password", *DEVICE_AND_NETWORK, second_factor=False)
    execute_sql(runtime, "UPDATE campaigners SET disabled_at = created_at")
    assert sessions.signed_in_campaigner(runtime, cookie) is None


def test_with_redis_down_no_sign_in_is_noted(runtime: Runtime, make_runtime: Callable[..., Runtime], mary: Campaigner) -> None:
    before, without = newest_entry(runtime), make_runtime(redis_url="redis://127.0.0.1:1")
    with pytest.raises(RedisUnavailableError):
        sessions.sign_in(without, mary, "password", *DEVICE_AND_NETWORK, second_factor=False)
    assert newest_entry(runtime) == before
