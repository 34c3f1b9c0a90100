"""Campaigners: who they are, and what they are in the teams of campaigns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from campaign.domain.accounts.role import Role
from campaign.store.database.statements import statement


@dataclass(frozen=True, slots=True)
class Campaigner:
    """Somebody who runs campaigns."""

    id: int
    email: str
    email_key: str
    name: str
    operator: bool
    told: bool
    """Of milestones and of a deadline that comes near."""
    digest: bool
    """Every day."""
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    has_totp: bool
    passkeys: int

    @property
    def has_second_factor(self) -> bool:
        """Whether they have set up a way to prove who they are beside their mailbox."""
        return self.has_totp or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class TeamMembership:
    """What somebody is in one campaign, and what that campaign asks of its team."""

    campaign_id: int
    role: Role | None
    requires_second_factor: bool
    """Whether the campaign wants its team to have a second factor."""


_CAMPAIGNER = """
    SELECT p.id, p.email, p.email_key, p.name, p.operator, p.told, p.digest, p.created_at, p.disabled_at,
           p.password <> '' AS has_password, p.totp_secret <> '' AS has_totp,
           (SELECT count(*) FROM passkeys k WHERE k.campaigner_id = p.id) AS passkeys
    FROM campaigners p
"""
_BY_ID = statement(f"{_CAMPAIGNER} WHERE p.id = :id")
_BY_EMAIL_KEY = statement(f"{_CAMPAIGNER} WHERE p.email_key = :email_key")
_ADD = statement(
    """INSERT INTO campaigners (email, email_key, name, operator, created_at)
       VALUES (:email, :email_key, :name, :is_operator, :now) ON CONFLICT (email_key) DO NOTHING RETURNING id"""
)
_MEMBERSHIP = statement(
    """SELECT c.id AS campaign_id, t.role, c.second_factor FROM campaigns c
       LEFT JOIN team t ON t.campaign_id = c.id AND t.campaigner_id = :campaigner_id WHERE c.slug = :slug"""
)
_SET_MEMBERSHIP = statement(
    """INSERT INTO team (campaign_id, campaigner_id, role, created_at) VALUES (:campaign_id, :campaigner_id, :role, :now)
       ON CONFLICT (campaign_id, campaigner_id) DO UPDATE SET role = excluded.role"""
)
_CAMPAIGN_ROLES = statement(
    "SELECT campaign_id, role FROM team WHERE campaigner_id = :campaigner_id ORDER BY campaign_id LIMIT :most"
)


def get_by_id(connection: Connection, campaigner_id: int) -> Campaigner | None:
    """The campaigner with this number."""
    row = connection.execute(_BY_ID, {"id": campaigner_id}).one_or_none()
    return None if row is None else _campaigner_from_row(row)


def get_by_email_key(connection: Connection, email_key: str) -> Campaigner | None:
    """The campaigner with this canonical address."""
    row = connection.execute(_BY_EMAIL_KEY, {"email_key": email_key}).one_or_none()
    return None if row is None else _campaigner_from_row(row)


def add_campaigner(
    connection: Connection, email: str, email_key: str, name: str, now: datetime, *, is_operator: bool = False
) -> int | None:
    """A new campaigner's number; None where there is one with this address already."""
    given = {"email": email, "email_key": email_key, "name": name, "is_operator": is_operator, "now": now}
    return connection.execute(_ADD, given).scalar_one_or_none()


def get_membership(connection: Connection, slug: str, campaigner_id: int) -> TeamMembership | None:
    """What a campaigner is in the campaign with this slug; None where there is no such campaign."""
    row = connection.execute(_MEMBERSHIP, {"slug": slug, "campaigner_id": campaigner_id}).one_or_none()
    return None if row is None else TeamMembership(row.campaign_id, Role(row.role) if row.role else None, row.second_factor)


def set_membership(connection: Connection, campaign_id: int, campaigner_id: int, role: Role, now: datetime) -> None:
    """Put somebody into the team of a campaign, or give them another role in it."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id, "role": role.value, "now": now}
    connection.execute(_SET_MEMBERSHIP, given)


def list_campaign_roles(connection: Connection, campaigner_id: int, limit: int) -> dict[int, Role]:
    """The campaigns somebody is in the team of, by number, with their role; at most `most`."""
    rows = connection.execute(_CAMPAIGN_ROLES, {"campaigner_id": campaigner_id, "most": limit})
    return {row.campaign_id: Role(row.role) for row in rows}


def _campaigner_from_row(row: Row[Any]) -> Campaigner:
    # SQLite says 1 where PostgreSQL says true.
    flags = {"has_password": bool(row.has_password), "has_totp": bool(row.has_totp)}
    return Campaigner(**{**row._asdict(), **flags})
