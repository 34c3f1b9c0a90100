"""Memberships: who has which role in which campaign, by its own team or by a team of the organisation that holds it.

The one place where a role in a campaign is read from. A campaigner may have several: one of their own, and one of each team.
"""

from collections.abc import Iterable

from sqlalchemy import Subquery, select, union, union_all

from campaign.domain.accounts.role import Role
from campaign.store.tables import organisation_team_campaigns, organisation_team_members, team_members

_OF_CAMPAIGN = select(team_members.c.campaign_id, team_members.c.campaigner_id, team_members.c.role)
_OF_ORGANISATION = select(
    organisation_team_campaigns.c.campaign_id, organisation_team_members.c.campaigner_id, organisation_team_members.c.role
).join(organisation_team_members, organisation_team_members.c.team_id == organisation_team_campaigns.c.team_id)
MEMBERSHIPS = union_all(_OF_CAMPAIGN, _OF_ORGANISATION).subquery("memberships")
"""Columns campaign_id, campaigner_id and role: a row for each role that somebody has, so several for some."""


def members_with(roles: Iterable[Role]) -> Subquery:
    """Columns campaign_id and campaigner_id: a single row for each campaigner who has one of these roles in a campaign."""
    values = sorted(role.value for role in roles)
    return union(
        select(team_members.c.campaign_id, team_members.c.campaigner_id).where(team_members.c.role.in_(values)),
        select(organisation_team_campaigns.c.campaign_id, organisation_team_members.c.campaigner_id)
        .join(organisation_team_members, organisation_team_members.c.team_id == organisation_team_campaigns.c.team_id)
        .where(organisation_team_members.c.role.in_(values)),
    ).subquery("members")


OWNERS = members_with({Role.OWNER})
SEEING_MEMBERS = members_with(set(Role) - {Role.TYPIST})
"""All but those who are typists only: these are told no number that is not public."""
EVERY_MEMBER = members_with(Role)
