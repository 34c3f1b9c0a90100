"""Teams of the organisation: who is in one, and which campaigns it holds. Its members are in all of these, each in one role.

A campaign is given to a team by somebody who is an owner of both: nobody else, an operator neither, may let others read who
signed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.accounts.organisation_team import MAX_OWN_TEAMS, MAX_TEAM_CAMPAIGNS, OrganisationTeam, read_team_name
from campaign.domain.accounts.role import Role
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.jobs import DELIVER_MAIL
from campaign.services.accounts.members import LastOwnerError, notify_member, require_member
from campaign.store.accounts import audit_log, campaigners, invitations, organisation_teams, team
from campaign.store.campaigns import campaigns

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.runtime import Runtime
    from campaign.store.accounts.campaigners import Campaigner
    from campaign.store.accounts.invitations import Invitation
    from campaign.store.accounts.member_list import TeamMember
    from campaign.store.accounts.organisation_teams import ListedTeam


class NotOwnerError(Exception):
    """Only an owner of both the campaign and the team may do it. Nothing was changed."""


class HoldsCampaignsError(Exception):
    """The team holds campaigns, or as many as it can. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class OrganisationTeamDetails:
    """Members, campaigns and open invitations of a team of the organisation."""

    members: list[TeamMember]
    campaigns: list[Campaign]
    """The newest first."""
    invitations: list[Invitation]


def create_team(runtime: Runtime, actor: Actor, campaigner: Campaigner, name: str) -> OrganisationTeam:
    """A new team, its maker its owner, without campaigns. Raises InvalidInputError with a sentence about the name."""
    name, now = read_team_name(name), runtime.now()
    with runtime.transaction() as connection:
        if len(organisation_teams.list_owned_teams(connection, campaigner.id)) >= MAX_OWN_TEAMS:
            raise InvalidInputError("You are an owner of %(most)d teams already. Delete one first.", most=MAX_OWN_TEAMS)
        created = OrganisationTeam(organisation_teams.create_team(connection, name, now), name)
        organisation_teams.add_member(connection, created.id, campaigner.id, Role.OWNER, now)
        audit_log.record(connection, actor, "create team", now, subject=f"team {created.id}", after={"name": name})
    return created


def list_teams(runtime: Runtime, campaigner: Campaigner) -> list[ListedTeam]:
    """Teams that a campaigner is in; for the operator all, at most the newest 200."""
    with runtime.reading() as connection:
        if campaigner.operator:
            return organisation_teams.list_teams(connection)
        return organisation_teams.list_teams_of(connection, campaigner.id)


def list_owned_teams(runtime: Runtime, campaigner: Campaigner) -> list[OrganisationTeam]:
    """Teams that a campaigner is an owner of, by name."""
    with runtime.reading() as connection:
        return organisation_teams.list_owned_teams(connection, campaigner.id)


def get_team(runtime: Runtime, team_id: int) -> OrganisationTeam | None:
    """The team with this id."""
    with runtime.reading() as connection:
        return organisation_teams.get_team(connection, team_id)


def get_role(runtime: Runtime, team_id: int, campaigner_id: int) -> Role | None:
    """Role of a campaigner in a team; None where they are not in it."""
    with runtime.reading() as connection:
        return organisation_teams.get_role(connection, team_id, campaigner_id)


def get_details(runtime: Runtime, held_by: OrganisationTeam) -> OrganisationTeamDetails:
    """Members, campaigns and open invitations of a team."""
    with runtime.reading() as connection:
        held = organisation_teams.list_held_campaigns(connection, held_by.id)
        return OrganisationTeamDetails(
            organisation_teams.list_members(connection, held_by.id),
            sorted(campaigns.list_by_ids(connection, held), key=lambda one: -one.id),
            invitations.list_pending(connection, None, held_by.id),
        )


def rename_team(runtime: Runtime, actor: Actor, renamed: OrganisationTeam, name: str) -> bool:
    """Give a team another name. False where it has it. Raises InvalidInputError with a sentence about the name."""
    name, now = read_team_name(name), runtime.now()
    with runtime.transaction() as connection:
        changed = organisation_teams.rename_team(connection, renamed.id, name)
        if changed:
            audit_log.record(
                connection, actor, "rename team", now, subject=f"team {renamed.id}", before={"name": renamed.name},
                after={"name": name},
            )  # fmt: skip
    return changed


def join_team(connection: Connection, actor: Actor, team_id: int, role: Role, now: datetime) -> Role:
    """Put who accepts an invitation into a team; returns the role they have in it, which is the one they had."""
    campaigner_id = actor.campaigner_id or 0
    if organisation_teams.add_member(connection, team_id, campaigner_id, role, now):
        _record_in_campaigns(connection, actor, "add to team", team_id, campaigner_id, now, after=role)
    return organisation_teams.get_role(connection, team_id, campaigner_id) or role


def change_role(runtime: Runtime, actor: Actor, held_by: OrganisationTeam, campaigner_id: int, role: Role) -> bool:
    """Give a member another role, in all campaigns at once. False where they have it. Raises NotInTeamError, LastOwnerError."""
    now = runtime.now()
    with runtime.transaction() as connection:
        was = require_member(organisation_teams, connection, held_by.id, campaigner_id, stays_owner=role is Role.OWNER)
        if was is role:
            return False
        organisation_teams.set_role(connection, held_by.id, campaigner_id, role)
        _record_in_campaigns(connection, actor, "change role", held_by.id, campaigner_id, now, before=was, after=role)
        if campaigner_id != actor.campaigner_id:
            notify_member(connection, campaigner_id, "role", now, role=role, team=held_by.name)
    runtime.enqueue_once(DELIVER_MAIL)
    return True


