"""Members of a team of either kind: what holds before one is changed, and the mail that tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from campaign.domain.mail.kinds import MailKind
from campaign.store.mail import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from campaign.domain.accounts.role import Role


class LastOwnerError(Exception):
    """Without them the team or a campaign would have no owner. Nothing was changed."""


class NotInTeamError(Exception):
    """The campaigner is not in the team (any more). Nothing was changed."""


class TeamStore(Protocol):
    """Store of teams of one kind: the module `team` or `organisation_teams`.

    The own team of a campaign goes by the id of the campaign.
    """

    def is_only_owner(self, connection: Connection, team_id: int, campaigner_id: int, /) -> bool: ...

    def get_role(self, connection: Connection, team_id: int, campaigner_id: int, /) -> Role | None: ...


def require_member(
    teams: TeamStore, connection: Connection, team_id: int, campaigner_id: int, *, stays_owner: bool = False
) -> Role:
    """Role of a member whom a team can do without as an owner. Raises NotInTeamError, LastOwnerError."""
    if not stays_owner and teams.is_only_owner(connection, team_id, campaigner_id):
        raise LastOwnerError
    was = teams.get_role(connection, team_id, campaigner_id)
    if was is None:
        raise NotInTeamError
    return was


def notify_member(
    connection: Connection, campaigner_id: int, change: str, now: datetime,
    *, role: Role | None = None, campaign_id: int | None = None, team: str = "",
) -> None:  # fmt: skip
    """Enqueue the mail that tells somebody of a change ("added", "role", "removed") in a campaign, or in a team by its name."""
    facts = {"what": change, "role": role.value if role else ""} | ({"team": team} if team else {})
    outbox.enqueue_campaigner_mail(
        connection, MailKind.TEAM, now, campaigner_id=campaigner_id, campaign_id=campaign_id, facts=facts
    )
