"""Members of a team as they are listed: alike for the own team of a campaign and for a team of the organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, case, exists, or_, select

from campaign.domain.accounts.role import Role
from campaign.store.database.statements import columns_of
from campaign.store.tables import campaigners, passkeys


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Member of a team."""

    id: int
    name: str
    email: str
    role: Role
    created_at: datetime
    """When they joined."""
    has_second_factor: bool
    is_disabled: bool
    """Whether the operator has shut them out of the site."""


_HAS_SECOND_FACTOR = or_(
    campaigners.c.totp_secret != "", exists(passkeys.c.id).where(passkeys.c.campaigner_id == campaigners.c.id)
)


def role_order(role: ColumnElement[str]) -> ColumnElement[int]:
    """Place of a role among all, from 0 for owners down."""
    return case({each.value: place for place, each in enumerate(Role)}, value=role, else_=len(Role))


def select_members(members: Table, of_team: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Statement that lists the members of a team, the owners first; for `members_from_rows`.

    `members` has a row for each member of each team: `campaigner_id`, `role`, `created_at`. `of_team` says which team it is.
    """
    return (
        select(
            *columns_of(
                TeamMember, campaigners, role=members.c.role, created_at=members.c.created_at,
                has_second_factor=_HAS_SECOND_FACTOR, is_disabled=campaigners.c.disabled_at.is_not(None),
            )
        )
        .join(members, members.c.campaigner_id == campaigners.c.id)
        .where(of_team)
        .order_by(role_order(members.c.role), campaigners.c.name, campaigners.c.id)
    )  # fmt: skip


def members_from_rows(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[TeamMember]:
    """Members from the rows of `select_members`."""
    return [TeamMember(**{**row._asdict(), "role": Role(row.role)}) for row in rows]