def remove_member(runtime: Runtime, actor: Actor, held_by: OrganisationTeam, campaigner_id: int) -> None:
    """Take somebody out of a team, and so out of all its campaigns at once; or leave it, where that is oneself.

    Raises NotInTeamError, LastOwnerError.
    """
    now, itself = runtime.now(), campaigner_id == actor.campaigner_id
    with runtime.transaction() as connection:
        was = require_member(organisation_teams, connection, held_by.id, campaigner_id)
        organisation_teams.remove_member(connection, held_by.id, campaigner_id)
        action = "leave team" if itself else "remove campaigner"
        _record_in_campaigns(connection, actor, action, held_by.id, campaigner_id, now, before=was)
        if not itself:
            notify_member(connection, campaigner_id, "removed", now, team=held_by.name)
    runtime.enqueue_once(DELIVER_MAIL)


def give_campaign(runtime: Runtime, actor: Actor, held_by: OrganisationTeam, slug: str) -> bool:
    """Have a team hold a campaign: its members are in it from here on, and told. False where it holds it.

    Raises NotOwnerError where the actor is not an owner of both, HoldsCampaignsError where the team holds as many as it can.
    """
    now, actor_id = runtime.now(), actor.campaigner_id or 0
    with runtime.transaction() as connection:
        if organisation_teams.get_team(connection, held_by.id, lock=True) is None:
            raise NotOwnerError
        membership = campaigners.get_membership(connection, slug, actor_id)
        own = organisation_teams.get_role(connection, held_by.id, actor_id)
        if membership is None or Role.OWNER not in membership.roles or own is not Role.OWNER:
            raise NotOwnerError
        if len(organisation_teams.list_held_campaigns(connection, held_by.id)) >= MAX_TEAM_CAMPAIGNS:
            raise HoldsCampaignsError
        members = _members_without_role(connection, held_by.id, slug)
        if not organisation_teams.hold_campaign(connection, held_by.id, membership.campaign_id, now):
            return False
        _record_team(connection, actor, "give campaign to team", held_by, membership.campaign_id, now)
        for member in members:
            notify_member(connection, member.id, "added", now, role=member.role, campaign_id=membership.campaign_id)
    runtime.enqueue_once(DELIVER_MAIL)
    return True


def take_campaign(runtime: Runtime, actor: Actor, held_by: OrganisationTeam, slug: str) -> bool:
    """Take a campaign from a team: its members are in it no longer, but for those who are otherwise. False where it does not
    hold it.

    Raises NotOwnerError where the actor is an owner of neither, LastOwnerError where the campaign would have no owner.
    """
    now, actor_id = runtime.now(), actor.campaigner_id or 0
    with runtime.transaction() as connection:
        membership = campaigners.get_membership(connection, slug, actor_id)
        if membership is None or Role.OWNER not in membership.roles:
            raise NotOwnerError
        campaign_id = membership.campaign_id
        if campaign_id not in organisation_teams.list_held_campaigns(connection, held_by.id):
            return False
        if team.is_only_team_with_owner(connection, campaign_id, held_by.id):
            raise LastOwnerError
        if not organisation_teams.let_go_campaign(connection, held_by.id, campaign_id):
            return False
        _record_team(connection, actor, "take campaign from team", held_by, campaign_id, now)
        for member in _members_without_role(connection, held_by.id, slug):
            if member.id != actor.campaigner_id:
                notify_member(connection, member.id, "removed", now, campaign_id=campaign_id)
    runtime.enqueue_once(DELIVER_MAIL)
    return True


def delete_team(runtime: Runtime, actor: Actor, deleted: OrganisationTeam) -> None:
    """Delete a team that holds no campaign. Raises HoldsCampaignsError."""
    now = runtime.now()
    with runtime.transaction() as connection:
        if organisation_teams.get_team(connection, deleted.id, lock=True) is None:
            return
        if organisation_teams.list_held_campaigns(connection, deleted.id):
            raise HoldsCampaignsError
        organisation_teams.delete_team(connection, deleted.id)
        audit_log.record(connection, actor, "delete team", now, subject=f"team {deleted.id}", before={"name": deleted.name})


def _members_without_role(connection: Connection, team_id: int, slug: str) -> list[TeamMember]:
    """Members of a team who have, as things stand, no role in a campaign, and can be written to."""
    return [
        member
        for member in organisation_teams.list_members(connection, team_id)
        if not member.is_disabled
        and (found := campaigners.get_membership(connection, slug, member.id)) is not None
        and not found.roles
    ]


def _record_in_campaigns(
    connection: Connection, actor: Actor, action: str, team_id: int, campaigner_id: int, now: datetime,
    *, before: Role | None = None, after: Role | None = None,
) -> None:  # fmt: skip
    """Record a change of a team's members: once for the site, and in every campaign that the team holds."""
    of_team = {"team": team_id}
    for campaign_id in (None, *organisation_teams.list_held_campaigns(connection, team_id)):
        audit_log.record(
            connection, actor, action, now, campaign_id=campaign_id, subject=f"campaigner {campaigner_id}",
            before={"role": before.value, **of_team} if before else {},
            after={"role": after.value, **of_team} if after else {},
        )  # fmt: skip


def _record_team(
    connection: Connection, actor: Actor, action: str, held_by: OrganisationTeam, campaign_id: int, now: datetime
) -> None:
    audit_log.record(
        connection, actor, action, now, campaign_id=campaign_id, subject=f"team {held_by.id}", after={"name": held_by.name}
    )
