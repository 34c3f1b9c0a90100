"""Teams of the organisation: who joins one is in all of its campaigns at once, and who leaves it in none of them any more."""

from collections.abc import Callable

import pytest

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.organisation_team import MAX_OWN_TEAMS, OrganisationTeam
from campaign.domain.accounts.role import Permission, Role, highest_role, is_allowed
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.accounts import team as campaign_team
from campaign.services.accounts.invitations import accept_invitation, invite_to_team, resend_invitation, revoke_invitation
from campaign.services.accounts.members import LastOwnerError, NotInTeamError
from campaign.services.accounts.organisation_teams import (
    HoldsCampaignsError,
    NotOwnerError,
    change_role,
    create_team,
    delete_team,
    get_details,
    give_campaign,
    list_teams,
    remove_member,
    rename_team,
    take_campaign,
)
from campaign.services.campaigns.create_and_find import list_campaigns_of
from campaign.store.accounts import audit_log, campaigners, organisation_teams, team
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.site import administration
from tests.journeys.test_races import run_concurrently
from tests.services.accounts.test_team import DEVICE_AND_NETWORK, token
from tests.support.factories import new_campaign
from tests.support.queries import query_scalar

World = tuple[OrganisationTeam, list[Campaign], Actor]


def campaigner(runtime: Runtime, actor: Actor) -> Campaigner:
    with runtime.reading() as connection:
        found = campaigners.get_by_id(connection, actor.campaigner_id or 0)
    assert found is not None
    return found


@pytest.fixture
def person(runtime: Runtime) -> Callable[[str], Actor]:
    def make(name: str) -> Actor:
        email = f"{name.lower()}@example.org"
        with runtime.transaction() as connection:
            number = campaigners.add_campaigner(connection, email, email, name, runtime.now())
        assert number is not None
        return Actor(name, number, DEVICE_AND_NETWORK[1])

    return make


Person = Callable[[str], Actor]


@pytest.fixture
def world(runtime: Runtime, person: Person) -> World:
    """Mary owns three campaigns and a team that holds two of them."""
    mary = person("Mary")
    ours = [new_campaign(runtime, slug=slug) for slug in ("pond", "moor", "fen")]
    with runtime.transaction() as connection:
        for campaign in ours:
            team.add_member(connection, campaign.id, mary.campaigner_id or 0, Role.OWNER, runtime.now())
    north = create_team(runtime, mary, campaigner(runtime, mary), "  North  ")
    assert [give_campaign(runtime, mary, north, slug) for slug in ("pond", "moor", "pond")] == [True, True, False]
    return north, ours, mary


def join(runtime: Runtime, world: World, name: str, role: Role) -> Actor:
    """Somebody who is invited to the team and accepts."""
    north, _, mary = world
    invite_to_team(runtime, mary, north, f"{name.lower()}@example.org", role)
    assert accept_invitation(runtime, token(runtime), name, *DEVICE_AND_NETWORK) is not None
    with runtime.reading() as connection:
        found = campaigners.get_by_email_key(connection, f"{name.lower()}@example.org")
    assert found is not None
    return Actor(name, found.id, DEVICE_AND_NETWORK[1])


def roles(runtime: Runtime, who: Actor) -> dict[str, set[Role]]:
    """Roles of somebody by campaign, as the desk looks them up; as their list of campaigns has them, it is checked, too."""
    listed = {campaign.slug: set(found) for campaign, found in list_campaigns_of(runtime, who.campaigner_id or 0)}
    with runtime.reading() as connection:
        for slug in ("pond", "moor", "fen"):
            membership = campaigners.get_membership(connection, slug, who.campaigner_id or 0)
            assert membership is not None
            assert membership.roles == listed.get(slug, set())
    return listed


def actions(runtime: Runtime, campaign: Campaign | None) -> list[str]:
    with runtime.reading() as connection:
        found = audit_log.list_entries(connection, None if campaign is None else campaign.id)
    return [entry.action for entry in reversed(found) if campaign is not None or entry.campaign_id is None]


