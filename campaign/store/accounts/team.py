"""The team of a campaign: who is in it, and what it asks of them. Of its owners one always stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.accounts.role import Role
from campaign.store.database.statements import statement, supports_row_locks


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody in the team of a campaign."""

    id: int
    name: str
    email: str
    role: Role
    created_at: datetime
    """When they joined."""
    has_second_factor: bool
    """Whether they have one."""
    is_disabled: bool
    """Whether the operator has shut them out of the site."""


_MEMBERS = statement(
    """SELECT p.id, p.name, p.email, t.role, t.created_at, p.disabled_at IS NOT NULL AS disabled,
              p.totp_secret <> '' OR EXISTS (SELECT 1 FROM passkeys k WHERE k.campaigner_id = p.id) AS has_factor
       FROM team t JOIN campaigners p ON p.id = t.campaigner_id WHERE t.campaign_id = :campaign_id
       ORDER BY CASE t.role WHEN 'owner' THEN 0 WHEN 'editor' THEN 1 WHEN 'moderator' THEN 2 ELSE 3 END, p.name, p.id"""
)
_ROLE = statement("SELECT role FROM team WHERE campaign_id = :campaign_id AND campaigner_id = :campaigner_id")
# The owners' rows are locked, so that two of them who demote each other go one after the other, and the second finds
# that the first is an owner no more. One whom the operator has shut out cannot look after a campaign.
_OWNERS, _OWNERS_LOCKED = (
    statement(
        f"""SELECT t.campaigner_id, p.disabled_at FROM team t JOIN campaigners p ON p.id = t.campaigner_id
            WHERE t.campaign_id = :campaign_id AND t.role = 'owner' ORDER BY t.campaigner_id {lock}"""
    )
    for lock in ("", "FOR UPDATE OF t")
)
_ADD_MEMBER = statement(
    """INSERT INTO team (campaign_id, campaigner_id, role, created_at) VALUES (:campaign_id, :campaigner_id, :role, :now)
       ON CONFLICT (campaign_id, campaigner_id) DO NOTHING"""
)
_SET_ROLE = statement("UPDATE team SET role = :role WHERE campaign_id = :campaign_id AND campaigner_id = :campaigner_id")
_REMOVE = statement("DELETE FROM team WHERE campaign_id = :campaign_id AND campaigner_id = :campaigner_id")
_ADOPT_OWNERLESS = statement(
    """INSERT INTO team (campaign_id, campaigner_id, role, created_at)
       SELECT c.id, :campaigner_id, 'owner', :now FROM campaigns c
       WHERE NOT EXISTS (SELECT 1 FROM team t WHERE t.campaign_id = c.id) ON CONFLICT DO NOTHING"""
)
_SECOND_FACTOR_REQUIRED = statement("SELECT second_factor FROM campaigns WHERE id = :campaign_id")
_SET_SECOND_FACTOR_REQUIRED = statement(
    "UPDATE campaigns SET second_factor = :asked WHERE id = :campaign_id AND second_factor <> :asked"
)


def list_members(connection: Connection, campaign_id: int) -> list[TeamMember]:
    """Everybody in the team, the owners first."""
    return [
        TeamMember(row.id, row.name, row.email, Role(row.role), row.created_at, bool(row.has_factor), bool(row.disabled))
        for row in connection.execute(_MEMBERS, {"campaign_id": campaign_id})
    ]


def get_role(connection: Connection, campaign_id: int, campaigner_id: int) -> Role | None:
    """What somebody is in the team; None where they are not in it."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id}
    found = connection.execute(_ROLE, given).scalar_one_or_none()
    return None if found is None else Role(found)


def is_only_owner(connection: Connection, campaign_id: int, campaigner_id: int) -> bool:
    """Whether the team would be left without an owner by the loss of somebody. Until the transaction ends, it stays so."""
    sql = _OWNERS_LOCKED if supports_row_locks(connection) else _OWNERS
    rows = connection.execute(sql, {"campaign_id": campaign_id}).all()
    is_one = any(row.campaigner_id == campaigner_id for row in rows)
    return is_one and not any(row.campaigner_id != campaigner_id and row.disabled_at is None for row in rows)


def add_member(connection: Connection, campaign_id: int, campaigner_id: int, role: Role, now: datetime) -> bool:
    """Put somebody into the team. False where they are in it: then they keep the role they have."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id, "role": role.value, "now": now}
    return connection.execute(_ADD_MEMBER, given).rowcount == 1


def set_role(connection: Connection, campaign_id: int, campaigner_id: int, role: Role) -> None:
    """Give somebody in the team another role."""
    connection.execute(_SET_ROLE, {"campaign_id": campaign_id, "campaigner_id": campaigner_id, "role": role.value})


def remove_member(connection: Connection, campaign_id: int, campaigner_id: int) -> None:
    """Take somebody out of the team."""
    connection.execute(_REMOVE, {"campaign_id": campaign_id, "campaigner_id": campaigner_id})


def adopt_ownerless_campaigns(connection: Connection, campaigner_id: int, now: datetime) -> int:
    """Make somebody the owner of every campaign that nobody looks after; how many those were."""
    return connection.execute(_ADOPT_OWNERLESS, {"campaigner_id": campaigner_id, "now": now}).rowcount


def requires_second_factor(connection: Connection, campaign_id: int) -> bool:
    """Whether a campaign wants its team to have a second factor."""
    return bool(connection.execute(_SECOND_FACTOR_REQUIRED, {"campaign_id": campaign_id}).scalar_one())


def set_second_factor_required(connection: Connection, campaign_id: int, *, required: bool) -> bool:
    """Have a campaign want it, or not. False where nothing changed."""
    return connection.execute(_SET_SECOND_FACTOR_REQUIRED, {"campaign_id": campaign_id, "asked": required}).rowcount == 1
