"""Announcements: changes of a campaign that the public is told of. Rows are never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from campaign.domain.campaigns.announcement import AnnouncedOutage, Announcement, AnnouncementKind, Announcer
from campaign.store.tables import announcements

MAX_LISTED = 200

ANNOUNCEMENT_COLUMNS = (
    announcements.c.kind, announcements.c.who, announcements.c.reason, announcements.c.facts, announcements.c.created_at,
)  # fmt: skip
"""Columns that `announcement_from_row` reads."""
_LIST = (
    select(*ANNOUNCEMENT_COLUMNS)
    .where(announcements.c.campaign_id == bindparam("campaign_id"))
    .order_by(announcements.c.id.desc())
    .limit(MAX_LISTED)
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
    """Store an announcement, in the transaction that makes the change."""
    connection.execute(
        announcements.insert().values(
            campaign_id=campaign_id, kind=kind.value, who=announcer.value, reason=reason, facts=dict(facts), created_at=now
        )
    )


def list_announcements(connection: Connection, campaign_id: int) -> list[Announcement]:
    """Announcements of a campaign, the newest first."""
    return [announcement_from_row(row) for row in connection.execute(_LIST, {"campaign_id": campaign_id})]


def list_outages(connection: Connection, campaign_id: int) -> list[AnnouncedOutage]:
    """The outages of mail that a campaign's grace has grown by, the oldest first."""
    told = (announcement.outage for announcement in reversed(list_announcements(connection, campaign_id)))
    return [outage for outage in told if outage is not None]


def announcement_from_row(row: Row[*tuple[Any, ...]]) -> Announcement:
    """Announcement made of ANNOUNCEMENT_COLUMNS."""
    return Announcement(AnnouncementKind(row.kind), Announcer(row.who), row.reason, row.facts, row.created_at)
