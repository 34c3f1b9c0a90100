"""The team of a campaign: who comes to it, who leaves it, and that it always has an owner."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.services.accounts.invitations import (
    MAX_INVITATIONS_BY_CAMPAIGNER,
    MAX_INVITATIONS_TO_ADDRESS,
    accept_invitation,
    get_acceptable_invitation,
    invite_to_site,
    invite_to_team,
    list_every_invitation,
    resend_invitation,
    revoke_any_invitation,
    revoke_invitation,
)
from campaign.services.accounts.members import LastOwnerError, NotInTeamError
from campaign.services.accounts.team import (
    add_to_team,
    change_role,
    get_team,
    remove_from_team,
    require_second_factor,
)
from campaign.store.accounts import audit_log, campaigners, team
from campaign.store.redis import sessions
from tests.journeys.test_races import run_concurrently
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import execute_sql, query_scalar
from tests.support.servers import RedisServer

DEVICE_AND_NETWORK = ("Firefox on Linux", "203.0.113.0/24")


@pytest.fixture
def pond(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def member(runtime: Runtime, pond: Campaign) -> Callable[..., Actor]:
    """Puts somebody into the team."""

    def put(role: Role, name: str = "Mary Seacole") -> Actor:
        email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        with runtime.transaction() as connection:
            number = campaigners.add_campaigner(connection, email, email, name, runtime.now())
            assert number is not None
            team.add_member(connection, pond.id, number, role, runtime.now())
        return Actor(name, number, DEVICE_AND_NETWORK[1])

    return put


Member = Callable[..., Actor]


def roles(runtime: Runtime, pond: Campaign) -> dict[str, Role]:
    with runtime.reading() as connection:
        return {each.name: each.role for each in team.list_members(connection, pond.id)}


def token(runtime: Runtime) -> str:
    """The token in the newest invitation."""
    with runtime.reading() as connection:
        row = connection.execute(text("SELECT id, key FROM invitations ORDER BY id DESC LIMIT 1")).one()
    return runtime.tokens.invitation_token(row.id, row.key)


def trail(runtime: Runtime) -> list[tuple[str, str]]:
    """Who did what, but for the making of the campaign."""
    with runtime.reading() as connection:
        found = [(entry.actor_name, entry.action) for entry in reversed(audit_log.list_entries(connection, None))]
    return [(who, act) for who, act in found if act != "create campaign"]


def test_who_accepts_becomes_a_campaigner_joins_the_team_and_is_signed_in(
    runtime: Runtime, pond: Campaign, member: Member
) -> None:
    mary = member(Role.OWNER)
    invite_to_team(runtime, mary, pond, "Ada@example.org", Role.EDITOR)
    found = get_acceptable_invitation(runtime, token(runtime))
    assert found is not None
    assert (found[0].title, found[0].role, found[0].inviter, found[0].email, found[1]) == (
        pond.text.title, Role.EDITOR, "Mary Seacole", "Ada@example.org", None,
    )  # fmt: skip
    joined = accept_invitation(runtime, token(runtime), "Ada Lovelace", *DEVICE_AND_NETWORK)
    assert joined is not None
    assert joined.slug == pond.slug
    session = sessions.get_session(runtime.redis, runtime.tokens, joined.cookie, runtime.now())
    assert session is not None
    with runtime.reading() as connection:
        ada = campaigners.get_by_id(connection, session.campaigner_id)
    assert ada is not None
    assert (ada.name, ada.email, ada.email_key, ada.operator) == ("Ada Lovelace", "Ada@example.org", "ada@example.org", False)
    assert roles(runtime, pond) == {"Mary Seacole": Role.OWNER, "Ada Lovelace": Role.EDITOR}
    assert trail(runtime) == [
        ("Mary Seacole", "invite campaigner"), ("Ada Lovelace", "accept invitation"), ("Ada Lovelace", "sign in"),
    ]  # fmt: skip


def test_nothing_of_an_address_stands_in_the_trail(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary = member(Role.OWNER)
    invite_to_team(runtime, mary, pond, "ada@example.org", Role.EDITOR)
    accept_invitation(runtime, token(runtime), "Ada Lovelace", *DEVICE_AND_NETWORK)
    with runtime.reading() as connection:
        assert "example.org" not in str(audit_log.list_entries(connection, None))


def test_one_invitation_accepted_by_eight_at_once_is_accepted_once(runtime: Runtime, pond: Campaign, member: Member) -> None:
    invite_to_team(runtime, member(Role.OWNER), pond, "ada@example.org", Role.EDITOR)
    link = token(runtime)
    joined = run_concurrently([lambda: accept_invitation(runtime, link, "Ada", *DEVICE_AND_NETWORK)] * 8)
    assert sum(each is not None for each in joined) == 1
    assert query_scalar(runtime, "SELECT count(*) FROM campaigners") == 2


def test_two_invitations_of_one_person_accepted_at_once_make_one_campaigner(
    runtime: Runtime, pond: Campaign, member: Member
) -> None:
    mary, moor = member(Role.OWNER), new_campaign(runtime, slug="moor")
    links = []
    for campaign in (pond, moor):
        invite_to_team(runtime, mary, campaign, "ada@example.org", Role.EDITOR)
        links.append(token(runtime))
    assert all(
        run_concurrently([lambda link=link: accept_invitation(runtime, link, "Ada", *DEVICE_AND_NETWORK) for link in links])
    )  # type: ignore[misc]
    assert query_scalar(runtime, "SELECT count(*) FROM campaigners") == 2
    assert query_scalar(runtime, "SELECT count(*) FROM team_members") == 3


def test_who_is_a_campaigner_keeps_their_name_and_accounts(runtime: Runtime, pond: Campaign, member: Member) -> None:
    ada, moor = member(Role.VIEWER, "Ada Lovelace"), new_campaign(runtime, slug="moor")
    invite_to_team(runtime, COMMAND_LINE, moor, "ADA@example.org", Role.OWNER)
    assert accept_invitation(runtime, token(runtime), "Somebody Else", *DEVICE_AND_NETWORK) is not None
    assert roles(runtime, moor) == {"Ada Lovelace": Role.OWNER}
    assert query_scalar(runtime, "SELECT count(*) FROM campaigners") == 1
    assert ada.campaigner_id


def test_who_has_joined_otherwise_in_the_meantime_keeps_the_role_they_have(
    runtime: Runtime, pond: Campaign, member: Member
) -> None:
    invite_to_team(runtime, COMMAND_LINE, pond, "ada@example.org", Role.VIEWER)
    member(Role.OWNER, "Ada Lovelace")
    assert accept_invitation(runtime, token(runtime), "", *DEVICE_AND_NETWORK) is not None
    assert roles(runtime, pond) == {"Ada Lovelace": Role.OWNER}


def test_who_is_in_the_team_is_not_invited_to_it(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary = member(Role.OWNER)
    with pytest.raises(InvalidInputError, match="in the team already"):
        invite_to_team(runtime, mary, pond, "MARY@example.org", Role.VIEWER)
    with pytest.raises(InvalidInputError, match="in the form"):
        invite_to_team(runtime, mary, pond, "nobody", Role.VIEWER)
    assert query_scalar(runtime, "SELECT count(*) FROM invitations") == 0


def test_an_invitation_that_is_taken_back_or_old_or_replaced_opens_nothing(
    runtime: Runtime, pond: Campaign, member: Member, now: ManualClock
) -> None:
    mary = member(Role.OWNER)
    invite_to_team(runtime, mary, pond, "ada@example.org", Role.EDITOR)
    first = token(runtime)
    (pending,) = get_team(runtime, pond).invitations
    assert resend_invitation(runtime, mary, pond, pending.id)
    second = token(runtime)
    assert first != second
    assert get_acceptable_invitation(runtime, first) is None
    assert accept_invitation(runtime, first, "Ada", *DEVICE_AND_NETWORK) is None
    (pending,) = get_team(runtime, pond).invitations
    assert revoke_invitation(runtime, mary, pond, pending.id)
    assert not revoke_invitation(runtime, mary, pond, pending.id)
    assert not resend_invitation(runtime, mary, pond, pending.id)
    assert accept_invitation(runtime, second, "Ada", *DEVICE_AND_NETWORK) is None
    invite_to_team(runtime, mary, pond, "ada@example.org", Role.EDITOR)
    now.advance(days=14)
    assert get_acceptable_invitation(runtime, token(runtime)) is None
    assert accept_invitation(runtime, token(runtime), "Ada", *DEVICE_AND_NETWORK) is None
    assert len(get_team(runtime, pond).invitations) == 1
    assert roles(runtime, pond) == {"Mary Seacole": Role.OWNER}


def test_an_invitation_of_another_campaign_is_not_to_be_touched(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary, moor = member(Role.OWNER), new_campaign(runtime, slug="moor")
    invite_to_team(runtime, mary, pond, "ada@example.org", Role.EDITOR)
    (pending,) = get_team(runtime, pond).invitations
    assert not revoke_invitation(runtime, mary, moor, pending.id)
    assert not resend_invitation(runtime, mary, moor, pending.id)


def test_who_is_invited_to_the_site_becomes_a_campaigner_in_no_team(runtime: Runtime) -> None:
    invite_to_site(runtime, COMMAND_LINE, "ada@example.org")
    joined = accept_invitation(runtime, token(runtime), "Ada", *DEVICE_AND_NETWORK)
    assert joined is not None
    assert joined.slug == ""
    assert query_scalar(runtime, "SELECT count(*) FROM team_members") == 0
    with pytest.raises(InvalidInputError, match="campaigner here already"):
        invite_to_site(runtime, COMMAND_LINE, "ada@example.org")


def test_who_is_shut_out_cannot_come_back_by_an_invitation(runtime: Runtime, pond: Campaign, member: Member) -> None:
    member(Role.VIEWER, "Ada")
    moor = new_campaign(runtime, slug="moor")
    invite_to_team(runtime, COMMAND_LINE, moor, "ada@example.org", Role.OWNER)
    execute_sql(runtime, "UPDATE campaigners SET disabled_at = created_at")
    assert get_acceptable_invitation(runtime, token(runtime)) is None
    assert accept_invitation(runtime, token(runtime), "Ada", *DEVICE_AND_NETWORK) is None


def test_with_redis_down_an_invitation_is_not_used_up(runtime: Runtime, pond: Campaign, redis_server: RedisServer) -> None:
    invite_to_team(runtime, COMMAND_LINE, pond, "ada@example.org", Role.OWNER)
    redis_server.kill()
    try:
        with pytest.raises(RedisUnavailableError):
            accept_invitation(runtime, token(runtime), "Ada", *DEVICE_AND_NETWORK)
    finally:
        redis_server.start()
    assert get_acceptable_invitation(runtime, token(runtime)) is not None
    assert query_scalar(runtime, "SELECT count(*) FROM campaigners") == 0


def test_nobodys_mailbox_is_filled_with_invitations(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary = member(Role.OWNER)
    for _ in range(MAX_INVITATIONS_TO_ADDRESS):
        invite_to_team(runtime, mary, pond, "ada@example.org", Role.EDITOR)
    with pytest.raises(InvalidInputError, match="too many"):
        invite_to_team(runtime, mary, pond, "ada@example.org", Role.EDITOR)
    # The one that was refused counts as one of hers.
    for i in range(MAX_INVITATIONS_BY_CAMPAIGNER - MAX_INVITATIONS_TO_ADDRESS - 1):
        invite_to_team(runtime, mary, pond, f"p{i}@example.org", Role.EDITOR)
    with pytest.raises(InvalidInputError, match="too many"):
        invite_to_team(runtime, mary, pond, "last@example.org", Role.EDITOR)


def test_a_role_is_changed_and_its_holder_told(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary, ada = member(Role.OWNER), member(Role.VIEWER, "Ada")
    assert ada.campaigner_id is not None
    assert change_role(runtime, mary, pond, ada.campaigner_id, Role.MODERATOR)
    assert not change_role(runtime, mary, pond, ada.campaigner_id, Role.MODERATOR)
    assert roles(runtime, pond)["Ada"] is Role.MODERATOR
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, pond.id)[0]
    assert (entry.action, entry.subject, entry.before, entry.after) == (
        "change role", f"campaigner {ada.campaigner_id}", {"role": "viewer"}, {"role": "moderator"},
    )  # fmt: skip
    assert query_scalar(runtime, "SELECT count(*) FROM outbox WHERE kind = 'desk_team'") == 1


def test_who_is_not_in_the_team_has_no_role_to_change(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary = member(Role.OWNER)
    for move in (
        lambda: change_role(runtime, mary, pond, 99, Role.OWNER),
        lambda: remove_from_team(runtime, mary, pond, 99),
    ):
        with pytest.raises(NotInTeamError):
            move()


def test_the_last_owner_neither_leaves_nor_becomes_less(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary, ada = member(Role.OWNER), member(Role.EDITOR, "Ada")
    assert mary.campaigner_id is not None
    assert ada.campaigner_id is not None
    with pytest.raises(LastOwnerError):
        remove_from_team(runtime, mary, pond, mary.campaigner_id)
    with pytest.raises(LastOwnerError):
        change_role(runtime, mary, pond, mary.campaigner_id, Role.VIEWER)
    assert not change_role(runtime, mary, pond, mary.campaigner_id, Role.OWNER)
    change_role(runtime, mary, pond, ada.campaigner_id, Role.OWNER)
    remove_from_team(runtime, mary, pond, mary.campaigner_id)
    assert roles(runtime, pond) == {"Ada": Role.OWNER}
    assert trail(runtime)[-1] == ("Mary Seacole", "leave team")


def test_an_owner_who_is_shut_out_is_not_one_to_leave_a_campaign_with(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary, ada = member(Role.OWNER), member(Role.OWNER, "Ada")
    execute_sql(runtime, "UPDATE campaigners SET disabled_at = created_at WHERE name = 'Ada'")
    assert mary.campaigner_id is not None
    assert ada.campaigner_id is not None
    with pytest.raises(LastOwnerError):
        remove_from_team(runtime, mary, pond, mary.campaigner_id)
    remove_from_team(runtime, mary, pond, ada.campaigner_id)
    assert roles(runtime, pond) == {"Mary Seacole": Role.OWNER}


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("how", ["demote each other", "remove each other", "leave", "leave and demote"])
def test_owners_who_go_at_the_same_moment_leave_one(
    runtime: Runtime, pond: Campaign, member: Member, how: str, turn: int
) -> None:
    mary, ada = member(Role.OWNER), member(Role.OWNER, "Ada")
    a, b = mary.campaigner_id or 0, ada.campaigner_id or 0
    moves: dict[str, list[Callable[[], object]]] = {
        "demote each other": [
            lambda: change_role(runtime, mary, pond, b, Role.VIEWER),
            lambda: change_role(runtime, ada, pond, a, Role.VIEWER),
        ],
        "remove each other": [
            lambda: remove_from_team(runtime, mary, pond, b),
            lambda: remove_from_team(runtime, ada, pond, a),
        ],
        "leave": [
            lambda: remove_from_team(runtime, mary, pond, a),
            lambda: remove_from_team(runtime, ada, pond, b),
        ],
        "leave and demote": [
            lambda: remove_from_team(runtime, mary, pond, a),
            lambda: change_role(runtime, mary, pond, b, Role.EDITOR),
        ],
    }

    def refused(move: Callable[[], object]) -> bool:
        try:
            move()
        except LastOwnerError:
            return True
        return False

    assert run_concurrently([lambda move=move: refused(move) for move in moves[how]]).count(True) == 1  # type: ignore[misc]
    assert list(roles(runtime, pond).values()).count(Role.OWNER) == 1


def test_a_second_factor_is_asked_of_the_team(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary = member(Role.OWNER)
    assert require_second_factor(runtime, mary, pond, required=True)
    assert not require_second_factor(runtime, mary, pond, required=True)
    assert get_team(runtime, pond).requires_second_factor
    assert trail(runtime) == [("Mary Seacole", "change team rules")]


def test_who_has_the_machine_gives_a_campaign_an_owner(runtime: Runtime, pond: Campaign, member: Member) -> None:
    with runtime.transaction() as connection:
        ada = campaigners.add_campaigner(connection, "ada@example.org", "ada@example.org", "Ada", runtime.now())
    assert ada is not None
    assert add_to_team(runtime, COMMAND_LINE, pond, ada, Role.VIEWER)
    assert add_to_team(runtime, COMMAND_LINE, pond, ada, Role.OWNER)
    assert not add_to_team(runtime, COMMAND_LINE, pond, ada, Role.OWNER)
    with pytest.raises(LastOwnerError):
        add_to_team(runtime, COMMAND_LINE, pond, ada, Role.VIEWER)
    assert roles(runtime, pond) == {"Ada": Role.OWNER}
    assert trail(runtime) == [("command line", "add to team"), ("command line", "change role")]
    assert query_scalar(runtime, "SELECT count(*) FROM outbox WHERE kind = 'desk_team'") == 2


def test_an_invitation_keeps_its_role_until_it_is_taken_back(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary = member(Role.OWNER)
    invite_to_team(runtime, mary, pond, "ada@example.org", Role.EDITOR)
    with pytest.raises(InvalidInputError, match="invited already, as editor"):
        invite_to_team(runtime, mary, pond, "Ada@Example.org", Role.VIEWER)
    (pending,) = get_team(runtime, pond).invitations
    assert resend_invitation(runtime, mary, pond, pending.id)
    (pending,) = get_team(runtime, pond).invitations
    assert pending.role is Role.EDITOR
    assert revoke_invitation(runtime, mary, pond, pending.id)
    invite_to_team(runtime, mary, pond, "ada@example.org", Role.VIEWER)
    accept_invitation(runtime, token(runtime), "Ada", *DEVICE_AND_NETWORK)
    assert roles(runtime, pond)["Ada"] is Role.VIEWER


def test_invitations_to_the_site_are_seen_sent_again_and_taken_back(runtime: Runtime, pond: Campaign, member: Member) -> None:
    mary = member(Role.OWNER)
    invite_to_team(runtime, mary, pond, "ben@example.org", Role.EDITOR)
    invite_to_site(runtime, mary, "ada@example.org")
    first = token(runtime)
    pending, of_team = list_every_invitation(runtime)
    assert (of_team.email, of_team.slug, of_team.role) == ("ben@example.org", pond.slug, Role.EDITOR)
    assert (pending.email, pending.inviter, pending.role) == ("ada@example.org", "Mary Seacole", None)
    assert not resend_invitation(runtime, mary, pond, pending.id)
    assert not revoke_invitation(runtime, mary, pond, pending.id)
    assert resend_invitation(runtime, mary, None, pending.id)
    pending, _ = list_every_invitation(runtime)
    assert get_acceptable_invitation(runtime, first) is None
    assert get_acceptable_invitation(runtime, token(runtime)) is not None
    assert revoke_invitation(runtime, mary, None, pending.id)
    assert get_acceptable_invitation(runtime, token(runtime)) is None
    assert list_every_invitation(runtime) == get_team(runtime, pond).invitations == [of_team]
    assert not revoke_invitation(runtime, mary, None, of_team.id)
    assert revoke_any_invitation(runtime, COMMAND_LINE, of_team.id)
    assert not revoke_any_invitation(runtime, COMMAND_LINE, of_team.id)
    assert list_every_invitation(runtime) == []
    with runtime.reading() as connection:
        assert audit_log.list_entries(connection, pond.id)[0].action == "revoke invitation"