def test_who_joins_is_in_all_campaigns_at_once_and_who_is_removed_in_none(runtime: Runtime, world: World) -> None:
    north, (pond, _, fen), mary = world
    ada = join(runtime, world, "Ada", Role.EDITOR)
    assert roles(runtime, ada) == {"pond": {Role.EDITOR}, "moor": {Role.EDITOR}}
    assert change_role(runtime, mary, north, ada.campaigner_id or 0, Role.MODERATOR)
    assert not change_role(runtime, mary, north, ada.campaigner_id or 0, Role.MODERATOR)
    assert roles(runtime, ada) == {"pond": {Role.MODERATOR}, "moor": {Role.MODERATOR}}
    assert give_campaign(runtime, mary, north, "fen")
    assert roles(runtime, ada)["fen"] == {Role.MODERATOR}
    assert query_scalar(runtime, "SELECT count(*) FROM outbox WHERE kind = 'desk_team'") == 2
    assert take_campaign(runtime, mary, north, "fen")
    assert not take_campaign(runtime, mary, north, "fen")
    assert "fen" not in roles(runtime, ada)
    assert roles(runtime, mary)["fen"] == {Role.OWNER}
    remove_member(runtime, mary, north, ada.campaigner_id or 0)
    assert roles(runtime, ada) == {}
    assert query_scalar(runtime, "SELECT count(*) FROM outbox WHERE kind = 'desk_team'") == 4
    assert actions(runtime, pond)[1:] == ["give campaign to team", "add to team", "change role", "remove campaigner"]
    assert actions(runtime, fen)[1:] == ["give campaign to team", "take campaign from team"]
    assert [act for act in actions(runtime, None) if act not in ("sign in", "invite campaigner")] == [
        "create team", "add to team", "accept invitation", "change role", "remove campaigner",
    ]  # fmt: skip
    with pytest.raises(NotInTeamError):
        remove_member(runtime, mary, north, ada.campaigner_id or 0)


def test_a_campaigns_own_members_stay_beside_it_and_may_do_what_either_role_allows(runtime: Runtime, world: World) -> None:
    north, (pond, *_), mary = world
    ada = join(runtime, world, "Ada", Role.MODERATOR)
    with runtime.transaction() as connection:
        team.add_member(connection, pond.id, ada.campaigner_id or 0, Role.EDITOR, runtime.now())
        assert organisation_teams.add_member(connection, north.id, ada.campaigner_id or 0, Role.OWNER, runtime.now()) is False
    both = roles(runtime, ada)["pond"]
    assert both == {Role.EDITOR, Role.MODERATOR}
    assert highest_role(both) is Role.EDITOR
    assert is_allowed(Permission.EDIT, both)
    assert is_allowed(Permission.MODERATE, both)
    assert not is_allowed(Permission.EXPORT, both)
    shown = campaign_team.get_team(runtime, pond)
    assert {member.name for member in shown.members} == {"Mary", "Ada"}
    assert [held_by.name for held_by in shown.held_by] == ["North"]
    assert [(member.name, member.role) for member in shown.members_by_team[north.id]] == [
        ("Mary", Role.OWNER), ("Ada", Role.MODERATOR),
    ]  # fmt: skip
    remove_member(runtime, mary, north, ada.campaigner_id or 0)
    assert roles(runtime, ada) == {"pond": {Role.EDITOR}}


def test_somebody_in_a_campaign_twice_is_counted_and_written_to_once(runtime: Runtime, world: World) -> None:
    _, (pond, *_), mary = world
    with runtime.reading() as connection:
        assert team.count_owners(connection, pond.id) == 1
        assert administration.owner_names(connection, [pond.id]) == {pond.id: ["Mary"]}
        (listed,) = administration.list_campaigners(connection, 2**62, 10)
        assert (listed.id, listed.campaigns) == (mary.campaigner_id, 3)


def test_a_campaign_is_given_only_by_an_owner_of_both(runtime: Runtime, world: World, person: Person) -> None:
    north, (_, _, fen), mary = world
    ada, ben = join(runtime, world, "Ada", Role.EDITOR), person("Ben")
    with runtime.transaction() as connection:
        for somebody in (ada, ben):
            team.add_member(connection, fen.id, somebody.campaigner_id or 0, Role.OWNER, runtime.now())
    for somebody in (ada, ben):
        with pytest.raises(NotOwnerError):
            give_campaign(runtime, somebody, north, "fen")
    with pytest.raises(NotOwnerError):
        take_campaign(runtime, ben, north, "pond")
    with pytest.raises(NotOwnerError):
        give_campaign(runtime, mary, north, "nothing")
    assert give_campaign(runtime, mary, north, "fen")
    # An owner of the campaign takes it back, also one who is not in the team.
    assert take_campaign(runtime, ben, north, "fen")


