"""Team of a campaign: its own members and what it requires of them. One of its owners always stays.

Teams of the organisation that hold the campaign are in `organisation_teams`, and who has which role by both in `memberships`.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, func, literal, or_, select, update

from campaign.domain.accounts.role import Role
from campaign.store.accounts.member_list import TeamMember, members_from_rows, select_members
from campaign.store.accounts.memberships import MEMBERSHIPS, OWNERS
from campaign.store.database.upsert import insert
from campaign.store.tables import (
    campaigners,
    campaigns,
    organisation_team_campaigns,
    organisation_team_members,
    team_members,
)

_MEMBERS = select_members(team_members, team_members.c.campaign_id == bindparam("campaign_id"))
_ROLE = select(team_members.c.role).where(
    team_members.c.campaign_id == bindparam("campaign_id"), team_members.c.campaigner_id == bindparam("campaigner_id")
)
# The owners' rows are locked, so that two of them who demote each other go one after the other, and the second finds
# that the first is an owner no more; and so are the teams that hold the campaign, which one of them may be taken from.
_LOCK_OWNERS = (
    select(team_members.c.campaigner_id)
    .where(team_members.c.campaign_id == bindparam("campaign_id"), team_members.c.role == Role.OWNER.value)
    .order_by(team_members.c.campaigner_id)
    .with_for_update()
)
_LOCK_TEAMS = (
    select(organisation_team_campaigns.c.team_id)
    .where(organisation_team_campaigns.c.campaign_id == bindparam("campaign_id"))
    .order_by(organisation_team_campaigns.c.team_id)
    .with_for_update()
)
# One whom the operator has shut out cannot look after a campaign.
_ENABLED = campaigners.c.disabled_at.is_(None)
_OWN_OWNERS = (
    select(team_members.c.campaigner_id)
    .join(campaigners, campaigners.c.id == team_members.c.campaigner_id)
    .where(
        team_members.c.campaign_id == bindparam("campaign_id"), team_members.c.role == Role.OWNER.value, _ENABLED,
        team_members.c.campaigner_id != bindparam("except_campaigner"),
    )
)  # fmt: skip
_OWNERS_BY_TEAMS = (
    select(organisation_team_members.c.campaigner_id)
    .join(organisation_team_campaigns, organisation_team_campaigns.c.team_id == organisation_team_members.c.team_id)
    .join(campaigners, campaigners.c.id == organisation_team_members.c.campaigner_id)
    .where(
        organisation_team_campaigns.c.campaign_id == bindparam("campaign_id"), _ENABLED,
        organisation_team_members.c.role == Role.OWNER.value, organisation_team_members.c.team_id != bindparam("except_team"),
    )
)  # fmt: skip
_HAS_OWNER = select(or_(exists(_OWN_OWNERS), exists(_OWNERS_BY_TEAMS)))
_COUNT_OWNERS = select(func.count()).where(OWNERS.c.campaign_id == bindparam("campaign_id"))
_ADD_MEMBER = insert(team_members).on_conflict_do_nothing(
    index_elements=[team_members.c.campaign_id, team_members.c.campaigner_id]
)
_SET_ROLE = (
    update(team_members)
    .where(team_members.c.campaign_id == bindparam("of_campaign"), team_members.c.campaigner_id == bindparam("of_campaigner"))
    .values(role=bindparam("role"))
)
_REMOVE = delete(team_members).where(
    team_members.c.campaign_id == bindparam("campaign_id"), team_members.c.campaigner_id == bindparam("campaigner_id")
)
_ADOPT_OWNERLESS = (
    insert(team_members)
    .from_select(
        ["campaign_id", "campaigner_id", "role", "created_at"],
        select(
            campaigns.c.id,
            bindparam("new_owner", type_=team_members.c.campaigner_id.type),
            literal(Role.OWNER.value),
            bindparam("now", type_=team_members.c.created_at.type),
        ).where(~exists(MEMBERSHIPS.c.campaigner_id).where(MEMBERSHIPS.c.campaign_id == campaigns.c.id)),
    )
    .on_conflict_do_nothing()
)
_REQUIRES_SECOND_FACTOR = select(campaigns.c.second_factor).where(campaigns.c.id == bindparam("id"))
_REQUIRED = bindparam("required", type_=campaigns.c.second_factor.type)
_REQUIRE_SECOND_FACTOR = (
    update(campaigns)
    .where(campaigns.c.id == bindparam("of_id"), campaigns.c.second_factor != _REQUIRED)
    .values(second_factor=_REQUIRED)
)


def list_members(connection: Connection, campaign_id: int) -> list[TeamMember]:
    """All members of a campaign's own team, the owners first."""
    return members_from_rows(connection.execute(_MEMBERS, {"campaign_id": campaign_id}))


