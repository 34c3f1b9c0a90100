"""Team of a campaign: its members and what it requires of them. One of its owners always stays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, exists, literal, or_, select, update

from campaign.domain.accounts.role import Role
from campaign.store.database.upsert import insert
from campaign.store.tables import campaigners, campaigns, passkeys, team_members


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Member of the team of a campaign."""

    id: int
    name: str
    email: str
    role: Role
    created_at: datetime
    """When they joined."""
    has_second_factor: bool
    is_disabled: bool
    """Whether the operator has shut them out of the site."""


_ROLE_ORDER = case({"owner": 0, "editor": 1, "moderator": 2, "viewer": 3}, value=team_members.c.role, else_=4)
_MEMBERS = (
    select(
        campaigners.c.id, campaigners.c.name, campaigners.c.email, team_members.c.role, team_members.c.created_at,
        or_(
            campaigners.c.totp_secret != "", exists(passkeys.c.id).where(passkeys.c.campaigner_id == campaigners.c.id)
        ).label("has_second_factor"),
        campaigners.c.disabled_at.is_not(None).label("is_disabled"),
    )
    .join(team_members, team_members.c.campaigner_id == campaigners.c.id)
    .where(team_members.c.campaign_id == bindparam("campaign_id"))
    .order_by(_ROLE_ORDER, campaigners.c.name, campaigners.c.id)
)  # fmt: skip
_ROLE = select(team_members.c.role).where(
    team_members.c.campaign_id == bindparam("campaign_id"), team_members.c.campaigner_id == bindparam("campaigner_id")
)
# The owners' rows are locked, so that two of them who demote each other go one after the other, and the second finds
# that the first is an owner no more. One whom the operator has shut out cannot look after a campaign.
_OWNERS = (
    select(team_members.c.campaigner_id, campaigners.c.disabled_at)
    .join(campaigners, campaigners.c.id == team_members.c.campaigner_id)
    .where(team_members.c.campaign_id == bindparam("campaign_id"), team_members.c.role == Role.OWNER.value)
    .order_by(team_members.c.campaigner_id)
    .with_for_update(of=team_members)
)
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
        ).where(~exists(team_members.c.campaigner_id).where(team_members.c.campaign_id == campaigns.c.id)),
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
    """All members of a team, the owners first."""
    return [_member_from_row(row) for row in connection.execute(_MEMBERS, {"campaign_id": campaign_id})]


def get_role(connection: Connection, campaign_id: int, campaigner_id: int) -> Role | None:
    """Role of a campaigner in a team; None where they are not in it."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id}
    found = connection.execute(_ROLE, given).scalar_one_or_none()
    return None if found is None else Role(found)


def is_only_owner(connection: Connection, campaign_id: int, campaigner_id: int) -> bool:
    """Whether the team would be without an owner if it lost a member. The answer holds until the transaction ends."""
    rows = connection.execute(_OWNERS, {"campaign_id": campaign_id}).all()
    is_one = any(row.campaigner_id == campaigner_id for row in rows)
    return is_one and not any(row.campaigner_id != campaigner_id and row.disabled_at is None for row in rows)


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


def _member_from_row(row: Row[*tuple[Any, ...]]) -> TeamMember:
    return TeamMember(**{**row._asdict(), "role": Role(row.role)})
