"""Retention of invitations: the address of who never came is deleted, and until then one that expired can be sent again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.accounts.organisation_team import OrganisationTeam
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.kinds import INVITATION_LIFETIME
from campaign.domain.privacy.retention import INVITATION_RETENTION
from campaign.runtime import Runtime
from campaign.services.accounts import invitations
from campaign.services.accounts.team import get_team
from campaign.services.privacy import retention
from campaign.store.accounts import audit_log, campaigners, organisation_teams
from campaign.store.tables import metadata, outbox
from tests.services.accounts.test_team import DEVICE_AND_NETWORK, token
from tests.support.factories import ManualClock, new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

ADDRESS = "quetzalcoatl@vexillology.example"


@pytest.fixture
def pond(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


def invite(runtime: Runtime, pond: Campaign) -> int:
    """Number of an invitation to the campaign's team."""
    invitations.invite_to_team(runtime, COMMAND_LINE, pond, ADDRESS, Role.EDITOR)
    return get_team(runtime, pond).invitations[0].id


def tables_with_address(runtime: Runtime) -> set[str]:
    found = set()
    with runtime.reading() as connection:
        for table in metadata.sorted_tables:
            rows = (str(tuple(row)).casefold() for row in connection.execute(table.select()))
            if any("quetzalcoatl" in row or "vexillology" in row for row in rows):
                found.add(table.name)
    return found


def expire(runtime: Runtime, _pond: Campaign, now: ManualClock, _number: int) -> None:
    now.at += INVITATION_LIFETIME


def take_back(runtime: Runtime, pond: Campaign, _now: ManualClock, number: int) -> None:
    assert invitations.revoke_invitation(runtime, COMMAND_LINE, pond, number)


def accept(runtime: Runtime, _pond: Campaign, _now: ManualClock, _number: int) -> None:
    assert invitations.accept_invitation(runtime, token(runtime), "Ada Lovelace", *DEVICE_AND_NETWORK)


@pytest.mark.parametrize(
    ("end", "left"),
    [(expire, set[str]()), (take_back, set[str]()), (accept, {"campaigners"})],
)  # fmt: skip
def test_an_invitation_is_deleted_with_its_address_some_days_after_its_end(
    runtime: Runtime, pond: Campaign, mail: MailServer, now: ManualClock, end: Callable[..., None], left: set[str]
) -> None:
    number = invite(runtime, pond)
    run_workers(runtime)
    assert len(mail.delivered) == 1
    end(runtime, pond, now, number)
    now.at += INVITATION_RETENTION
    retention.run_due_retention(runtime)
    assert tables_with_address(runtime) == {"invitations"} | left
    now.advance(seconds=1)
    retention.run_due_retention(runtime)
    assert tables_with_address(runtime) == left
    with runtime.reading() as connection:
        recorded = [(entry.action, entry.subject) for entry in audit_log.list_entries(connection, pond.id)]
    assert ("invite campaigner", f"invitation {number}") in recorded


def test_the_mail_of_an_invitation_names_the_day_its_address_is_deleted(
    runtime: Runtime, pond: Campaign, mail: MailServer, now: ManualClock
) -> None:
    deleted_at = now() + INVITATION_LIFETIME + INVITATION_RETENTION
    invite(runtime, pond)
    run_workers(runtime)
    words = mail.delivered[0].message.get_body(("plain",)).get_content()
    assert f"{deleted_at.day} {deleted_at:%B %Y}" in " ".join(words.split())


def test_one_that_expired_is_sent_again_until_it_is_deleted(runtime: Runtime, pond: Campaign, now: ManualClock) -> None:
    number = invite(runtime, pond)
    now.at += INVITATION_LIFETIME + INVITATION_RETENTION
    retention.run_due_retention(runtime)
    assert invitations.resend_invitation(runtime, COMMAND_LINE, pond, number)
    now.advance(seconds=1)
    retention.run_due_retention(runtime)
    (again,) = get_team(runtime, pond).invitations
    assert (again.email, again.id > number) == (ADDRESS, True)
    assert invitations.get_acceptable_invitation(runtime, token(runtime)) is not None


def test_a_link_to_one_that_is_deleted_opens_nothing(runtime: Runtime, pond: Campaign, now: ManualClock) -> None:
    number, link = invite(runtime, pond), token(runtime)
    now.at += INVITATION_LIFETIME + INVITATION_RETENTION
    now.advance(seconds=1)
    retention.run_due_retention(runtime)
    assert invitations.get_acceptable_invitation(runtime, link) is None
    assert invitations.accept_invitation(runtime, link, "Ada", *DEVICE_AND_NETWORK) is None
    assert not invitations.resend_invitation(runtime, COMMAND_LINE, pond, number)


def test_all_that_are_due_go_in_one_round(
    runtime: Runtime, now: ManualClock, pond: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MAX_INVITATIONS_PER_STEP", 1)
    invite(runtime, pond)
    invitations.invite_to_site(runtime, COMMAND_LINE, ADDRESS)
    now.at += INVITATION_LIFETIME + INVITATION_RETENTION
    now.advance(seconds=1)
    assert retention.run_due_retention(runtime).is_finished
    assert invitations.list_every_invitation(runtime) == []


def test_a_mail_whose_invitation_is_gone_is_dropped(runtime: Runtime, mail: MailServer, pond: Campaign) -> None:
    with runtime.transaction() as connection:
        mary = campaigners.add_campaigner(connection, "mary@example.org", "mary@example.org", "Mary", runtime.now())
        north = OrganisationTeam(organisation_teams.create_team(connection, "North", runtime.now()), "North")
    invitations.invite_to_team(runtime, Actor("Mary", mary, ""), north, ADDRESS, Role.EDITOR)
    with runtime.transaction() as connection:
        organisation_teams.delete_team(connection, north.id)
    invitations.invite_to_site(runtime, COMMAND_LINE, "grace@example.org")
    run_workers(runtime)
    assert [each.recipient for each in mail.delivered] == ["grace@example.org"]
    with runtime.reading() as connection:
        states = connection.execute(select(outbox.c.state, outbox.c.reason).order_by(outbox.c.id)).all()
    assert states == [("dropped", "there is nobody to tell"), ("sent", "")]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_sqlite_nothing_of_the_address_is_left_in_the_files(
    runtime: Runtime, pond: Campaign, now: ManualClock, database: str
) -> None:
    path = Path(database.removeprefix("sqlite:///"))

    def is_found() -> bool:
        return any(re.search(b"quetzalcoatl", one.read_bytes(), re.I) for one in path.parent.glob(f"{path.name}*"))

    invite(runtime, pond)
    assert is_found()
    now.at += INVITATION_LIFETIME + INVITATION_RETENTION
    now.advance(seconds=1)
    retention.run_due_retention(runtime)
    assert not is_found()
