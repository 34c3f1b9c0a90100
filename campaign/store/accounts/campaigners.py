"""Campaigners: their accounts as read by the desk, and their roles in the teams of campaigns."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, select

from campaign.domain.accounts.role import Role
from campaign.store.accounts.memberships import EVERY_MEMBER, MEMBERSHIPS
from campaign.store.database.statements import columns_of
from campaign.store.database.upsert import insert
from campaign.store.tables import campaigners, campaigns, passkeys


@dataclass(frozen=True, slots=True)
class Campaigner:
    """Account of a campaigner."""

    id: int
    email: str
    email_key: str
    name: str
    operator: bool
    wants_alerts: bool
    """Of milestones and of a deadline that comes near."""
    wants_digest: bool
    """Of each day."""
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    has_totp: bool
    passkeys: int

    @property
    def has_second_factor(self) -> bool:
        """Whether a second factor is set up, beside the mailbox."""
        return self.has_totp or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class TeamMembership:
    """Roles of a campaigner in one campaign, and what that campaign requires of its team."""

    campaign_id: int
    roles: frozenset[Role]
    """By its own team and by teams of the organisation; they may do what any of these allows. Empty where they are in none."""
    requires_second_factor: bool


_PASSKEYS = select(func.count()).where(passkeys.c.campaigner_id == campaigners.c.id).scalar_subquery()
_CAMPAIGNERS = select(
    *columns_of(
        Campaigner,
        campaigners,
        has_password=campaigners.c.password != "",
        has_totp=campaigners.c.totp_secret != "",
        passkeys=_PASSKEYS,
    )
)
_BY_ID = _CAMPAIGNERS.where(campaigners.c.id == bindparam("id"))
_BY_EMAIL_KEY = _CAMPAIGNERS.where(campaigners.c.email_key == bindparam("email_key"))
_ADD = insert(campaigners).on_conflict_do_nothing(index_elements=[campaigners.c.email_key]).returning(campaigners.c.id)
_MEMBERSHIP = (
    select(campaigns.c.id.label("campaign_id"), MEMBERSHIPS.c.role, campaigns.c.second_factor)
    .select_from(campaigns)
    .outerjoin(
        MEMBERSHIPS,
        and_(MEMBERSHIPS.c.campaign_id == campaigns.c.id, MEMBERSHIPS.c.campaigner_id == bindparam("campaigner_id")),
    )
    .where(campaigns.c.slug == bindparam("slug"))
)
_NEWEST = (
    select(EVERY_MEMBER.c.campaign_id)
    .where(EVERY_MEMBER.c.campaigner_id == bindparam("campaigner_id"))
    .order_by(EVERY_MEMBER.c.campaign_id.desc())
    .limit(bindparam("limit"))
)
_CAMPAIGN_ROLES = (
    select(MEMBERSHIPS.c.campaign_id, MEMBERSHIPS.c.role)
    .where(MEMBERSHIPS.c.campaigner_id == bindparam("campaigner_id"), MEMBERSHIPS.c.campaign_id.in_(_NEWEST))
    .order_by(MEMBERSHIPS.c.campaign_id.desc())
)


def get_by_id(connection: Connection, campaigner_id: int) -> Campaigner | None:
    """The campaigner with this id."""
    row = connection.execute(_BY_ID, {"id": campaigner_id}).one_or_none()
    return None if row is None else Campaigner(**row._asdict())


def get_by_email_key(connection: Connection, email_key: str) -> Campaigner | None:
    """The campaigner with this canonical address."""
    row = connection.execute(_BY_EMAIL_KEY, {"email_key": email_key}).one_or_none()
    return None if row is None else Campaigner(**row._asdict())


def add_campaigner(
    connection: Connection, email: str, email_key: str, name: str, now: datetime, *, is_operator: bool = False
) -> int | None:
    """Id of a new campaigner; None where another has this address."""
    given = {"email": email, "email_key": email_key, "name": name, "operator": is_operator, "created_at": now}
    return connection.execute(_ADD, given).scalar_one_or_none()


def get_membership(connection: Connection, slug: str, campaigner_id: int) -> TeamMembership | None:
    """Roles of a campaigner in the campaign with this slug; None where there is no such campaign."""
    rows = connection.execute(_MEMBERSHIP, {"slug": slug, "campaigner_id": campaigner_id}).all()
    if not rows:
        return None
    roles = frozenset(Role(row.role) for row in rows if row.role)
    return TeamMembership(rows[0].campaign_id, roles, rows[0].second_factor)


def list_campaign_roles(connection: Connection, campaigner_id: int, limit: int) -> dict[int, frozenset[Role]]:
    """Roles of a campaigner by the ids of their campaigns, the newest `limit` of them."""
    found: dict[int, frozenset[Role]] = {}
    for row in connection.execute(_CAMPAIGN_ROLES, {"campaigner_id": campaigner_id, "limit": limit}):
        found[row.campaign_id] = found.get(row.campaign_id, frozenset()) | {Role(row.role)}
    return found