def test_neither_a_team_nor_its_campaigns_are_ever_without_an_owner(runtime: Runtime, world: World) -> None:
    north, (pond, *_), mary = world
    number = mary.campaigner_id or 0
    with pytest.raises(LastOwnerError):
        remove_member(runtime, mary, north, number)
    with pytest.raises(LastOwnerError):
        change_role(runtime, mary, north, number, Role.EDITOR)
    # By the team she is an owner still; without the team there would be none.
    campaign_team.remove_from_team(runtime, mary, pond, number)
    assert roles(runtime, mary)["pond"] == {Role.OWNER}
    with pytest.raises(LastOwnerError):
        take_campaign(runtime, mary, north, "pond")
    ada = join(runtime, world, "Ada", Role.OWNER)
    remove_member(runtime, mary, north, number)
    assert "pond" not in roles(runtime, mary)
    assert roles(runtime, ada)["pond"] == {Role.OWNER}


@pytest.mark.parametrize("turn", range(2))
def test_an_owner_who_leaves_while_the_team_lets_go_leaves_the_campaign_with_an_owner(
    runtime: Runtime, world: World, turn: int
) -> None:
    north, (pond, *_), mary = world
    ada = join(runtime, world, "Ada", Role.OWNER)

    def attempt(move: Callable[[], object]) -> bool:
        try:
            move()
        except LastOwnerError:
            return False
        return True

    moves = [
        lambda: campaign_team.remove_from_team(runtime, mary, pond, mary.campaigner_id or 0),
        lambda: take_campaign(runtime, ada, north, "pond"),
    ]
    done = run_concurrently([lambda move=move: attempt(move) for move in (moves if turn else moves[::-1])])  # type: ignore[misc]
    assert sorted(done) == [False, True]
    with runtime.reading() as connection:
        assert team.count_owners(connection, pond.id) >= 1


def test_invitations_to_a_team_are_its_own(runtime: Runtime, world: World) -> None:
    north, (pond, *_), mary = world
    invite_to_team(runtime, mary, north, "ada@example.org", Role.VIEWER)
    (pending,) = get_details(runtime, north).invitations
    assert (pending.team_name, pending.campaign_id, pending.role) == ("North", None, Role.VIEWER)
    assert not revoke_invitation(runtime, mary, pond, pending.id)
    assert not revoke_invitation(runtime, mary, None, pending.id)
    with pytest.raises(InvalidInputError, match="invited already, as viewer"):
        invite_to_team(runtime, mary, north, "ADA@example.org", Role.OWNER)
    assert resend_invitation(runtime, mary, north, pending.id)
    (pending,) = get_details(runtime, north).invitations
    assert revoke_invitation(runtime, mary, north, pending.id)
    assert get_details(runtime, north).invitations == []
    with pytest.raises(InvalidInputError, match="in the team already"):
        invite_to_team(runtime, mary, north, "mary@example.org", Role.VIEWER)
    # Who is in a campaign by the team only can be invited to it as one of its own.
    join(runtime, world, "Ben", Role.VIEWER)
    invite_to_team(runtime, mary, pond, "ben@example.org", Role.OWNER)


def test_a_team_is_renamed_and_once_it_is_empty_deleted(runtime: Runtime, world: World) -> None:
    north, _, mary = world
    assert rename_team(runtime, mary, north, "South")
    assert not rename_team(runtime, mary, north, "South")
    for wrong in ("", "  ", "—", "x" * 81):
        with pytest.raises(InvalidInputError):
            rename_team(runtime, mary, north, wrong)
    invite_to_team(runtime, mary, north, "ada@example.org", Role.VIEWER)
    with pytest.raises(HoldsCampaignsError):
        delete_team(runtime, mary, north)
    for slug in ("pond", "moor"):
        take_campaign(runtime, mary, north, slug)
    delete_team(runtime, mary, north)
    assert list_teams(runtime, campaigner(runtime, mary)) == []
    assert accept_invitation(runtime, token_or_nothing(runtime), "Ada", *DEVICE_AND_NETWORK) is None
    for _ in range(MAX_OWN_TEAMS):
        create_team(runtime, mary, campaigner(runtime, mary), "Many")
    with pytest.raises(InvalidInputError, match="already"):
        create_team(runtime, mary, campaigner(runtime, mary), "One more")


def token_or_nothing(runtime: Runtime) -> str:
    """The token of an invitation that is there no more."""
    return runtime.tokens.invitation_token(1, "k" * 22)
