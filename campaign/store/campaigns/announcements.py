"""What the public is told of campaigns. Rows are never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from campaign.domain.campaigns.announcement import Announcement, AnnouncementKind, Announcer
from campaign.store.database.statements import statement
from campaign.store.tables import announcements

MAX_LISTED = 200

_LIST = statement(
    """SELECT kind, who, reason, facts, created_at FROM announcements WHERE campaign_id = :campaign_id
       ORDER BY id DESC LIMIT :most"""
)


def add_announcement(
    connection: Connection,
    campaign_id: int,
    kind: AnnouncementKind,
    announcer: Announcer,
    reason: str,
    facts: Mapping[str, str],
    now: datetime,
) -> None:
    """Tell the public, in the transaction that does it."""
    connection.execute(
        announcements.insert().values(
            campaign_id=campaign_id, kind=kind.value, who=announcer.value, reason=reason, facts=dict(facts), created_at=now
        )
    )


def list_announcements(connection: Connection, campaign_id: int) -> list[Announcement]:
    """What the public was told of a campaign, the newest first."""
    return [announcement_from_row(row) for row in connection.execute(_LIST, {"campaign_id": campaign_id, "most": MAX_LISTED})]


def announcement_from_row(row: Row[Any]) -> Announcement:
    """One of them, as a row has it."""
    return Announcement(AnnouncementKind(row.kind), Announcer(row.who), row.reason, row.facts, row.created_at)