def get_role(connection: Connection, campaign_id: int, campaigner_id: int) -> Role | None:
    """Role of a campaigner in a campaign's own team; None where they are not in it."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id}
    found = connection.execute(_ROLE, given).scalar_one_or_none()
    return None if found is None else Role(found)


def is_only_owner(connection: Connection, campaign_id: int, campaigner_id: int) -> bool:
    """Whether the campaign would be without an owner if its own team lost a member. The answer holds until the transaction
    ends."""
    owners = list(connection.execute(_LOCK_OWNERS, {"campaign_id": campaign_id}).scalars())
    return campaigner_id in owners and not _has_owner(connection, campaign_id, except_campaigner=campaigner_id)


def is_only_team_with_owner(connection: Connection, campaign_id: int, team_id: int) -> bool:
    """Whether the campaign would be without an owner if a team of the organisation held it no more. The answer holds until
    the transaction ends."""
    connection.execute(_LOCK_OWNERS, {"campaign_id": campaign_id})
    return not _has_owner(connection, campaign_id, except_team=team_id)


def _has_owner(connection: Connection, campaign_id: int, *, except_campaigner: int = 0, except_team: int = 0) -> bool:
    connection.execute(_LOCK_TEAMS, {"campaign_id": campaign_id})
    given = {"campaign_id": campaign_id, "except_campaigner": except_campaigner, "except_team": except_team}
    return bool(connection.execute(_HAS_OWNER, given).scalar_one())


def count_owners(connection: Connection, campaign_id: int) -> int:
    """Number of a campaign's owners, by its own team and by teams of the organisation."""
    return int(connection.execute(_COUNT_OWNERS, {"campaign_id": campaign_id}).scalar_one())


def add_member(connection: Connection, campaign_id: int, campaigner_id: int, role: Role, now: datetime) -> bool:
    """Add a member to a team. False where they are in it: then they keep the role they have."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id, "role": role.value, "created_at": now}
    return connection.execute(_ADD_MEMBER, given).rowcount == 1


def set_role(connection: Connection, campaign_id: int, campaigner_id: int, role: Role) -> None:
    """Change the role of a member."""
    connection.execute(_SET_ROLE, {"of_campaign": campaign_id, "of_campaigner": campaigner_id, "role": role.value})


def remove_member(connection: Connection, campaign_id: int, campaigner_id: int) -> None:
    """Remove a member from a team."""
    connection.execute(_REMOVE, {"campaign_id": campaign_id, "campaigner_id": campaigner_id})


def adopt_ownerless_campaigns(connection: Connection, campaigner_id: int, now: datetime) -> int:
    """Make a campaigner the owner of every campaign without a team; returns how many."""
    return connection.execute(_ADOPT_OWNERLESS, {"new_owner": campaigner_id, "now": now}).rowcount


def requires_second_factor(connection: Connection, campaign_id: int) -> bool:
    """Whether a campaign requires a second factor of its team."""
    return bool(connection.execute(_REQUIRES_SECOND_FACTOR, {"id": campaign_id}).scalar_one())


def set_second_factor_required(connection: Connection, campaign_id: int, *, required: bool) -> bool:
    """Require a second factor of a team, or not. False where nothing changed."""
    return connection.execute(_REQUIRE_SECOND_FACTOR, {"of_id": campaign_id, "required": required}).rowcount == 1
