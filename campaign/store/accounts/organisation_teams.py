"""Teams of the organisation: their members, and the campaigns they hold. One of a team's owners always stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, func, select, update

from campaign.domain.accounts.organisation_team import OrganisationTeam
from campaign.domain.accounts.role import Role
from campaign.store.accounts.member_list import TeamMember, members_from_rows, role_order, select_members
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.database.upsert import insert
from campaign.store.tables import (
    campaigners,
    invitations,
    organisation_team_campaigns,
    organisation_team_members,
    organisation_teams,
)

MAX_LISTED = 200
"""Teams on one page: the newest."""


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """Team of the organisation in a list."""

    id: int
    name: str
    members: int
    campaigns: int
    role: Role | None = None
    """Role of whose teams are listed; None where those of the site are."""


@dataclass(frozen=True, slots=True)
class MemberByTeam:
    """Somebody who is in a campaign by a team of the organisation that holds it."""

    id: int
    name: str
    email: str
    role: Role
    team_id: int
    is_disabled: bool


_members, _held = organisation_team_members, organisation_team_campaigns
_TEAM = select(*columns_of(OrganisationTeam, organisation_teams))
_GET = _TEAM.where(organisation_teams.c.id == bindparam("id"))
_ADD = organisation_teams.insert().returning(organisation_teams.c.id)
_RENAME = (
    update(organisation_teams)
    .where(organisation_teams.c.id == bindparam("of_id"), organisation_teams.c.name != bindparam("new_name"))
    .values(name=bindparam("new_name"))
)
_ROLE_OF_CAMPAIGNER = (
    select(_members.c.role)
    .where(_members.c.team_id == organisation_teams.c.id, _members.c.campaigner_id == bindparam("campaigner_id"))
    .scalar_subquery()
)
_LISTED = select(
    *columns_of(
        ListedTeam,
        organisation_teams,
        role=_ROLE_OF_CAMPAIGNER,
        members=select(func.count()).where(_members.c.team_id == organisation_teams.c.id).scalar_subquery(),
        campaigns=select(func.count()).where(_held.c.team_id == organisation_teams.c.id).scalar_subquery(),
    )
)
_NEWEST = _LISTED.order_by(organisation_teams.c.id.desc()).limit(MAX_LISTED)
_OF_CAMPAIGNER = _NEWEST.where(
    organisation_teams.c.id.in_(select(_members.c.team_id).where(_members.c.campaigner_id == bindparam("campaigner_id")))
)
_OWNED = (
    _TEAM.join(_members, _members.c.team_id == organisation_teams.c.id)
    .where(_members.c.campaigner_id == bindparam("campaigner_id"), _members.c.role == Role.OWNER.value)
    .order_by(organisation_teams.c.name, organisation_teams.c.id)
    .limit(MAX_LISTED)
)
_MEMBERS = select_members(_members, _members.c.team_id == bindparam("team_id"))
_ROLE = select(_members.c.role).where(
    _members.c.team_id == bindparam("team_id"), _members.c.campaigner_id == bindparam("campaigner_id")
)
# Locked, so that two owners who go at the same moment go one after the other.
_OWNERS = (
    select(_members.c.campaigner_id, campaigners.c.disabled_at)
    .join(campaigners, campaigners.c.id == _members.c.campaigner_id)
    .where(_members.c.team_id == bindparam("team_id"), _members.c.role == Role.OWNER.value)
    .order_by(_members.c.campaigner_id)
    .with_for_update(of=_members)
)
_ADD_MEMBER = insert(_members).on_conflict_do_nothing()
_OF_MEMBER = and_(_members.c.team_id == bindparam("of_team"), _members.c.campaigner_id == bindparam("of_campaigner"))
_SET_ROLE = update(_members).where(_OF_MEMBER).values(role=bindparam("new_role"))
_REMOVE_MEMBER = delete(_members).where(_OF_MEMBER)
_HOLD = insert(_held).on_conflict_do_nothing()
_LET_GO = delete(_held).where(_held.c.team_id == bindparam("team_id"), _held.c.campaign_id == bindparam("campaign_id"))
_HELD_BY = (
    select(_held.c.campaign_id).where(_held.c.team_id == bindparam("team_id")).order_by(_held.c.campaign_id.desc())
)  # fmt: skip
_HOLDING = (
    _TEAM.join(_held, _held.c.team_id == organisation_teams.c.id)
    .where(_held.c.campaign_id == bindparam("campaign_id"))
    .order_by(organisation_teams.c.name, organisation_teams.c.id)
)
_MEMBERS_OF_CAMPAIGN = (
    select(
        *columns_of(
            MemberByTeam, campaigners, role=_members.c.role, team_id=_held.c.team_id,
            is_disabled=campaigners.c.disabled_at.is_not(None),
        )
    )
    .join(_members, _members.c.campaigner_id == campaigners.c.id)
    .join(_held, _held.c.team_id == _members.c.team_id)
    .where(_held.c.campaign_id == bindparam("campaign_id"))
    .order_by(_held.c.team_id, role_order(_members.c.role), campaigners.c.name, campaigners.c.id)
)  # fmt: skip
_LOCK = select(organisation_teams.c.id).where(organisation_teams.c.id == bindparam("id")).with_for_update()


def create_team(connection: Connection, name: str, now: datetime) -> int:
    """Id of a new team, without members."""
    return int(connection.execute(_ADD, {"name": name, "created_at": now}).scalar_one())


def rename_team(connection: Connection, team_id: int, name: str) -> bool:
    """Give a team another name. False where it has it."""
    return connection.execute(_RENAME, {"of_id": team_id, "new_name": name}).rowcount == 1


def get_team(connection: Connection, team_id: int, *, lock: bool = False) -> OrganisationTeam | None:
    """The team with this id. With `lock`, its row is locked until the transaction ends."""
    if lock:
        connection.execute(_LOCK, {"id": team_id})
    row = connection.execute(_GET, {"id": team_id}).one_or_none()
    return None if row is None else OrganisationTeam(**row._asdict())


def list_teams(connection: Connection) -> list[ListedTeam]:
    """Teams of the site, the newest first, at most MAX_LISTED."""
    return rows_as(ListedTeam, connection.execute(_NEWEST, {"campaigner_id": None}))


def list_teams_of(connection: Connection, campaigner_id: int) -> list[ListedTeam]:
    """Teams that a campaigner is in, the newest first, at most MAX_LISTED."""
    return rows_as(ListedTeam, connection.execute(_OF_CAMPAIGNER, {"campaigner_id": campaigner_id}))


def list_owned_teams(connection: Connection, campaigner_id: int) -> list[OrganisationTeam]:
    """Teams that a campaigner is an owner of, by name."""
    return rows_as(OrganisationTeam, connection.execute(_OWNED, {"campaigner_id": campaigner_id}))


def list_members(connection: Connection, team_id: int) -> list[TeamMember]:
    """All members of a team, the owners first."""
    return members_from_rows(connection.execute(_MEMBERS, {"team_id": team_id}))


def get_role(connection: Connection, team_id: int, campaigner_id: int) -> Role | None:
    """Role of a campaigner in a team; None where they are not in it."""
    found = connection.execute(_ROLE, {"team_id": team_id, "campaigner_id": campaigner_id}).scalar_one_or_none()
    return None if found is None else Role(found)


def is_only_owner(connection: Connection, team_id: int, campaigner_id: int) -> bool:
    """Whether a team would be without an owner if it lost a member. The answer holds until the transaction ends."""
    rows = connection.execute(_OWNERS, {"team_id": team_id}).all()
    is_one = any(row.campaigner_id == campaigner_id for row in rows)
    return is_one and not any(row.campaigner_id != campaigner_id and row.disabled_at is None for row in rows)


def add_member(connection: Connection, team_id: int, campaigner_id: int, role: Role, now: datetime) -> bool:
    """Add a member to a team. False where they are in it: then they keep the role they have."""
    given = {"team_id": team_id, "campaigner_id": campaigner_id, "role": role.value, "created_at": now}
    return connection.execute(_ADD_MEMBER, given).rowcount == 1


def set_role(connection: Connection, team_id: int, campaigner_id: int, role: Role) -> None:
    """Change the role of a member."""
    connection.execute(_SET_ROLE, {"of_team": team_id, "of_campaigner": campaigner_id, "new_role": role.value})


def remove_member(connection: Connection, team_id: int, campaigner_id: int) -> None:
    """Remove a member from a team, and so from every campaign it holds."""
    connection.execute(_REMOVE_MEMBER, {"of_team": team_id, "of_campaigner": campaigner_id})


def hold_campaign(connection: Connection, team_id: int, campaign_id: int, now: datetime) -> bool:
    """Give a team a campaign to hold. False where it holds it."""
    given = {"team_id": team_id, "campaign_id": campaign_id, "created_at": now}
    return connection.execute(_HOLD, given).rowcount == 1


def let_go_campaign(connection: Connection, team_id: int, campaign_id: int) -> bool:
    """Take a campaign from a team. False where it does not hold it."""
    return connection.execute(_LET_GO, {"team_id": team_id, "campaign_id": campaign_id}).rowcount == 1


def list_held_campaigns(connection: Connection, team_id: int) -> list[int]:
    """Ids of the campaigns that a team holds, the newest first."""
    return list(connection.execute(_HELD_BY, {"team_id": team_id}).scalars())


def list_holding_teams(connection: Connection, campaign_id: int) -> list[OrganisationTeam]:
    """Teams that hold a campaign, by name."""
    return rows_as(OrganisationTeam, connection.execute(_HOLDING, {"campaign_id": campaign_id}))


def list_members_by_teams(connection: Connection, campaign_id: int) -> list[MemberByTeam]:
    """Members of all teams that hold a campaign, a team at a time, its owners first."""
    rows = connection.execute(_MEMBERS_OF_CAMPAIGN, {"campaign_id": campaign_id})
    return [MemberByTeam(**{**row._asdict(), "role": Role(row.role)}) for row in rows]


def delete_team(connection: Connection, team_id: int) -> None:
    """Delete a team that holds no campaign, its members and its invitations."""
    connection.execute(delete(invitations).where(invitations.c.team_id == team_id))
    connection.execute(delete(_members).where(_members.c.team_id == team_id))
    connection.execute(delete(organisation_teams).where(organisation_teams.c.id == team_id))
