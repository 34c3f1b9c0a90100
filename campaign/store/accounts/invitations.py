"""Invitations: to the team of a campaign, to a team of the organisation, or to the site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, or_, select, update

from campaign.domain.accounts.role import Role
from campaign.store.database.statements import columns_of
from campaign.store.tables import campaigners, campaigns, invitations, organisation_teams, texts

MAX_LISTED = 200
"""Invitations shown to a team."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Invitation that is neither accepted nor revoked."""

    id: int
    key: str
    campaign_id: int | None
    """None where it is to a team of the organisation, or to the site, as a campaigner."""
    team_id: int | None
    """The team of the organisation; None where it is to none."""
    team_name: str
    slug: str
    title: str
    role: Role | None
    email: str
    email_key: str
    inviter: str
    """The name of who invites; "" for the command line."""
    created_at: datetime
    expires_at: datetime


_IS_PENDING = and_(invitations.c.accepted_at.is_(None), invitations.c.revoked_at.is_(None))
_INVITATIONS = (
    select(
        *columns_of(
            Invitation,
            invitations,
            slug=func.coalesce(campaigns.c.slug, ""),
            title=func.coalesce(texts.c.title, ""),
            inviter=func.coalesce(campaigners.c.name, ""),
            team_name=func.coalesce(organisation_teams.c.name, ""),
        )
    )
    .select_from(invitations)
    .outerjoin(campaigns, campaigns.c.id == invitations.c.campaign_id)
    .outerjoin(texts, and_(texts.c.campaign_id == campaigns.c.id, texts.c.hash == campaigns.c.text_hash))
    .outerjoin(campaigners, campaigners.c.id == invitations.c.invited_by)
    .outerjoin(organisation_teams, organisation_teams.c.id == invitations.c.team_id)
    .where(_IS_PENDING)
)  # fmt: skip
_ADD = invitations.insert().returning(invitations.c.id)
_VALID = _INVITATIONS.where(
    invitations.c.id == bindparam("id"), invitations.c.key == bindparam("key"), invitations.c.expires_at > bindparam("now")
)
_LOCK = select(invitations.c.id).where(invitations.c.id == bindparam("id")).with_for_update()
# NULL, for the site, is a campaign and a team like any other here: IS NOT DISTINCT FROM.
_TO = and_(
    invitations.c.campaign_id.is_not_distinct_from(bindparam("of_campaign", type_=invitations.c.campaign_id.type)),
    invitations.c.team_id.is_not_distinct_from(bindparam("of_team", type_=invitations.c.team_id.type)),
)
_OF_CAMPAIGN = _INVITATIONS.where(_TO)
_EVERY_PENDING = _INVITATIONS.order_by(invitations.c.id.desc()).limit(MAX_LISTED)
_PENDING = _OF_CAMPAIGN.order_by(invitations.c.id.desc()).limit(MAX_LISTED)
_PENDING_OF_ADDRESS = _OF_CAMPAIGN.where(
    invitations.c.email_key == bindparam("email_key"), invitations.c.expires_at > bindparam("now")
).limit(1)
_ONE_PENDING = _OF_CAMPAIGN.where(invitations.c.id == bindparam("id"))
_ANY_PENDING = _INVITATIONS.where(invitations.c.id == bindparam("id"))
_ACCEPT = update(invitations).where(invitations.c.id == bindparam("of_id"), _IS_PENDING).values(accepted_at=bindparam("now"))
_REVOKE_PENDING = update(invitations).where(_IS_PENDING).values(revoked_at=bindparam("now"))
_REVOKE_OF_CAMPAIGN = _REVOKE_PENDING.where(_TO)
_REVOKE = _REVOKE_OF_CAMPAIGN.where(invitations.c.id == bindparam("of_id"))
_REVOKE_EARLIER = _REVOKE_OF_CAMPAIGN.where(invitations.c.email_key == bindparam("of_email_key"))

# Whatever ended one first: it is pending no more, and the desk shows it no longer or has long shown it as too late.
_ENDED = (
    select(invitations.c.id)
    .where(
        or_(
            invitations.c.expires_at < bindparam("before"), invitations.c.accepted_at < bindparam("before"),
            invitations.c.revoked_at < bindparam("before"),
        )
    )
    .order_by(invitations.c.id)
    .limit(bindparam("limit"))
)  # fmt: skip
_DELETE_ENDED = delete(invitations).where(invitations.c.id.in_(_ENDED))


