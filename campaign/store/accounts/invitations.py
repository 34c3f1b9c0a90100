"""Invitations: to the team of a campaign, or to the site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from campaign.domain.accounts.role import Role
from campaign.store.database.statements import statement, supports_row_locks

MAX_LISTED = 200
"""Invitations shown to a team."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation that is neither accepted nor revoked."""

    id: int
    key: str
    campaign_id: int | None
    """None where it is to the site, as a campaigner."""
    slug: str
    title: str
    role: Role | None
    email: str
    email_key: str
    inviter: str
    """The name of who invites; "" for the command line."""
    created_at: datetime
    expires_at: datetime


_INVITATION = """
    SELECT i.id, i.key, i.campaign_id, coalesce(c.slug, '') AS slug, coalesce(x.title, '') AS title, i.role, i.email,
           i.email_key, coalesce(b.name, '') AS inviter, i.created_at, i.expires_at
    FROM invitations i LEFT JOIN campaigns c ON c.id = i.campaign_id
    LEFT JOIN texts x ON x.campaign_id = c.id AND x.hash = c.text_hash
    LEFT JOIN campaigners b ON b.id = i.invited_by
    WHERE i.accepted_at IS NULL AND i.revoked_at IS NULL
"""
_ADD = statement(
    """INSERT INTO invitations (key, campaign_id, role, email, email_key, invited_by, created_at, expires_at)
       VALUES (:key, :campaign_id, :role, :email, :email_key, :invited_by, :now, :expires_at) RETURNING id"""
)
_OPEN = statement(f"{_INVITATION} AND i.id = :id AND i.key = :key AND i.expires_at > :now")
_LOCK = statement("SELECT id FROM invitations WHERE id = :id FOR UPDATE")
_PENDING = statement(f"{_INVITATION} AND i.campaign_id = :campaign_id ORDER BY i.id DESC LIMIT :most")
_ONE_PENDING = statement(f"{_INVITATION} AND i.campaign_id = :campaign_id AND i.id = :id")
_ACCEPT = statement("UPDATE invitations SET accepted_at = :now WHERE id = :id AND accepted_at IS NULL AND revoked_at IS NULL")
_REVOKE = statement(
    """UPDATE invitations SET revoked_at = :now
       WHERE id = :id AND campaign_id = :campaign_id AND accepted_at IS NULL AND revoked_at IS NULL"""
)
_REVOKE_EARLIER = statement(
    """UPDATE invitations SET revoked_at = :now
       WHERE email_key = :email_key AND accepted_at IS NULL AND revoked_at IS NULL
         AND (campaign_id = :campaign_id OR (campaign_id IS NULL AND CAST(:campaign_id AS BIGINT) IS NULL))"""
)


def add_invitation(
    connection: Connection,
    key: str,
    campaign_id: int | None,
    role: Role | None,
    email: tuple[str, str],
    invited_by: int | None,
    now: datetime,
    expires_at: datetime,
) -> int:
    """A new invitation's number; an earlier one of the same person to the same is revoked.

    `email` is the address as typed, and its key. A campaign of None invites to the site, and then to no role.
    """
    given = {"campaign_id": campaign_id, "email_key": email[1], "now": now}
    connection.execute(_REVOKE_EARLIER, given)
    given |= {
        "key": key, "role": role.value if role else "", "email": email[0], "invited_by": invited_by, "expires_at": expires_at,
    }  # fmt: skip
    return int(connection.execute(_ADD, given).scalar_one())


def get(connection: Connection, invitation_id: int, key: str, now: datetime, *, lock: bool = False) -> Invitation | None:
    """An invitation that can be accepted now; None where there is none, or not any more. With `lock`, it stays so."""
    if lock and supports_row_locks(connection):
        connection.execute(_LOCK, {"id": invitation_id})
    row = connection.execute(_OPEN, {"id": invitation_id, "key": key, "now": now}).one_or_none()
    return None if row is None else _invitation_from_row(row)


def list_pending(connection: Connection, campaign_id: int) -> list[Invitation]:
    """The invitations to a team that wait for an answer, or waited too long; the newest first."""
    return [_invitation_from_row(row) for row in connection.execute(_PENDING, {"campaign_id": campaign_id, "most": MAX_LISTED})]


def get_pending(connection: Connection, campaign_id: int, invitation_id: int) -> Invitation | None:
    """One of them."""
    row = connection.execute(_ONE_PENDING, {"campaign_id": campaign_id, "id": invitation_id}).one_or_none()
    return None if row is None else _invitation_from_row(row)


def accept_invitation(connection: Connection, invitation_id: int, now: datetime) -> bool:
    """It is accepted. False where it was before, or is revoked."""
    return connection.execute(_ACCEPT, {"id": invitation_id, "now": now}).rowcount == 1


def revoke_invitation(connection: Connection, campaign_id: int, invitation_id: int, now: datetime) -> bool:
    """Take an invitation to a team back. False where it is accepted or revoked already."""
    given = {"id": invitation_id, "campaign_id": campaign_id, "now": now}
    return connection.execute(_REVOKE, given).rowcount == 1


def _invitation_from_row(row: Row[Any]) -> Invitation:
    return Invitation(**{**row._asdict(), "role": Role(row.role) if row.role else None})
