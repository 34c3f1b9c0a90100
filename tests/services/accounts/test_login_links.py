"""Coming to the desk by a link: once, for a while, for one campaigner; and the first of all."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.domain.accounts.role import Role
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.services.accounts import login_links
from campaign.services.accounts.auth.rate_limits import TooManyAttemptsError
from campaign.services.accounts.login_links import AddressTakenError, FirstSignInDetails
from campaign.store.accounts import audit_log, campaigners, team
from campaign.store.accounts.login_links import delete_expired_login_links
from campaign.store.redis import sessions
from tests.journeys.test_races import run_concurrently
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import execute_sql, query_scalar
from tests.support.servers import RedisServer

MARY = read_email_address("mary@example.org")
DEVICE_AND_NETWORK = ("Firefox on Linux", "203.0.113.0/24")


def add(runtime: Runtime, email: str = "mary@example.org", name: str = "Mary Seacole", *, operator: bool = False) -> str:
    """The token in the link that was printed."""
    printed = login_links.add_campaigner(runtime, read_email_address(email), name, operator=operator)
    assert printed is not None
    return printed.url.rpartition("/")[2]


def acts(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return [entry.action for entry in reversed(audit_log.list_entries(connection, None))]


def test_a_link_signs_one_browser_in_once(runtime: Runtime) -> None:
    token = add(runtime)
    entered = login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails())
    assert entered is not None
    session = sessions.get_session(runtime.redis, runtime.tokens, entered.cookie, runtime.now())
    assert session is not None
    assert (session.campaigner_id, session.device, session.second_factor) == (
        entered.campaigner_id,
        DEVICE_AND_NETWORK[0],
        False,
    )
    assert login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails()) is None
    assert acts(runtime) == ["add campaigner", "print link", "sign in"]
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, None)[0]
    assert (entry.actor_name, entry.network, entry.after) == (
        "Mary Seacole",
        DEVICE_AND_NETWORK[1],
        {"by": "link", "device": DEVICE_AND_NETWORK[0]},
    )


def test_one_link_pressed_by_eight_at_once_signs_in_once(runtime: Runtime) -> None:
    token = add(runtime)
    entered = run_concurrently([lambda: login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails())] * 8)
    (only,) = [each for each in entered if each is not None]
    assert len(sessions.list_sessions(runtime.redis, runtime.tokens, only.campaigner_id, runtime.now())) == 1  # type: ignore[attr-defined]
    assert acts(runtime).count("sign in") == 1


def test_two_links_of_one_campaigner_pressed_at_once_end_each_other(runtime: Runtime) -> None:
    tokens = [add(runtime) for _ in range(4)]
    entered = run_concurrently(
        [lambda token=token: login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails()) for token in tokens]
    )  # type: ignore[misc]
    assert sum(each is not None for each in entered) == 1


def test_who_comes_in_ends_the_other_links_they_were_mailed(runtime: Runtime) -> None:
    old, new = add(runtime), add(runtime)
    assert login_links.sign_in(runtime, new, *DEVICE_AND_NETWORK, FirstSignInDetails()) is not None
    assert login_links.campaigner_of_link(runtime, old) is None
    assert login_links.sign_in(runtime, old, *DEVICE_AND_NETWORK, FirstSignInDetails()) is None


def test_a_link_is_good_until_its_time_is_over(runtime: Runtime, now: ManualClock) -> None:
    early, late = add(runtime), add(runtime, "ben@example.org", "Ben")
    now.advance(hours=23, minutes=59)
    assert login_links.sign_in(runtime, early, *DEVICE_AND_NETWORK, FirstSignInDetails()) is not None
    now.advance(minutes=1)
    assert login_links.campaigner_of_link(runtime, late) is None
    assert login_links.sign_in(runtime, late, *DEVICE_AND_NETWORK, FirstSignInDetails()) is None


def test_looking_at_a_link_changes_nothing(runtime: Runtime) -> None:
    token = add(runtime)
    for _ in range(3):
        found = login_links.campaigner_of_link(runtime, token)
        assert found is not None
        assert found.name == "Mary Seacole"
    assert query_scalar(runtime, "SELECT count(*) FROM login_links WHERE used_at IS NOT NULL") == 0
    assert login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails()) is not None


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "x", lambda t: t.replace("1-", "2-", 1), lambda t: "é" + t])
def test_a_link_we_did_not_sign_opens_nothing(runtime: Runtime, spoil: Callable[[str], str]) -> None:
    token = spoil(add(runtime))
    assert login_links.campaigner_of_link(runtime, token) is None
    assert login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails()) is None


def test_a_link_fits_its_own_row_and_none_that_a_backup_brings_back_under_its_number(runtime: Runtime) -> None:
    token = add(runtime)
    execute_sql(runtime, "UPDATE login_links SET key = 'another'")
    assert login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails()) is None


def test_who_is_shut_out_is_not_let_in_by_a_link_they_have(runtime: Runtime) -> None:
    token = add(runtime)
    execute_sql(runtime, "UPDATE campaigners SET disabled_at = created_at")
    assert login_links.campaigner_of_link(runtime, token) is None
    assert login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails()) is None
    assert login_links.add_campaigner(runtime, MARY, "", operator=False) is None


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_with_redis_down_a_link_is_not_used_up(runtime: Runtime, redis_server: RedisServer) -> None:
    token = add(runtime)
    redis_server.kill()
    try:
        with pytest.raises(RedisUnavailableError):
            login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails())
    finally:
        redis_server.start()
    assert login_links.campaigner_of_link(runtime, token) is not None
    assert "sign in" not in acts(runtime)


def test_an_address_gets_so_many_mails_and_a_network_asks_so_often(runtime: Runtime) -> None:
    add(runtime)
    asked = [
        login_links.request_login_link(runtime, MARY, f"203.0.{i}.0/24") for i in range(login_links.MAX_LINKS_PER_ADDRESS + 2)
    ]
    assert asked == [True] * login_links.MAX_LINKS_PER_ADDRESS + [False] * 2
    assert query_scalar(runtime, "SELECT count(*) FROM outbox") == login_links.MAX_LINKS_PER_ADDRESS
    for number in range(login_links.MAX_REQUESTS_PER_NETWORK):
        assert login_links.request_login_link(runtime, read_email_address(f"p{number}@example.org"), DEVICE_AND_NETWORK[1])
    with pytest.raises(TooManyAttemptsError, match="from your network"):
        login_links.request_login_link(runtime, MARY, DEVICE_AND_NETWORK[1])
    assert login_links.request_login_link(runtime, MARY, DEVICE_AND_NETWORK[1], known_browser="a browser of hers")


def test_redis_keeps_neither_address_nor_network_of_who_asks(runtime: Runtime) -> None:
    login_links.request_login_link(runtime, MARY, DEVICE_AND_NETWORK[1])
    kept = b" ".join(runtime.redis.keys("*"))
    assert kept.count(b"countersign:attempts:") == 3
    assert b"mary" not in kept
    assert b"203.0" not in kept


def test_the_database_is_asked_the_same_no_matter_who_asks_for_a_link(runtime: Runtime) -> None:
    from sqlalchemy import event

    add(runtime)
    asked: list[str] = []
    for engine in (runtime.engine, runtime.autocommit_engine):
        event.listen(engine, "before_cursor_execute", lambda _c, _cur, sql, *_: asked.append(sql))
    login_links.request_login_link(runtime, MARY, DEVICE_AND_NETWORK[1])
    known, asked[:] = list(asked), []
    login_links.request_login_link(runtime, read_email_address("nobody@example.org"), DEVICE_AND_NETWORK[1])
    assert asked == known
    assert any("outbox" in sql for sql in known)


def test_adding_one_who_is_there_prints_a_new_link_and_keeps_what_they_are(runtime: Runtime) -> None:
    add(runtime)
    printed = login_links.add_campaigner(runtime, read_email_address("MARY@example.org"), "Somebody Else", operator=True)
    assert printed is not None
    assert not printed.is_new
    with runtime.reading() as connection:
        mary = campaigners.get_by_email_key(connection, "mary@example.org")
    assert mary is not None
    assert (mary.name, mary.operator, mary.email) == ("Mary Seacole", True, "mary@example.org")
    assert acts(runtime) == ["add campaigner", "print link", "make operator", "print link"]


def test_the_first_campaigner_says_who_they_are_and_looks_after_everything(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    token = login_links.first_login_link(runtime).rpartition("/")[2]
    found = login_links.campaigner_of_link(runtime, token)
    assert found is not None
    assert (found.email, found.name) == ("", "")
    entered = login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails("Mary Seacole", MARY))
    assert entered is not None
    with runtime.reading() as connection:
        mary = campaigners.get_by_email_key(connection, "mary@example.org")
        assert mary is not None
        assert team.get_role(connection, pond.id, mary.id) is Role.OWNER
    assert (mary.id, mary.name, mary.operator) == (entered.campaigner_id, "Mary Seacole", True)
    assert login_links.first_login_link(runtime) == ""


def test_the_first_link_is_printed_anew_until_somebody_has_come_in_and_then_opens_nothing(
    runtime: Runtime, now: ManualClock
) -> None:
    lost = login_links.first_login_link(runtime).rpartition("/")[2]
    now.advance(hours=25)
    kept, used = (login_links.first_login_link(runtime).rpartition("/")[2] for _ in range(2))
    assert query_scalar(runtime, "SELECT count(*) FROM campaigners") == 1
    assert login_links.campaigner_of_link(runtime, lost) is None
    assert login_links.sign_in(runtime, used, *DEVICE_AND_NETWORK, FirstSignInDetails("Mary", MARY)) is not None
    assert login_links.campaigner_of_link(runtime, kept) is None


def test_the_first_campaigner_does_not_come_in_without_an_address_nor_with_that_of_another(runtime: Runtime) -> None:
    token = login_links.first_login_link(runtime).rpartition("/")[2]
    with pytest.raises(InvalidInputError):
        login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails("Mary"))
    add(runtime)
    with pytest.raises(AddressTakenError):
        login_links.sign_in(runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails("Mary", MARY))
    assert (
        login_links.sign_in(
            runtime, token, *DEVICE_AND_NETWORK, FirstSignInDetails("Ada", read_email_address("ada@example.org"))
        )
        is not None
    )


def test_where_campaigners_were_added_otherwise_there_is_no_first(runtime: Runtime) -> None:
    add(runtime)
    assert login_links.first_login_link(runtime) == ""


def test_a_campaign_that_has_a_team_is_not_given_to_the_first(runtime: Runtime) -> None:
    pond, moor = new_campaign(runtime), new_campaign(runtime, slug="moor")
    login_links.first_login_link(runtime)
    with runtime.transaction() as connection:
        ben = campaigners.add_campaigner(connection, "ben@example.org", "ben@example.org", "Ben", runtime.now())
        assert ben is not None
        connection.execute(text("DELETE FROM team_members"))
        team.add_member(connection, pond.id, ben, Role.VIEWER, runtime.now())
    login_links.first_login_link(runtime)
    with runtime.reading() as connection:
        assert [len(team.list_members(connection, campaign.id)) for campaign in (pond, moor)] == [1, 1]
        assert team.list_members(connection, pond.id)[0].id == ben


def test_two_starts_at_once_make_one_first_campaigner(runtime: Runtime) -> None:
    assert all(run_concurrently([lambda: login_links.first_login_link(runtime)] * 4))
    assert query_scalar(runtime, "SELECT count(*) FROM campaigners") == 1


def test_links_that_are_over_are_forgotten(runtime: Runtime, now: ManualClock) -> None:
    add(runtime)
    now.advance(days=40)
    add(runtime)
    with runtime.transaction() as connection:
        delete_expired_login_links(connection, runtime.now() - timedelta(days=30))
    assert query_scalar(runtime, "SELECT count(*) FROM login_links") == 1