def add_invitation(
    connection: Connection,
    key: str,
    campaign_id: int | None,
    role: Role | None,
    email: tuple[str, str],
    invited_by: int | None,
    now: datetime,
    expires_at: datetime,
    *,
    team_id: int | None = None,
) -> int:
    """Id of a new invitation; an earlier one of the same address to the same campaign or team is revoked.

    `email` is the address as typed, and its key. Without campaign and team it invites to the site, and then to no role.
    """
    given = {"of_campaign": campaign_id, "of_team": team_id, "of_email_key": email[1], "now": now}
    connection.execute(_REVOKE_EARLIER, given)
    given = {
        "key": key, "campaign_id": campaign_id, "team_id": team_id, "role": role.value if role else "",
        "email": email[0], "email_key": email[1],
        "invited_by": invited_by, "created_at": now, "expires_at": expires_at,
    }  # fmt: skip
    return int(connection.execute(_ADD, given).scalar_one())


def get(connection: Connection, invitation_id: int, key: str, now: datetime, *, lock: bool = False) -> Invitation | None:
    """An invitation that can be accepted at `now`; else None. With `lock`, its row is locked until the transaction ends."""
    if lock:
        connection.execute(_LOCK, {"id": invitation_id})
    row = connection.execute(_VALID, {"id": invitation_id, "key": key, "now": now}).one_or_none()
    return None if row is None else _invitation_from_row(row)


def list_pending(connection: Connection, campaign_id: int | None, team_id: int | None = None) -> list[Invitation]:
    """Pending invitations to a team, or to the site for None, expired ones included, the newest first."""
    given = {"of_campaign": campaign_id, "of_team": team_id}
    return [_invitation_from_row(row) for row in connection.execute(_PENDING, given)]


def list_every_pending(connection: Connection) -> list[Invitation]:
    """Pending invitations to the site and to all teams, expired ones included, the newest first."""
    return [_invitation_from_row(row) for row in connection.execute(_EVERY_PENDING)]


def find_pending_role(
    connection: Connection, campaign_id: int | None, team_id: int | None, email_key: str, now: datetime
) -> Role | None:
    """Role of the invitation to a team that an address has and can accept; None where it has none."""
    given = {"of_campaign": campaign_id, "of_team": team_id, "email_key": email_key, "now": now}
    row = connection.execute(_PENDING_OF_ADDRESS, given).one_or_none()
    return None if row is None else _invitation_from_row(row).role


def get_pending(connection: Connection, campaign_id: int | None, invitation_id: int, team_id: int | None) -> Invitation | None:
    """One pending invitation to a team, or to the site for None."""
    given = {"of_campaign": campaign_id, "of_team": team_id, "id": invitation_id}
    row = connection.execute(_ONE_PENDING, given).one_or_none()
    return None if row is None else _invitation_from_row(row)


def accept_invitation(connection: Connection, invitation_id: int, now: datetime) -> bool:
    """Mark an invitation as accepted. False where it was accepted before, or is revoked."""
    return connection.execute(_ACCEPT, {"of_id": invitation_id, "now": now}).rowcount == 1


def get_any_pending(connection: Connection, invitation_id: int) -> Invitation | None:
    """One pending invitation, whatever it is to."""
    row = connection.execute(_ANY_PENDING, {"id": invitation_id}).one_or_none()
    return None if row is None else _invitation_from_row(row)


def revoke_invitation(
    connection: Connection, campaign_id: int | None, invitation_id: int, now: datetime, team_id: int | None = None
) -> bool:
    """Revoke an invitation to a team, or to the site for None. False where it is accepted or revoked already."""
    given = {"of_id": invitation_id, "of_campaign": campaign_id, "of_team": team_id, "now": now}
    return connection.execute(_REVOKE, given).rowcount == 1


def delete_ended_invitations(connection: Connection, before: datetime, limit: int) -> int:
    """Delete up to `limit` invitations that expired, were accepted or revoked before a time; returns how many."""
    return connection.execute(_DELETE_ENDED, {"before": before, "limit": limit}).rowcount


def _invitation_from_row(row: Row[*tuple[Any, ...]]) -> Invitation:
    return Invitation(**{**row._asdict(), "role": Role(row.role) if row.role else None})
