"""The own team of a campaign: who is in it, roles, leaving; and what the campaign asks of those who are in it.

Teams of the organisation, which hold several campaigns, are in `organisation_teams`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.services.accounts.members import notify_member, require_member
from campaign.store.accounts import audit_log, campaigners, invitations, organisation_teams, team
from campaign.store.accounts.invitations import Invitation

if TYPE_CHECKING:
    from campaign.domain.accounts.organisation_team import OrganisationTeam
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.store.accounts.campaigners import TeamMembership
    from campaign.store.accounts.member_list import TeamMember
    from campaign.store.accounts.organisation_teams import MemberByTeam


@dataclass(frozen=True, slots=True)
class Team:
    """Members and open invitations of a campaign's own team, the teams of the organisation that hold the campaign, and whether
    it requires a second factor."""

    members: list[TeamMember]
    held_by: list[OrganisationTeam]
    members_by_team: dict[int, list[MemberByTeam]]
    """By the id of the team of the organisation."""
    invitations: list[Invitation]
    requires_second_factor: bool


def get_team(runtime: Runtime, campaign: Campaign) -> Team:
    """The team of a campaign."""
    with runtime.reading() as connection:
        by_team: dict[int, list[MemberByTeam]] = {}
        for member in organisation_teams.list_members_by_teams(connection, campaign.id):
            by_team.setdefault(member.team_id, []).append(member)
        return Team(
            team.list_members(connection, campaign.id), organisation_teams.list_holding_teams(connection, campaign.id), by_team,
            invitations.list_pending(connection, campaign.id), team.requires_second_factor(connection, campaign.id),
        )  # fmt: skip


def get_membership(runtime: Runtime, slug: str, campaigner_id: int) -> TeamMembership | None:
    """Membership of a campaigner in the campaign with this slug; None where there is no such campaign."""
    with runtime.reading() as connection:
        return campaigners.get_membership(connection, slug, campaigner_id)


def add_to_team(runtime: Runtime, actor: Actor, campaign: Campaign, campaigner_id: int, role: Role) -> bool:
    """Put a campaigner into the team without asking them, or give them another role in it. False where they have it.

    For the command line: so a campaign whose owners are lost gets a new one. Raises LastOwnerError.
    """
    now = runtime.now()
    with runtime.transaction() as connection:
        joined = team.add_member(connection, campaign.id, campaigner_id, role, now)
        if joined:
            subject = f"campaigner {campaigner_id}"
            became = {"role": role.value}
            audit_log.record(connection, actor, "add to team", now, campaign_id=campaign.id, subject=subject, after=became)
            notify_member(connection, campaigner_id, "added", now, role=role, campaign_id=campaign.id)
    if joined:
        runtime.enqueue_once(DELIVER_MAIL)
    return joined or change_role(runtime, actor, campaign, campaigner_id, role)


def change_role(runtime: Runtime, actor: Actor, campaign: Campaign, campaigner_id: int, role: Role) -> bool:
    """Give somebody in the team another role. False where they have it. Raises NotInTeamError, LastOwnerError."""
    now = runtime.now()
    with runtime.transaction() as connection:
        was = require_member(team, connection, campaign.id, campaigner_id, stays_owner=role is Role.OWNER)
        if was is role:
            return False
        team.set_role(connection, campaign.id, campaigner_id, role)
        audit_log.record(
            connection, actor, "change role", now, campaign_id=campaign.id, subject=f"campaigner {campaigner_id}",
            before={"role": was.value}, after={"role": role.value},
        )  # fmt: skip
        if campaigner_id != actor.campaigner_id:
            notify_member(connection, campaigner_id, "role", now, role=role, campaign_id=campaign.id)
    runtime.enqueue_once(DELIVER_MAIL)
    return True


def remove_from_team(runtime: Runtime, actor: Actor, campaign: Campaign, campaigner_id: int) -> None:
    """Take somebody out of the team; or leave it, where that is oneself. Raises NotInTeamError, LastOwnerError."""
    now = runtime.now()
    itself = campaigner_id == actor.campaigner_id
    with runtime.transaction() as connection:
        was = require_member(team, connection, campaign.id, campaigner_id)
        team.remove_member(connection, campaign.id, campaigner_id)
        audit_log.record(
            connection, actor, "leave team" if itself else "remove campaigner", now, campaign_id=campaign.id,
            subject=f"campaigner {campaigner_id}", before={"role": was.value},
        )  # fmt: skip
        if not itself:
            notify_member(connection, campaigner_id, "removed", now, campaign_id=campaign.id)
    runtime.enqueue_once(DELIVER_MAIL)


def require_second_factor(runtime: Runtime, actor: Actor, campaign: Campaign, *, required: bool) -> bool:
    """Have the campaign want a second factor of its team, or not. False where nothing changed."""
    now = runtime.now()
    with runtime.transaction() as connection:
        changed = team.set_second_factor_required(connection, campaign.id, required=required)
        if changed:
            audit_log.record(
                connection, actor, "change team rules", now, campaign_id=campaign.id,
                before={"second_factor": not required}, after={"second_factor": required},
            )  # fmt: skip
    return changed
