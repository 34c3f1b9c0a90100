"""Retention of unused accounts: who was added and never came in is deleted, but for those somebody decided about."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.organisation_team import OrganisationTeam
from campaign.domain.accounts.role import Role
from campaign.domain.common.email_address import read_email_address
from campaign.domain.privacy.retention import UNUSED_ACCOUNT_RETENTION
from campaign.runtime import Runtime
from campaign.services.accounts import login_links
from campaign.services.accounts.login_links import PRINTED_LINK_LIFETIME, FirstSignInDetails
from campaign.services.privacy import retention
from campaign.services.site import campaigners as site_campaigners
from campaign.store.accounts import audit_log, organisation_teams, team
from campaign.store.accounts.login_links import add_login_link
from campaign.store.tables import campaigners
from tests.services.privacy.test_invitation_retention import ADDRESS, tables_with_address
from tests.support.factories import ManualClock, new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

OPERATOR = Actor("Olga Operator", None, "")


def add(runtime: Runtime) -> login_links.PrintedLink:
    """The link printed for somebody who may never come."""
    printed = login_links.add_campaigner(runtime, read_email_address(ADDRESS), "Quetzalcoatl", operator=False)
    assert printed is not None
    return printed


def come_in(runtime: Runtime, printed: login_links.PrintedLink) -> bool:
    token = printed.url.rpartition("/")[2]
    return login_links.sign_in(runtime, token, "Firefox", "203.0.113.0/24", FirstSignInDetails()) is not None


def wait(runtime: Runtime, now: ManualClock) -> None:
    """Let the time of an account pass whose last link was printed now."""
    now.at += PRINTED_LINK_LIFETIME + UNUSED_ACCOUNT_RETENTION
    now.advance(seconds=1)
    retention.run_due_retention(runtime)


def test_who_never_came_in_is_deleted_with_their_address(runtime: Runtime, mail: MailServer, now: ManualClock) -> None:
    printed = add(runtime)
    login_links.request_login_link(runtime, read_email_address(ADDRESS), "203.0.113.0/24")
    run_workers(runtime)
    assert len(mail.delivered) == 1
    now.at += PRINTED_LINK_LIFETIME + UNUSED_ACCOUNT_RETENTION
    retention.run_due_retention(runtime)
    assert tables_with_address(runtime) == {"campaigners"}
    now.advance(seconds=1)
    retention.run_due_retention(runtime)
    assert tables_with_address(runtime) == set()
    assert not come_in(runtime, printed)
    with runtime.reading() as connection:
        recorded = [(entry.action, entry.subject) for entry in audit_log.list_entries(connection, None)]
    number = str(printed.campaigner_id)
    assert recorded == [("delete campaigner", number), ("print link", number), ("add campaigner", number)]
    # The number is not given again: the audit trail has it.
    assert add(runtime).campaigner_id > printed.campaigner_id


def test_a_new_link_lets_the_time_begin_anew(runtime: Runtime, now: ManualClock) -> None:
    add(runtime)
    now.at += UNUSED_ACCOUNT_RETENTION
    again = add(runtime)
    now.at += timedelta(days=2)
    retention.run_due_retention(runtime)
    assert tables_with_address(runtime) == {"campaigners"}
    assert not again.is_new
    wait(runtime, now)
    assert tables_with_address(runtime) == set()


def test_who_came_in_once_stays(runtime: Runtime, now: ManualClock) -> None:
    assert come_in(runtime, add(runtime))
    wait(runtime, now)
    assert "campaigners" in tables_with_address(runtime)


def _give_role(runtime: Runtime, number: int) -> Callable[[], None]:
    pond = new_campaign(runtime)
    with runtime.transaction() as connection:
        team.add_member(connection, pond.id, number, Role.EDITOR, runtime.now())

    def take_back() -> None:
        with runtime.transaction() as connection:
            team.remove_member(connection, pond.id, number)

    return take_back


def _give_role_by_team(runtime: Runtime, number: int) -> Callable[[], None]:
    with runtime.transaction() as connection:
        north = OrganisationTeam(organisation_teams.create_team(connection, "North", runtime.now()), "North")
        organisation_teams.add_member(connection, north.id, number, Role.EDITOR, runtime.now())

    def take_back() -> None:
        with runtime.transaction() as connection:
            organisation_teams.remove_member(connection, north.id, number)

    return take_back


def _make_operator(runtime: Runtime, number: int) -> Callable[[], None]:
    # One of the site's operators has to stay one.
    assert login_links.add_campaigner(runtime, read_email_address("olga@example.org"), "Olga", operator=True) is not None
    assert site_campaigners.set_operator(runtime, OPERATOR, number, operator=True)
    return lambda: _require(site_campaigners.set_operator(runtime, OPERATOR, number, operator=False))


def _shut_out(runtime: Runtime, number: int) -> Callable[[], None]:
    assert site_campaigners.disable_campaigner(runtime, OPERATOR, number, "a mistake")
    return lambda: _require(site_campaigners.enable_campaigner(runtime, OPERATOR, number))


def _require(is_done: bool) -> None:
    assert is_done


@pytest.mark.parametrize("decide", [_give_role, _give_role_by_team, _make_operator, _shut_out])
def test_whoever_somebody_decided_about_stays_until_that_is_taken_back(
    runtime: Runtime, now: ManualClock, decide: Callable[[Runtime, int], Callable[[], None]]
) -> None:
    take_back = decide(runtime, add(runtime).campaigner_id)
    wait(runtime, now)
    assert "campaigners" in tables_with_address(runtime)
    take_back()
    wait(runtime, now)
    assert tables_with_address(runtime) == set()


def test_all_that_are_due_go_in_one_round(runtime: Runtime, now: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MAX_ACCOUNTS_PER_STEP", 1)
    for name in ("ada", "ben", "cleo"):
        login_links.add_campaigner(runtime, read_email_address(f"{name}@example.org"), "", operator=False)
    wait(runtime, now)
    with runtime.reading() as connection:
        assert connection.execute(select(func.count()).select_from(campaigners)).scalar_one() == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_account_that_is_being_given_a_link_is_passed_over(runtime: Runtime, now: ManualClock) -> None:
    number = add(runtime).campaigner_id
    now.at += PRINTED_LINK_LIFETIME + UNUSED_ACCOUNT_RETENTION
    now.advance(seconds=1)
    with runtime.transaction() as connection:
        key = runtime.random_token()
        link = add_login_link(connection, key, number, now(), now() + PRINTED_LINK_LIFETIME)
        assert retention.run_due_retention(runtime).is_finished
    retention.run_due_retention(runtime)
    url = runtime.tokens.login_token(link, key)
    assert come_in(runtime, login_links.PrintedLink(number, url, is_new=False))
